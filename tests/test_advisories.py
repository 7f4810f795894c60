"""What `make audit-deps` makes of the auditor's words: only an advisory fails, and silence is not called safety."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
GOOD: dict[str, Any] = {"name": "good", "version": "1", "vulns": []}
BAD: dict[str, Any] = {"name": "bad", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}
SKIPPED: dict[str, Any] = {"name": "unknown", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("parts", "status", "words"),
    [
        ([GOOD], 0, "1 parts checked, 0 unknown, 0 advisories"),
        ([GOOD, BAD], 1, "bad 1: PYSEC-1 (fixed in: 2)"),
        ([SKIPPED, BAD], 1, "1 parts checked, 1 unknown, 1 advisories"),
        ([SKIPPED, SKIPPED], 0, "NOT CHECKED, no source of advisories can be reached from here (not found)"),
        (None, 0, "NOT CHECKED, no source of advisories can be reached from here (Name or service not known)"),
    ],
)
def test_what_was_found_is_said(tmp_path: Path, parts: list[Any] | None, status: int, words: str) -> None:
    found, said = tmp_path / "found", tmp_path / "said"
    found.write_text("" if parts is None else json.dumps({"dependencies": parts}), "utf-8")
    said.write_text("Traceback\nName or service not known\n", "utf-8")
    command = [sys.executable, str(ROOT / "deploy" / "advisories.py"), "lock", str(found), str(said)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == status and words in done.stdout
