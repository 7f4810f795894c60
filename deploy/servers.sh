#!/usr/bin/env bash
# Installs the optional real servers that the full tests use (Debian, as root). Elsewhere their tests are skipped, aloud.
set -u
wanted=(mosquitto strace)
missing=()
for name in "${wanted[@]}"; do
  PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v "$name" >/dev/null || missing+=("$name")
done
[ ${#missing[@]} -eq 0 ] && exit 0
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -q -y "${missing[@]}" >/dev/null && exit 0
fi
echo "not installed: ${missing[*]}; the tests that need them will be skipped"
