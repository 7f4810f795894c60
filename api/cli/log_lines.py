"""One event is one line in the log, whatever the words in it are: nobody forges a line, or colours a terminal."""

import logging
import re
import traceback
from collections.abc import Mapping
from typing import Any, TextIO

import structlog

_MISLEADING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
"""Controls, ends of lines, turns of direction, letters that nobody sees, halves of letters."""
MARGIN = "    | "


def plain(text: str) -> str:
    """The text with such letters written out, as `\\u202e`."""
    return _MISLEADING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def defused(_logger: Any, _name: str, event: Any) -> Any:
    """An event all of whose words are plain; of a traceback the ends of lines stay."""
    return {plain(str(name)): _field(name, value) for name, value in event.items()}


class Foreign(logging.Handler):
    """What a library says becomes an event of ours, and so a line of the same form."""

    def emit(self, record: logging.LogRecord) -> None:
        more = {"exc_info": record.exc_info} if record.exc_info else {}
        structlog.get_logger().log(record.levelno, record.getMessage().strip(), logger=record.name, **more)


def indented_traceback(out: TextIO, exc_info: Any) -> None:
    """No line of it begins as a line of the log does. Local variables are not shown: they hold keys and texts."""
    lines = "".join(traceback.format_exception(*exc_info)).rstrip().split("\n")
    out.write("\n" + "\n".join(MARGIN + plain(line) for line in lines))


def _field(name: str, value: Any) -> Any:
    if name == "exc_info":  # written out by `indented_traceback`
        return value
    if name == "exception":
        return "\n".join(map(plain, str(value).split("\n")))
    return _value(value)


def _value(value: Any) -> Any:
    match value:
        case str():
            return plain(value)
        case Mapping():
            return {plain(str(name)): _value(inner) for name, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_value(inner) for inner in value]
        case int() | float() | None:
            return value
        case _:
            return plain(repr(value))
