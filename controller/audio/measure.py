"""Decodes a whole source once and measures it: true length, loudness, peaks, clipping, phase, silence.

One pass of the decoder, streamed: samples at the source's rate come on stdout and are counted; loudness of
the source, and of its sum and difference as a speaker would play them, is noted down.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from controller.audio.chains import FRAMES, as_stereo, cleaned
from controller.audio.errors import NoDecodableAudio, SilentAudio, TooLong
from controller.audio.ffmpeg import run_ffmpeg
from controller.audio.levels import LevelMeter, Levels
from controller.audio.listening import Notes, faults
from controller.audio.loudness import ABSOLUTE_GATE_LUFS, NOTHING_LUFS, Momentary, integrated
from controller.audio.mixdown import ONE_CHANNEL, Mixdown, choose_mix, loudest
from controller.audio.scan import Track
from controller.audio.tools import AudioLimits, AudioTools
from controller.audio.wavefile import RATE

EMPTY_PEAK = 10 ** (-85 / 20)
EMPTY_LUFS = -85.0
"""Below this, at its loudest, nothing was recorded at all: a muted line, not a quiet room."""


@dataclass(frozen=True)
class Measured:
    """A whole source: `seconds` decoded, `lufs` integrated (None if ungated), `loudest_lufs` of its loudest
    moment as one channel, its `levels`, how to make it one channel, complaints of the decoder, and the
    momentary loudness of the plain `middle`."""

    track: Track
    seconds: float
    lufs: float | None
    loudest_lufs: float
    levels: Levels
    mixdown: Mixdown
    faults: int
    middle: Momentary

    @property
    def silent(self) -> bool:
        """Nothing in it rises above the absolute gate, so nobody would hear anything."""
        return self.loudest_lufs < ABSOLUTE_GATE_LUFS

    @property
    def empty(self) -> bool:
        return self.loudest_lufs < EMPTY_LUFS


def measure(source: Path, track: Track, tools: AudioTools, raw: Path | None = None) -> Measured:
    """Measure the source, and write its middle to `raw` on the way, as bare 32-bit samples at our rate.

    Raises NoDecodableAudio, TooLong, DecodeTimeout, SilentAudio for a long silence at the start;
    EncodeFailed or OSError if the disk is full.
    """
    limits = tools.limits
    meter = LevelMeter(track.rate, track.channels, track.codec)

    def count(chunk: bytes) -> None:
        meter.feed(chunk)
        _refuse_too_much(meter, track, limits)

    with Notes("st", "mid", "side") as notes, ExitStack() as stack:
        kept = [stack.enter_context(raw.open("wb")).fileno()] if raw else []
        done = run_ffmpeg(
            tools,
            source,
            _wanted(track, notes, *kept),
            cpu_s=cpu_seconds(track, limits),
            stdout=count,
            inherited=(*notes.inherited, *kept),
            file_bytes=raw_bytes(limits),
        )
        return _measured(track, meter.levels(), notes, faults(done.stderr))


def cpu_seconds(track: Track, limits: AudioLimits) -> int:
    """The most CPU time that decoding may take; where packets tell no time, as if they were all thin ones."""
    thin = track.size * 8 / limits.sparse_bits_per_s
    return 5 + int((track.seconds or min(thin, limits.max_seconds)) / limits.slowest_speed)


def raw_bytes(limits: AudioLimits) -> int:
    """The most that one channel of bare samples may take on the disk."""
    return 4 * RATE * (limits.max_seconds + 60)


def _wanted(track: Track, notes: Notes, *kept: int) -> list[str]:
    start = f"[0:a:0]{FRAMES},asplit=2[tap][all];[all]{cleaned(track)},{as_stereo(track)},asplit=2[st][ms]"
    if track.channels == 1:
        mixed = f"[ms]aresample={RATE}[mid]"
    else:
        halves = "pan=stereo|c0=0.5*c0+0.5*c1|c1=0.5*c0-0.5*c1,channelsplit[mid][side]"
        mixed = f"[ms]aresample={RATE},{halves};[side]{notes.of('side')}"
    body = "[mid]asplit=2[raw][middle];[middle]" if kept else "[mid]"
    graph = f"{start};{mixed};{body}{notes.of('mid')};[st]{notes.of('st')}"
    outputs = ["-map", "[tap]", "-ar", str(track.rate), "-f", "f32le", "pipe:1"]
    for descriptor in kept:
        outputs += ["-map", "[raw]", "-f", "f32le", f"pipe:{descriptor}"]
    return ["-filter_complex", graph, *outputs]


def _refuse_too_much(meter: LevelMeter, track: Track, limits: AudioLimits) -> None:
    seconds = meter.frames / track.rate
    if seconds > limits.max_seconds:
        raise TooLong(max_seconds=limits.max_seconds)
    if seconds > limits.silent_start_seconds and meter.peak < EMPTY_PEAK:
        raise SilentAudio(seconds=limits.silent_start_seconds)


def _measured(track: Track, levels: Levels, notes: Notes, complaints: int) -> Measured:
    if not levels.frames:
        raise NoDecodableAudio(reason="no samples")
    seconds = levels.frames / track.rate
    middle, side = notes.momentary("mid"), notes.momentary("side")
    shared = min(len(middle), len(side)) if track.channels > 1 else len(middle)
    halves = middle[:shared], side[:shared] if track.channels > 1 else np.full(shared, NOTHING_LUFS)
    return Measured(
        track=track,
        seconds=seconds,
        lufs=integrated(notes.momentary("st"), seconds),
        loudest_lufs=loudest(*halves),
        levels=levels,
        mixdown=choose_mix(*halves, levels.right_is_stronger) if track.channels > 1 else ONE_CHANNEL,
        faults=complaints,
        middle=middle,
    )
