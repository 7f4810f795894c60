"""An XLSX file before it is opened: a small zip of plain XML, without programs."""

import zipfile
import zlib
from io import BytesIO

from controller.errors.programmes import SpreadsheetRefused

MOST_BYTES = 24 * 1024 * 1024
"""All parts together, unpacked."""
MOST_PARTS = 400
_ZIP = b"PK\x03\x04"
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError, ValueError)
_PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACROS = (b"macroenabled", b"vbaproject")
_DECLARATIONS = (b"<!doctype", b"<!entity")


def is_zip(content: bytes) -> bool:
    return content.startswith(_ZIP)


def check_parcel(content: bytes) -> None:
    """SpreadsheetRefused for a bomb, a file with macros, XML that declares entities, and what is no XLSX."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as file:
            _check(file)
    except _BROKEN as error:
        raise SpreadsheetRefused(why="broken") from error


def check_not_old(content: bytes) -> None:
    """SpreadsheetRefused for .xls and for a file under a password: both come in Microsoft's older container."""
    if content.startswith(_OLE):
        raise SpreadsheetRefused(why="old_or_locked")


def _check(file: zipfile.ZipFile) -> None:
    parts = file.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
        raise SpreadsheetRefused(why="too_large")
    if any("vba" in part.filename.lower() for part in parts):
        raise SpreadsheetRefused(why="macros")
    left = MOST_BYTES
    for part in parts:
        left -= _check_part(file, part, left)


def _check_part(file: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> int:
    """What a part weighs, unpacked no further than it may: its own word for it is not believed."""
    if part.compress_type not in _PACKED:
        raise SpreadsheetRefused(why="broken")
    with file.open(part) as opened:
        said = opened.read(most + 1)
    if len(said) > most:
        raise SpreadsheetRefused(why="too_large")
    _check_words(said.lower(), part.filename)
    return len(said)


def _check_words(said: bytes, name: str) -> None:
    """Whatever a part is called, the table of contents may call it a sheet: so none declares entities, in no width."""
    is_xml = name.lower().endswith((".xml", ".rels", ".vml"))
    narrow = said.replace(b"\x00", b"")
    if (is_xml and b"\x00" in said) or any(word in narrow for word in _DECLARATIONS):
        raise SpreadsheetRefused(why="hostile")
    if name == "[Content_Types].xml" and any(word in said for word in _MACROS):
        raise SpreadsheetRefused(why="macros")
