"""A recording on its way in: it lands on the store's disk piece by piece, whatever its length.

Nothing that the caller says of the file is believed: its name is kept as words, its type is not looked at.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath

from fastapi.concurrency import run_in_threadpool
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from api.errors import RequestRefused

FILE = "file"
MOST_PARTS = 8
MOST_FIELD_BYTES = 8 * 1024
"""All fields but the file together."""
BLOCK = 1 << 20
"""What is held in memory at most before it goes to the disk, bytes."""


@dataclass(frozen=True)
class Upload:
    """The fields of a form, and where its file lies until it is adopted."""

    fields: dict[str, str]
    path: Path
    name: str
    """What the caller calls it: printable, without folders, never used as a path."""


@asynccontextmanager
async def landed(request: Request, folder: Path, new_id: Callable[[], str]) -> AsyncIterator[Upload]:
    """Take a multipart form in; its file lies in `folder` under a random name until the block ends.

    RequestRefused for a form that is broken, cut or has no file; OSError where the disk fails.
    """
    path = folder / new_id()
    try:
        yield await _take(request, path)
    finally:
        path.unlink(missing_ok=True)


async def _take(request: Request, path: Path) -> Upload:
    form = _Form(_boundary(request))
    with await run_in_threadpool(path.open, "xb") as file:
        async for piece in request.stream():
            form.feed(piece)
            if form.held >= BLOCK:
                await run_in_threadpool(file.writelines, form.take())
        await run_in_threadpool(file.writelines, form.take())
    return form.finished(path)


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise RequestRefused("upload_broken")
    return options[b"boundary"]


@dataclass
class _Part:
    """One part of the form: its headers while they come, then its name and content."""

    header: bytes = b""
    value: bytes = b""
    name: str = ""
    file_name: str | None = None
    content: bytearray = field(default_factory=bytearray)

    @property
    def is_file(self) -> bool:
        return self.name == FILE and self.file_name is not None


class _Form:
    """Fed with the body as it comes; keeps the fields, and hands on the pieces of the file."""

    def __init__(self, boundary: bytes) -> None:
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header,
                "on_header_value": self._value,
                "on_header_end": self._header_end,
                "on_part_data": self._data,
                "on_end": self._end,
            },
        )
        self._parts: list[_Part] = []
        self._pieces: list[bytes] = []
        self._ended = False
        self.held = 0

    def feed(self, piece: bytes) -> None:
        try:
            self._parser.write(piece)
        except FormParserError as error:
            raise RequestRefused("upload_broken") from error

    def take(self) -> list[bytes]:
        """The pieces of the file that have come since the last call."""
        pieces, self._pieces, self.held = self._pieces, [], 0
        return pieces

    def finished(self, path: Path) -> Upload:
        names = [part.name for part in self._parts]
        if not self._ended or len(names) != len(set(names)):
            raise RequestRefused("upload_broken")
        files = [part for part in self._parts if part.is_file]
        if not files:
            raise RequestRefused("upload_missing")
        fields = {part.name: _words(part.content) for part in self._parts if not part.is_file}
        return Upload(fields, path, _printable(files[0].file_name or ""))

    def _begin(self) -> None:
        if len(self._parts) == MOST_PARTS:
            raise RequestRefused("upload_broken")
        self._parts.append(_Part())

    def _header(self, data: bytes, start: int, end: int) -> None:
        self._parts[-1].header += data[start:end]

    def _value(self, data: bytes, start: int, end: int) -> None:
        self._parts[-1].value += data[start:end]

    def _header_end(self) -> None:
        part = self._parts[-1]
        if part.header.lower() == b"content-disposition":
            _, options = parse_options_header(part.value)
            part.name = _words(options.get(b"name", b""))
            part.file_name = _words(options[b"filename"]) if b"filename" in options else None
        part.header = part.value = b""

    def _data(self, data: bytes, start: int, end: int) -> None:
        part = self._parts[-1]
        if part.is_file:
            self._pieces.append(data[start:end])
            self.held += end - start
            return
        part.content += data[start:end]
        if sum(len(part.content) for part in self._parts) > MOST_FIELD_BYTES:
            raise RequestRefused("upload_broken")

    def _end(self) -> None:
        self._ended = True


def _words(raw: bytes | bytearray) -> str:
    return raw.decode("utf-8", "replace")


def _printable(name: str) -> str:
    return "".join(letter for letter in PureWindowsPath(name).name if letter.isprintable())[:200]
