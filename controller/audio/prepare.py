"""Decodes a measured source a second time, now as the one channel that will be shaped."""

from pathlib import Path

from controller.audio.chains import as_stereo, cleaned
from controller.audio.ffmpeg import run_ffmpeg
from controller.audio.lines import Lines
from controller.audio.listening import Listener, loudness_of
from controller.audio.measure import Measured, cpu_seconds
from controller.audio.shape import Body
from controller.audio.tools import AudioTools
from controller.audio.wavefile import RATE


def prepare(source: Path, measured: Measured, raw: Path, tools: AudioTools) -> Body:
    """Write bare 32-bit samples to `raw` and measure their loudness on the way. Refused, OSError."""
    track = measured.track
    one = f"pan=mono|c0={measured.mixdown.mix.value}" if track.channels > 1 else "anull"
    graph = (
        f"[0:a:0]{cleaned(track)},{as_stereo(track)},{one},aresample={RATE},asplit=2[out][mono];"
        f"[mono]{loudness_of('mono')},anullsink"
    )
    listener = Listener(("mono",))
    run_ffmpeg(
        tools,
        source,
        ["-filter_complex", graph, "-map", "[out]", "-f", "f32le", "pipe:1"],
        cpu_s=cpu_seconds(track, tools.limits),
        stdout=raw,
        stderr=Lines(listener.hear).feed,
        file_bytes=4 * RATE * (tools.limits.max_seconds + 1),
    )
    return Body(raw, listener.momentary("mono"), measured.seconds)
