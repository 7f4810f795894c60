"""Counts a file's packets without decoding them: what is in it, how long, how thin. Bombs end here.

The length that a header claims is never read. Each packet is believed for at most ten seconds, so a lying
clock in a few packets changes little; the decoded length is the truth and is counted later.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from controller.audio.errors import ExpandsTooMuch, NoDecodableAudio, TooLong, UnusableFormat
from controller.audio.ffmpeg import run_ffmpeg
from controller.audio.lines import Lines
from controller.audio.tools import MIB, AudioLimits, AudioTools

LONGEST_PACKET_S = 10.0
LEAST_CPU_S = 2
BYTES_PER_CPU_S = 2 * MIB
LOSSLESS = ("flac", "alac", "wavpack", "tta", "wmalossless", "mlp", "truehd")


@dataclass(frozen=True)
class Track:
    """The first sound track: `codec` as the decoder names it, `rate` in Hz, `layout` like "5.1(side)"
    (None if only the number of channels is known), `seconds` as its packets say (0 if they do not), and the
    `size` of these packets in bytes."""

    codec: str
    rate: int
    channels: int
    layout: str | None
    seconds: float
    size: int


CHANNELS = {
    "mono": 1, "stereo": 2, "downmix": 2, "2.1": 3, "3.0": 3, "3.0(back)": 3, "4.0": 4, "quad": 4, "quad(side)": 4,
    "3.1": 4, "5.0": 5, "5.0(side)": 5, "4.1": 5, "5.1": 6, "5.1(side)": 6, "6.0": 6, "6.0(front)": 6,
    "hexagonal": 6, "3.1.2": 6, "6.1": 7, "6.1(back)": 7, "6.1(front)": 7, "7.0": 7, "7.0(front)": 7, "7.1": 8,
    "7.1(wide)": 8, "7.1(wide-side)": 8, "octagonal": 8, "5.1.2": 8, "5.1.2(back)": 8, "cube": 8,
}  # fmt: skip


def scan(source: Path, tools: AudioTools) -> Track:
    """Read every packet of the first sound track.

    Raises NoDecodableAudio, UnusableFormat, TooLong, ExpandsTooMuch or DecodeTimeout.
    """
    size = source.stat().st_size
    packets = _Packets(size, tools.limits)
    lines = Lines(packets.read)
    wanted = ["-map", "0:a:0", "-c", "copy", "-flush_packets", "0", "-f", "framecrc", "pipe:1"]
    run_ffmpeg(tools, source, wanted, cpu_s=LEAST_CPU_S + size // BYTES_PER_CPU_S, stdout=lines.feed)
    return packets.track()


class _Packets:
    """Adds up the packet list of ffmpeg's `framecrc` and refuses as soon as it has seen enough."""

    def __init__(self, size: int, limits: AudioLimits) -> None:
        self._limits = limits
        self._most_bytes = 4 * size + MIB
        self._facts: dict[str, str] = {}
        self._tick = 0.0
        self._seconds = 0.0
        self._bytes = 0
        self._mark = (0.0, 0)

    def read(self, line: bytes) -> None:
        if line.startswith(b"#"):
            self._read_fact(line.decode("ascii", "replace"))
        else:
            fields = line.split(b",", 5)
            self._add(int(fields[3]), int(fields[4]))

    def track(self) -> Track:
        if not self._bytes:
            raise NoDecodableAudio(reason="no packets")
        layout = self._facts.get("channel_layout_name", "")
        return Track(
            codec=self._facts.get("codec_id", ""),
            rate=int(self._facts.get("sample_rate", 0)),
            channels=_channels(layout),
            layout=layout if layout in CHANNELS else None,
            seconds=self._seconds,
            size=self._bytes,
        )

    def _read_fact(self, line: str) -> None:
        name, _, value = line[1:].partition(": ")
        self._facts[name.removesuffix(" 0")] = value
        if name == "tb 0":
            self._tick = float(Fraction(value))
        elif name == "sample_rate 0":
            lowest, highest = self._limits.rates
            if not lowest <= int(value) <= highest:
                raise UnusableFormat(rate=int(value))
        elif name == "channel_layout_name 0" and not 1 <= _channels(value) <= self._limits.max_channels:
            raise UnusableFormat(channels=value)

    def _add(self, ticks: int, size: int) -> None:
        self._bytes += size
        self._seconds += min(max(ticks, 0) * self._tick, LONGEST_PACKET_S)
        if self._seconds > self._limits.max_seconds:
            raise TooLong(max_seconds=self._limits.max_seconds)
        if self._bytes > self._most_bytes:
            raise ExpandsTooMuch(packet_bytes=self._bytes)
        if self._seconds - self._mark[0] >= self._limits.sparse_seconds:
            self._refuse_sparse()

    def _refuse_sparse(self) -> None:
        since, before = self._mark
        rate = (self._bytes - before) * 8 / (self._seconds - since)
        lossless = self._facts.get("codec_id") in LOSSLESS
        if rate < (self._limits.sparse_lossless_bits_per_s if lossless else self._limits.sparse_bits_per_s):
            raise ExpandsTooMuch(bits_per_s=round(rate), seconds=round(self._seconds))
        self._mark = (self._seconds, self._bytes)


def _channels(layout: str) -> int:
    """How many channels a layout has: by its name, or in words like "12 channels"."""
    if layout in CHANNELS:
        return CHANNELS[layout]
    number = layout.split(" ", 1)[0]
    return int(number) if number.isdigit() else 0
