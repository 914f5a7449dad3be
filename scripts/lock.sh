#!/bin/sh
# Writes the lock files from the .in files. Needs uv; asks for nothing newer than what is locked unless told --upgrade.
set -eu
cd "$(dirname "$0")/../requirements"
for name in run dev; do
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header --no-annotate "$@" --output-file "$name.txt" "$name.in"
done
