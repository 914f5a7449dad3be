#!/bin/sh
# Prints the first Python that can make our virtualenv: PYTHON if set, else the newest known good one.
set -u
for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3.14 python3}; do
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
        command -v "$candidate"
        exit 0
    fi
    lacking="$candidate"
done
if [ -n "${lacking:-}" ]; then
    echo "$lacking is new enough but cannot make a virtualenv (Debian: apt-get install python3-venv)." >&2
else
    echo "No Python 3.11 or newer found${PYTHON:+ at $PYTHON}. Install one, or name it: make setup PYTHON=/path/to/python3" >&2
fi
exit 1
