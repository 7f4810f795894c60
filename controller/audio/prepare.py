"""Gives the one channel that will be shaped: what was kept while measuring, or decoded again in another mix."""

from pathlib import Path

from controller.audio.chains import FRAMES, as_stereo, cleaned
from controller.audio.ffmpeg import run_ffmpeg
from controller.audio.listening import Notes
from controller.audio.measure import Measured, cpu_seconds, raw_bytes
from controller.audio.mixdown import Mix
from controller.audio.shape import Body
from controller.audio.tools import AudioTools
from controller.audio.wavefile import RATE


def prepare(source: Path, measured: Measured, raw: Path, tools: AudioTools) -> Body:
    """The body in `raw`, where measuring left the plain middle. NoDecodableAudio, DecodeTimeout, EncodeFailed."""
    mix = measured.mixdown.mix
    if mix in (Mix.ONLY, Mix.SUM):
        return Body(raw, measured.middle, measured.seconds)
    track = measured.track
    with Notes("mono") as notes:
        graph = (
            f"[0:a:0]{FRAMES},{cleaned(track)},{as_stereo(track)},pan=mono|c0={mix.value},aresample={RATE},"
            f"asplit=2[out][mono];[mono]{notes.of('mono')}"
        )
        run_ffmpeg(
            tools,
            source,
            ["-filter_complex", graph, "-map", "[out]", "-f", "f32le", "pipe:1"],
            cpu_s=cpu_seconds(track, tools.limits),
            stdout=raw,
            inherited=notes.inherited,
            file_bytes=raw_bytes(tools.limits),
        )
        return Body(raw, notes.momentary("mono"), measured.seconds)
