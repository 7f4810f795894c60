"""Sounds and files made in sight: numbers, WAVs byte by byte, whatever ffmpeg can write, and hostile files."""

import struct
import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

RATE = 24_000
Sound = npt.NDArray[np.float64]


def tone(seconds: float, hertz: float = 440.0, level: float = 0.3, rate: int = RATE) -> Sound:
    return level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def noise(seconds: float, level: float = 0.1, rate: int = RATE, seed: int = 1) -> Sound:
    return np.random.default_rng(seed).normal(0, level, round(seconds * rate))


def speech_like(seconds: float, level: float = 0.2, rate: int = RATE, seed: int = 1) -> Sound:
    """Syllables of a voice: gliding harmonics under wandering formants, hisses between, short pauses."""
    dice, time = np.random.default_rng(seed), np.arange(round(seconds * rate)) / rate
    pitch = 120 + 25 * np.sin(2 * np.pi * 0.7 * time) + 10 * np.sin(2 * np.pi * 2.3 * time)
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    formants = ((500, 250, 1.0, 1.3), (1500, 500, 0.5, 1.9), (2600, 300, 0.3, 0.9))
    voice = np.zeros_like(time)
    for order in range(1, 28):
        gain = sum(
            strength * np.exp(-(((order * pitch - middle - swing * np.sin(2 * np.pi * speed * time)) / 220) ** 2))
            for middle, swing, strength, speed in formants
        )
        voice += (gain + 0.02) * np.sin(order * phase)
    syllable = np.clip(np.sin(2 * np.pi * 3.1 * time) + 0.4, 0, 1) * (np.sin(2 * np.pi * 0.23 * time) > -0.93)
    hiss = np.diff(dice.normal(0, 1, len(time) + 1)) * np.clip(-np.sin(2 * np.pi * 3.1 * time) - 0.5, 0, 1)
    mixed = voice * syllable + 0.08 * hiss
    return np.asarray(level * mixed / np.sqrt(np.mean(mixed**2)))


def save(path: Path, *channels: Sound, rate: int = RATE) -> Path:
    """A 16-bit PCM WAV; what exceeds full scale is cut off flat, as a sound card does."""
    samples = np.clip(np.rint(np.stack(channels, axis=1) * 32767), -32768, 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


def load(path: Path) -> npt.NDArray[np.float64]:
    """The samples of one of our own WAVs."""
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32767


def wav_bytes(
    data: bytes,
    *,
    tag: int = 1,
    channels: int = 1,
    rate: int = RATE,
    bits: int = 16,
    data_size: int | None = None,
    riff_size: int | None = None,
) -> bytes:
    """A WAV with whatever header is wished; sizes default to the truth."""
    align = channels * bits // 8
    form = struct.pack("<HHIIHH", tag, channels % 65536, rate, rate * align % 2**32, align % 65536, bits)
    size = len(data) if data_size is None else data_size
    riff = 36 + len(data) if riff_size is None else riff_size
    return (
        b"RIFF"
        + struct.pack("<I", riff)
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + form
        + (b"data" + struct.pack("<I", size) + data)
    )


def pcm16(sound: Sound) -> bytes:
    return np.clip(np.rint(sound * 32767), -32768, 32767).astype("<i2").tobytes()


@dataclass(frozen=True)
class Maker:
    """Writes files with ffmpeg for the tests; nothing hostile is ever read by it."""

    ffmpeg: Path
    folder: Path

    def make(self, name: str, *options: str, source: str = "sine=f=440:d=1.5:r=44100,volume=6dB") -> Path:
        """`name` encoded from a lavfi `source` with the given output options."""
        return self.run(name, "-f", "lavfi", "-i", source, *options)

    def encode(self, name: str, wav: Path, *options: str) -> Path:
        return self.run(name, "-i", str(wav), *options)

    def run(self, name: str, *arguments: str) -> Path:
        target = self.folder / name
        command = [str(self.ffmpeg), "-v", "error", "-nostdin", "-y", *arguments, str(target)]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        return target

    def loudness(self, file: Path) -> tuple[float, float]:
        """Integrated LUFS and true peak in dBTP, as ffmpeg's own scanner reads a whole file."""
        command = [
            str(self.ffmpeg),
            "-hide_banner",
            "-nostdin",
            "-i",
            str(file),
            "-af",
            "ebur128=peak=true:framelog=quiet",
        ]
        said = subprocess.run(
            [*command, "-f", "null", "-"], check=True, capture_output=True, timeout=60
        ).stderr.decode()
        summary = said[said.rindex("Summary:") :]
        return float(summary.split("I:")[1].split()[0]), float(summary.split("Peak:")[1].split()[0])


def ogg(packets: list[bytes], granules: list[int], headers: list[bytes]) -> bytes:
    """An Ogg stream of one logical track: each header on a page, then up to 255 short packets a page."""
    pages = [_page([header], 0, number, 2 if number == 0 else 0) for number, header in enumerate(headers)]
    for start in range(0, len(packets), 255):
        some = packets[start : start + 255]
        last = 4 if start + 255 >= len(packets) else 0
        pages.append(_page(some, granules[start + len(some) - 1], len(pages), last))
    return b"".join(pages)


def _page(packets: list[bytes], granule: int, number: int, flags: int) -> bytes:
    lacing = b"".join(b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255]) for packet in packets)
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, flags, granule, 7, number, 0, len(lacing)) + lacing
    page = bytearray(head + b"".join(packets))
    page[22:26] = struct.pack("<I", _ogg_checksum(page))
    return bytes(page)


def _ogg_checksum(page: bytes | bytearray) -> int:
    checksum = 0
    for byte in page:
        checksum = (checksum << 8 & 0xFFFFFFFF) ^ _OGG_TABLE[checksum >> 24 ^ byte]
    return checksum


def _ogg_entry(byte: int) -> int:
    value = byte << 24
    for _ in range(8):
        value = (value << 1 ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
    return value


_OGG_TABLE = [_ogg_entry(byte) for byte in range(256)]


def opus_silence(hours: float) -> bytes:
    """Opus that says "nothing" for hours: one byte for each 60 ms."""
    count = round(hours * 3600 / 0.06)
    head = b"OpusHead" + struct.pack("<BBHIHB", 1, 1, 312, 48000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 4) + b"test" + struct.pack("<I", 0)
    return ogg([b"\x18"] * count, [2880 * (n + 1) for n in range(count)], [head, tags])


def ebml(identity: int, *parts: bytes) -> bytes:
    """One Matroska element with its content and an eight-byte size."""
    body = b"".join(parts)
    name = identity.to_bytes((identity.bit_length() + 7) // 8, "big")
    return name + (len(body) | 1 << 56).to_bytes(8, "big") + body


def matroska(*info: bytes, sound: bytes = b"") -> bytes:
    """A small Matroska file of 16-bit mono PCM at 8 kHz, with anything wished in its Info."""
    header = ebml(0x1A45DFA3, ebml(0x4282, b"matroska"), ebml(0x4287, b"\x04"), ebml(0x4285, b"\x02"))
    audio = ebml(0xE1, ebml(0xB5, struct.pack(">d", 8000.0)), ebml(0x9F, b"\x01"), ebml(0x6264, b"\x10"))
    track = ebml(
        0xAE, ebml(0xD7, b"\x01"), ebml(0x73C5, b"\x01"), ebml(0x83, b"\x02"), ebml(0x86, b"A_PCM/INT/LIT"), audio
    )
    blocks = [
        ebml(0xA3, b"\x81" + struct.pack(">h", 100 * n) + b"\x80" + sound[1600 * n : 1600 * (n + 1)])
        for n in range(len(sound) // 1600)
    ]
    cluster = ebml(0x1F43B675, ebml(0xE7, b"\x00"), *blocks)
    segment = ebml(0x1549A966, ebml(0x2AD7B1, b"\x0f\x42\x40"), *info) + ebml(0x1654AE6B, track) + cluster
    return header + ebml(0x18538067, segment)


def atom(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def with_external_reference(movie: bytes, target: str) -> bytes:
    """The same MOV, whose samples are now said to lie in another file."""
    return _rewrite(movie, [b"moov", b"trak", b"mdia", b"minf", b"dinf", b"dref"], target.encode())


def _rewrite(atoms: bytes, path: list[bytes], target: bytes) -> bytes:
    rewritten, offset = b"", 0
    while offset < len(atoms):
        size, kind = struct.unpack_from(">I4s", atoms, offset)
        body = atoms[offset + 8 : offset + size]
        if kind == path[0] and len(path) == 1:
            body = struct.pack(">II", 0, 1) + atom(b"url ", b"\0\0\0\0", target + b"\0")
        elif kind == path[0]:
            body = _rewrite(body, path[1:], target)
        rewritten += atom(kind, body)
        offset += size
    return rewritten
