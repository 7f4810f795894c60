"""Decodes a whole source once and measures it: true length, loudness, peaks, clipping, phase, silence.

One pass of the decoder, streamed: samples at the source's rate come on stdout and are counted, loudness of
the source and of its sum and difference (as a speaker would play them) comes on stderr.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from controller.audio.chains import as_stereo, cleaned
from controller.audio.errors import NoDecodableAudio, SilentAudio, TooLong
from controller.audio.ffmpeg import run_ffmpeg
from controller.audio.levels import LevelMeter, Levels
from controller.audio.lines import Lines
from controller.audio.listening import Listener, loudness_of
from controller.audio.loudness import ABSOLUTE_GATE_LUFS, NOTHING_LUFS, integrated
from controller.audio.mixdown import ONE_CHANNEL, Mixdown, choose_mix, loudest
from controller.audio.scan import Track
from controller.audio.tools import AudioLimits, AudioTools
from controller.audio.wavefile import RATE

EMPTY_LUFS = -85.0
"""Below this, at its loudest, nothing was recorded at all: a muted line, not a quiet room."""


@dataclass(frozen=True)
class Measured:
    """A whole source: `seconds` decoded, `lufs` integrated (None if ungated), `loudest_lufs` of its loudest
    moment as one channel, its `levels`, how to make it one channel, and complaints of the decoder."""

    track: Track
    seconds: float
    lufs: float | None
    loudest_lufs: float
    levels: Levels
    mixdown: Mixdown
    faults: int

    @property
    def silent(self) -> bool:
        """Nothing in it rises above the absolute gate, so nobody would hear anything."""
        return self.loudest_lufs < ABSOLUTE_GATE_LUFS

    @property
    def empty(self) -> bool:
        return self.loudest_lufs < EMPTY_LUFS


def measure(source: Path, track: Track, tools: AudioTools) -> Measured:
    """Raises NoDecodableAudio, TooLong, DecodeTimeout, or SilentAudio for a long silence at the start."""
    limits = tools.limits
    meter = LevelMeter(track.rate, track.channels, track.codec)
    listener = Listener(("st", "mid", "side"))
    lines = Lines(listener.hear)

    def count(chunk: bytes) -> None:
        meter.feed(chunk)
        if meter.frames > limits.max_seconds * track.rate:
            raise TooLong(max_seconds=limits.max_seconds)

    def listen(chunk: bytes) -> None:
        lines.feed(chunk)
        _refuse_silent_start(listener, limits)

    run_ffmpeg(tools, source, _wanted(track), cpu_s=cpu_seconds(track, limits), stdout=count, stderr=listen)
    return _measured(track, meter.levels(), listener)


def cpu_seconds(track: Track, limits: AudioLimits) -> int:
    """The most CPU time that decoding may take: a lying packet clock gives the full length's."""
    return 5 + int((track.seconds or limits.max_seconds) / limits.slowest_speed)


def _wanted(track: Track) -> list[str]:
    start = f"[0:a:0]asetpts=N/SR/TB,asplit=2[tap][all];[all]{cleaned(track)},{as_stereo(track)}"
    if track.channels == 1:
        graph = f"{start},asplit=2[st][mid];[mid]aresample={RATE},{loudness_of('mid')},anullsink"
    else:
        graph = (
            f"{start},asplit=2[st][ms];"
            f"[ms]aresample={RATE},pan=stereo|c0=0.5*c0+0.5*c1|c1=0.5*c0-0.5*c1,channelsplit[mid][side];"
            f"[mid]{loudness_of('mid')},anullsink;[side]{loudness_of('side')},anullsink"
        )
    graph = f"{graph};[st]{loudness_of('st')},anullsink"
    return ["-filter_complex", graph, "-map", "[tap]", "-ar", str(track.rate), "-f", "f32le", "pipe:1"]


def _refuse_silent_start(listener: Listener, limits: AudioLimits) -> None:
    heard = listener.moments["st"]
    if len(heard) // 10 == limits.silent_start_seconds and max(heard) < ABSOLUTE_GATE_LUFS:
        raise SilentAudio(lufs=round(max(heard)), seconds=limits.silent_start_seconds)


def _measured(track: Track, levels: Levels, listener: Listener) -> Measured:
    if not levels.frames:
        raise NoDecodableAudio(reason="no samples")
    seconds = levels.frames / track.rate
    middle, side = listener.momentary("mid"), listener.momentary("side")
    side = side if len(side) else np.full_like(middle, NOTHING_LUFS)
    shared = min(len(middle), len(side))
    middle, side = middle[:shared], side[:shared]
    mixdown = choose_mix(middle, side, levels.right_is_stronger) if track.channels > 1 else ONE_CHANNEL
    return Measured(
        track=track,
        seconds=seconds,
        lufs=integrated(listener.momentary("st"), seconds),
        loudest_lufs=loudest(middle, side),
        levels=levels,
        mixdown=mixdown,
        faults=listener.faults,
    )
