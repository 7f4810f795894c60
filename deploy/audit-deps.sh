#!/usr/bin/env bash
# Are there known weaknesses in what we depend on? Fails where some are found; says so where nobody can be asked.
set -uo pipefail
cd "$(dirname "$0")/.."
found=$(mktemp)
said=$(mktemp)
trap 'rm -f "$found" "$said"' EXIT
status=0
for lock in requirements.txt requirements-dev.txt; do
  : >"$found"
  .venv/bin/pip-audit --requirement "$lock" --require-hashes --disable-pip --progress-spinner off --timeout 15 \
    --format json --output "$found" >"$said" 2>&1
  .venv/bin/python deploy/advisories.py "$lock" "$found" "$said" || status=1
done
exit $status
