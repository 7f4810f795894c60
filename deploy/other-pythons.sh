#!/usr/bin/env bash
# A smoke run on the other supported Pythons, where they are installed: set up, and one bulletin proved heard.
set -euo pipefail
cd "$(dirname "$0")/.."
for version in 3.12 3.13; do
  python=$(command -v "python$version" || ls -d "${PYENV_ROOT:-$HOME/.pyenv}"/versions/$version.*/bin/python 2>/dev/null | head -1 || true)
  if [ -z "$python" ] || ! "$python" -c "import venv" 2>/dev/null; then
    echo "Python $version: not installed here, smoke run skipped"
    continue
  fi
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  make --no-print-directory PYTHON="$python" VENV="$folder/venv" setup
  "$folder/venv/bin/loa" demo --once --json --speakers 13 --port 0 --data "$folder/data" >"$folder/said"
  "$python" -c "import json,sys; said=json.load(open(sys.argv[1])); assert said['verdict']=='clean' and said['played']==13, said" "$folder/said"
  echo "Python $version: 13 speakers, clean"
  rm -rf "$folder"
done
