"""Words that a spreadsheet would take for a formula stay words, and can be read back letter by letter."""

import re
from collections.abc import Iterator

MARK = "'"
"""What spreadsheets themselves put before a text that is to stay a text."""
_FORMULA = "=+-@＝＋－＠"
_DANGER = re.compile(rf"[\s'\"]*?[{re.escape(_FORMULA)}\t\r]")
_BETWEEN = ",;\t\r\n"
"""What begins another cell for a program that takes another separator, or none of our quotes."""
_SEPARATED = re.compile(f"[{_BETWEEN}]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet might compute it: it begins with = + - @, a tab or a return, also after spaces, quotes
    or the mark, also in full-width letters."""
    return _DANGER.match(text) is not None


def guarded(text: str) -> str:
    """The text for a CSV file: behind the mark where it is dangerous, and so each part of it that may become a cell."""
    letters = list(text)
    for at in _beginnings(text):
        letters[at] = MARK + letters[at]
    return "".join(letters)


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    letters = list(text)
    for at in _beginnings(text):
        letters[at] = letters[at].removeprefix(MARK)
    return "".join(letters)


def _beginnings(text: str) -> Iterator[int]:
    """From the last to the first: where what follows is dangerous. Marks change none of them."""
    dangerous = False
    for at in range(len(text) - 1, 0, -1) if _SEPARATED.search(text) else ():
        letter = text[at]
        dangerous = letter in _FORMULA or (dangerous and (letter in MARK + '"' or letter.isspace()))
        if dangerous and text[at - 1] in _BETWEEN:
            yield at
    if is_dangerous(text):
        yield 0


def printable(text: str) -> str:
    """The text with a sign in place of what no file may hold."""
    return _CONTROLS.sub("\ufffd", text)
