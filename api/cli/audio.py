"""`loa audio check`."""

from pathlib import Path
from typing import Any

from api.cli.screen import progress, result, result_json
from controller.audio.pipeline import check as judge_file
from controller.audio.tools import AudioTools, bundled_tools


def check(files: list[Path], as_json: bool) -> None:
    rows, tools = [], bundled_tools()
    with progress(quiet=as_json or len(files) < 2) as bars:
        for file in bars.track(files, description="check"):
            rows.append(_row(file, tools))
    if as_json:
        result_json(rows)
        return
    for row in rows:
        result(f"{row['verdict']}  {row['duration_s']:.3f} s  {row['file']}  {', '.join(row['reasons'])}")


def _row(file: Path, tools: AudioTools) -> dict[str, Any]:
    report = judge_file(file, tools)
    return {
        "file": str(file), "verdict": report.verdict, "reasons": [reason.code for reason in report.reasons],
        "duration_s": round(report.duration_s, 3), "lufs": report.lufs, "clipped": report.clipped,
        "silent": report.silent, "mono_safe": report.mono_safe,
    }  # fmt: skip
