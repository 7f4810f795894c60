"""Says what pip-audit found: 1 where there are advisories, 0 where there are none or where it could ask nobody."""

import json
import sys
from pathlib import Path


def main(lock: str, found: Path, said: Path) -> int:
    """`found`: its JSON, empty where it did not come so far; `said`: what it told instead."""
    text = found.read_text("utf-8").strip()
    if not text:
        told = said.read_text("utf-8").strip().splitlines() or ["no reason given"]
        return _unchecked(lock, told[-1])
    parts = json.loads(text)["dependencies"]
    skipped = [part for part in parts if "skip_reason" in part]
    if parts and len(skipped) == len(parts):
        return _unchecked(lock, skipped[0]["skip_reason"])
    advisories = [(part, one) for part in parts for one in part.get("vulns", ())]
    for part, one in advisories:
        fixed = ", ".join(one["fix_versions"]) or "none yet"
        _say(f"{lock}: {part['name']} {part['version']}: {one['id']} (fixed in: {fixed})")
    _say(f"{lock}: {len(parts) - len(skipped)} parts checked, {len(skipped)} unknown, {len(advisories)} advisories")
    return int(bool(advisories))


def _unchecked(lock: str, reason: str) -> int:
    _say(f"{lock}: NOT CHECKED, no source of advisories can be reached from here ({reason[:200]})")
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
