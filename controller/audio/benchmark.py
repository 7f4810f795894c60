"""Measures the sound pipeline on one core beside the raw limit of the same run: time, processor, memory.

The recording is made here from numbers, so that anybody can measure the same. What is measured runs in
processes of its own, because this one carries the whole program.
"""

import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from controller.audio.child import run_child
from controller.audio.errors import EncodeFailed
from controller.audio.pipeline import render
from controller.audio.tools import bundled_tools
from controller.audio.wavefile import RATE, WavWriter, to_pcm

MEMORY_BYTES = 4 << 30

LOOK_EVERY_S = 0.02
LOOP_S = 60


@dataclass(frozen=True)
class Spent:
    """Wall and processor seconds of a call and all its children, and the most memory they held at once."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def bench_audio(minutes: int) -> dict[str, float]:
    """Render a `minutes` long MP3 and return figures: `real_time` is length by wall seconds on one core,
    `cpu_real_time` by processor seconds, `raw_*` the same for a plain decode and encode by ffmpeg."""
    tools = bundled_tools()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = _recording(folder, minutes, tools.ffmpeg)
        raw = [str(tools.ffmpeg), "-v", "error", "-nostdin", "-threads", "1", "-i", str(source), "-ac", "1", "-ar",
               str(RATE), "-c:a", "libopus", "-b:a", "24k", "-f", "ogg", "-y", str(folder / "raw.ogg")]  # fmt: skip
        seconds = minutes * 60.0
        plain = _spent(raw, seconds)
        whole = _spent([sys.executable, "-m", __name__, str(source), str(folder)], seconds)
    return {
        "minutes": minutes,
        **_figures("", whole, seconds),
        **_figures("raw_", plain, seconds),
        "share_of_raw_limit": round(plain.wall_s / whole.wall_s, 2),
    }


def _figures(prefix: str, spent: Spent, seconds: float) -> dict[str, float]:
    return {
        f"{prefix}wall_s": round(spent.wall_s, 2),
        f"{prefix}cpu_s": round(spent.cpu_s, 2),
        f"{prefix}real_time": round(seconds / spent.wall_s, 1),
        f"{prefix}cpu_real_time": round(seconds / spent.cpu_s, 1),
        f"{prefix}peak_rss_mb": round(spent.peak_mb, 1),
    }


def _recording(folder: Path, minutes: int, ffmpeg: Path) -> Path:
    """A stereo MP3 at 128 kbit/s of a voice-like sound: gliding harmonics in syllables, over a little noise."""
    time = np.arange(LOOP_S * RATE) / RATE
    phase = 2 * np.pi * np.cumsum(120 + 30 * np.sin(2 * np.pi * 0.7 * time)) / RATE
    voice = sum(np.sin(order * phase) / order for order in range(1, 20))
    syllables = np.clip(np.sin(2 * np.pi * 3.1 * time) + 0.3, 0, 1)
    breath = np.random.default_rng(1).normal(0, 0.01, len(time))
    loop, target = folder / "loop.wav", folder / "recording.mp3"
    with WavWriter(loop) as written:
        written.write(to_pcm(0.25 * np.asarray(voice) * syllables + breath))
    argv = [str(ffmpeg), "-v", "error", "-nostdin", "-stream_loop", "-1", "-i", str(loop), "-t", str(60 * minutes),
            "-ac", "2", "-ar", "44100", "-b:a", "128k", str(target)]  # fmt: skip
    _run(argv, 60.0 * minutes)
    return target


def _spent(argv: list[str], seconds: float) -> Spent:
    before = os.times()
    with _one_core(), _peak_memory() as peak:
        _run(argv, seconds)
    after = os.times()
    cpu_s = after.children_user + after.children_system - before.children_user - before.children_system
    return Spent(after.elapsed - before.elapsed, max(cpu_s, 0.01), peak() / 1e6)


def _run(argv: list[str], seconds: float) -> None:
    root = Path(__file__).parents[2]
    done = run_child(
        argv,
        timeout_s=60 + seconds,
        memory_bytes=MEMORY_BYTES,
        file_bytes=MEMORY_BYTES,
        open_files=256,
        env={"PYTHONPATH": str(root)},
    )
    if done.returncode != 0:
        raise EncodeFailed(reason=done.stderr[-200:])


@contextmanager
def _one_core() -> Iterator[None]:
    """Children started meanwhile share one core, where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


@contextmanager
def _peak_memory() -> Iterator[Callable[[], int]]:
    """Looks again and again at the memory of all our descendants; gives the greatest sum seen, in bytes."""
    done, highest = threading.Event(), [0]

    def look() -> None:
        while not done.wait(LOOK_EVERY_S):
            highest[0] = max(highest[0], _descendants_bytes())

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield lambda: highest[0]
    finally:
        done.set()
        watcher.join()


def _descendants_bytes() -> int:
    """Resident bytes of all processes below this one; 0 on systems without /proc."""
    parents: dict[int, int] = {}
    resident: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            pid = int(stat.parent.name)
            parents[pid], resident[pid] = int(fields[1]), int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    return sum(size for pid, size in resident.items() if _is_below(pid, parents))


def _is_below(pid: int, parents: dict[int, int]) -> bool:
    above = parents.get(pid, 0)
    while above > 1 and above != os.getpid():
        above = parents.get(above, 0)
    return above == os.getpid()


if __name__ == "__main__":
    render(Path(sys.argv[1]), Path(sys.argv[2]), bundled_tools())
