"""A first look at the bytes: what is surely no sound is refused by name before any decoder starts.

Trusts no file name. What passes here is not yet believed to be sound; decoding decides that.
"""

import codecs
import os
import re
import stat
from pathlib import Path
from typing import BinaryIO

from controller.audio.errors import NoDecodableAudio, NotAudio, TooLarge, UnsafeContainer
from controller.audio.references import refuse_external

HEAD_BYTES = 4096
MAX_TAGS = 8

POINTERS: tuple[tuple[str, bytes], ...] = (
    ("hls", rb"#EXTM3U|#EXT-X-"),
    ("ffconcat", rb"ffconcat\s+version|(?m:^\s*file\s+['\"/\w])"),
    ("sdp", rb"v=0\r?\n(?:.*\n)*?[om]="),
    ("pls", rb"(?i:\[playlist\])"),
    ("dash", rb"(?s:.*<(?:\w+:)?MPD[\s>])"),
    ("xspf", rb"(?s:.*<(?:\w+:)?playlist[\s>])"),
    ("asx", rb"(?i:(?s:.*)<asx[\s>])|\[Reference\]|ASF "),
    ("smil", rb"(?i:(?s:.*)<smil[\s>])"),
    ("wpl", rb"(?i:<\?wpl)"),
    ("rtsp", rb"(?i:(?:rtsp|rtmp|mms|https?|ftp|file|concat|subfile|data)[t]?:)"),
    ("imf", rb"(?s:.*<(?:\w+:)?(?:CompositionPlaylist|AssetMap)[\s>])"),
)
"""Texts that make a player open something else; matched at the start of the text."""

OTHERS: tuple[tuple[str, bytes], ...] = (
    ("png", rb"\x89PNG"),
    ("jpeg", rb"\xff\xd8\xff"),
    ("gif", rb"GIF8"),
    ("bmp", rb"BM.{4}\x00{4}"),
    ("tiff", rb"II\*\x00|MM\x00\*"),
    ("webp", rb"RIFF.{4}WEBP"),
    ("psd", rb"8BPS"),
    ("heif", rb"\x00\x00.{2}ftyp(?:hei[cfmsx]|mif1|avi[fs]|crx )"),
    ("pdf", rb"%PDF"),
    ("zip", rb"PK(?:\x03\x04|\x05\x06|\x07\x08)"),
    ("gzip", rb"\x1f\x8b"),
    ("bzip2", rb"BZh[1-9]"),
    ("xz", rb"\xfd7zXZ"),
    ("7z", rb"7z\xbc\xaf\x27\x1c"),
    ("rar", rb"Rar!"),
    ("zstd", rb"\x28\xb5\x2f\xfd"),
    ("ole", rb"\xd0\xcf\x11\xe0"),
    ("program", rb"\x7fELF|MZ.{58}|\xca\xfe\xba\xbe|\xcf\xfa\xed\xfe|#!\s*/"),
    ("midi", rb"MThd|RIFF.{4}RMID"),
    ("database", rb"SQLite format 3"),
    ("font", rb"OTTO|wOF[F2]|\x00\x01\x00\x00\x00.\x00"),
)
"""Things with a magic of their own that are no sound; matched at the first byte."""

_TEXT_KINDS = (
    ("html", rb"(?i:\s*<(?:!doctype html|html|head|body|script))"),
    ("xml", rb"\s*<"),
    ("json", rb"\s*[{\[]"),
)
_POINTERS = tuple((kind, re.compile(pattern)) for kind, pattern in POINTERS)
_OTHERS = tuple((kind, re.compile(pattern, re.DOTALL)) for kind, pattern in OTHERS)
_TEXTS = tuple((kind, re.compile(pattern)) for kind, pattern in _TEXT_KINDS)
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\v\f\r\x1b")
_AMR = b"#!AMR"


def sniff(path: Path, max_bytes: int) -> None:
    """Raise NotAudio, UnsafeContainer, NoDecodableAudio (empty) or TooLarge; return if it may be sound."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise NotAudio(kind="no file")
    if status.st_size == 0:
        raise NoDecodableAudio(reason="empty")
    if status.st_size > max_bytes:
        raise TooLarge(bytes=status.st_size, max_bytes=max_bytes)
    with path.open("rb") as opened:
        refuse(_head_after_tags(opened))
        refuse_external(opened)


def refuse(head: bytes) -> None:
    """Raise NotAudio or UnsafeContainer if these first bytes say so."""
    if head.startswith(_AMR):
        return
    for kind, pattern in _OTHERS:
        if pattern.match(head):
            raise NotAudio(kind=kind)
    text = _as_text(head)
    if text is None:
        return
    for kind, pattern in _POINTERS:
        if pattern.match(text):
            raise UnsafeContainer(kind=kind)
    raise NotAudio(kind=next((kind for kind, pattern in _TEXTS if pattern.match(text)), "text"))


def _head_after_tags(opened: BinaryIO) -> bytes:
    """The first bytes behind any ID3v2 tags, so that a tag hides nothing."""
    for _ in range(MAX_TAGS):
        head = opened.read(HEAD_BYTES)
        if len(head) < 10 or head[:3] != b"ID3" or max(head[6:10]) > 127:
            return head
        length = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        opened.seek(length + 10 - len(head), os.SEEK_CUR)
    return b""


def _as_text(head: bytes) -> bytes | None:
    """The head as UTF-8 text without mark and leading space, or None if it is binary."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            head = head[2:].decode(encoding, "replace").encode("utf-8", "replace")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text or not _CONTROLS.isdisjoint(text):
        return None
    return text if _mostly_readable(text) else None


def _mostly_readable(text: bytes) -> bool:
    """Text in any code page is mostly ASCII, or is sound UTF-8 (whose last letter may be cut)."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(text)
    except UnicodeDecodeError:
        return sum(byte < 127 for byte in text) > 0.8 * len(text)
    return True
