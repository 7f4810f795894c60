"""Lines of an iCalendar file (RFC 5545): escaped, folded, and ended as it asks. Instants are us UTC."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from unicodedata import category

LINE_BYTES = 75
PRODUCT = "-//Loa//Loa 1//VI"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KEPT = "\n\t\u200d"
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def text(words: str) -> str:
    """A value of type TEXT; control characters, which it cannot hold, are left out."""
    kept = "".join(letter for letter in words if letter in _KEPT or letter.isprintable() or category(letter) == "Zs")
    return kept.translate(_ESCAPES)


def utc(at: int) -> str:
    """An instant, to the second."""
    return f"{_EPOCH + timedelta(microseconds=at):%Y%m%dT%H%M%SZ}"


def calendar(name: str, lines: Iterable[str]) -> bytes:
    """A whole calendar around the lines of its components."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN", f"X-WR-CALNAME:{text(name)}"]
    whole = [*head, *lines, "END:VCALENDAR"]
    return "".join(f"{folded(line)}\r\n" for line in whole).encode("utf-8")


def folded(line: str) -> str:
    """The line in pieces of at most 75 bytes; no letter is cut in two."""
    pieces, size = [""], 0
    for letter in line:
        weight = len(letter.encode("utf-8"))
        if size + weight > LINE_BYTES:
            pieces.append(" ")
            size = 1
        pieces[-1] += letter
        size += weight
    return "\r\n".join(pieces)
