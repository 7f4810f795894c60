"""Words that a spreadsheet would take for a formula stay words, and can be read back letter by letter."""

import re

MARK = "'"
"""What spreadsheets themselves put before a text that is to stay a text."""
_DANGER = re.compile(r"'*\s*[=+\-@\t\r＝＋－＠]|'*\s+[\t\r]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def is_dangerous(text: str) -> bool:
    """Whether a spreadsheet might compute it: it begins with = + - @, a tab or a return, also after spaces,
    also in full-width letters, also after the mark."""
    return _DANGER.match(text) is not None


def guarded(text: str) -> str:
    """The text, behind the mark where it is dangerous."""
    return MARK + text if is_dangerous(text) else text


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if text.startswith(MARK) and is_dangerous(text[1:]) else text


def printable(text: str) -> str:
    """The text with a sign in place of what no file may hold."""
    return _CONTROLS.sub("\ufffd", text)
