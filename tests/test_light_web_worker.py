"""A web process answers thousands of requests; what only planners and deliverers need must not weigh on it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEAVY = ("ortools", "pandas", "firebase_admin")

PROGRAM = f"""
import sys
from app import create_app
from config.database import connect
from config.migrating import migrate
from config.settings import load

connect(sys.argv[1])
migrate()
client = create_app(load({{}}, database_url=sys.argv[1], password_cost="1/8/1")).test_client()
codes = [client.get(path).status_code for path in ("/api/openapi.json", "/api/v1/me", "/api/v1/plan-runs", "/")]
codes.append(client.post("/api/v1/sessions", json={{"name": "nobody", "password": "nothing"}}).status_code)
print(*codes, *(name for name in {HEAVY!r} if name in sys.modules))
"""


def test_a_web_process_loads_no_solver_no_tables_and_no_push_service(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, f"sqlite:///{tmp_path}/patrol.db"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()[-1].split()  # before it stand the lines of its log
    codes, named = said[:5], said[5:]
    assert codes[:3] == ["200", "401", "401"]
    assert all(int(code) < 500 for code in codes)
    assert named == []
