#!/bin/sh
# Make the virtual environment DIR with the first suitable Python on the PATH, or say what is missing.
# Usage: make_venv.sh DIR      PYTHON=/some/python chooses the interpreter.
set -eu

venv=$1

# Tried by running it: a name on the PATH may be a shim for a version that is not there.
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
complete() { new_enough "$1" && "$1" -c 'import pip' 2>/dev/null; }

with_venv() { "$1" -c 'import ensurepip' 2>/dev/null && "$1" -m venv --clear "$venv"; }
with_virtualenv() { "$1" -m virtualenv --clear "$venv" 2>/dev/null || virtualenv --clear -p "$1" "$venv" 2>/dev/null; }
with_own_pip() {
    "$1" -c 'import pip' 2>/dev/null && "$1" -m venv --clear --without-pip "$venv" &&
        "$1" -m pip --python "$venv/bin/python" install --quiet pip
}
with_uv() { uv venv --quiet --clear --seed --python "$1" "$venv" 2>/dev/null; }

if complete "$venv/bin/python"; then
    exit 0
fi

found=
for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3.14 python3 python}; do
    if ! new_enough "$candidate"; then
        continue
    fi
    found=${found:-$candidate}
    for way in with_venv with_virtualenv with_own_pip with_uv; do
        if $way "$candidate" && complete "$venv/bin/python"; then
            echo "Made $venv with $("$venv/bin/python" --version)."
            exit 0
        fi
    done
done

if [ -z "$found" ]; then
    echo "Set-up needs Python 3.11 or newer, and ${PYTHON:-none on the PATH} is. Install one" \
        "(Debian, Ubuntu: apt-get install python3 python3-venv), or name it: make setup PYTHON=/path/to/python3" >&2
else
    version=$("$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "$found (Python $version) cannot make virtual environments: its ensurepip is missing, and there is no" \
        "virtualenv, pip or uv to stand in. Install it (Debian, Ubuntu: apt-get install python$version-venv)," \
        "then run make again." >&2
fi
exit 1
