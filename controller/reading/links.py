"""E-mail and web addresses, as somebody would dictate them."""

import re

from controller.reading.data import load
from controller.reading.letters import spell
from controller.reading.numbers import digit_by_digit
from controller.reading.script import Rule, rule
from controller.reading.syllables import cut, is_pronounceable

NAMES = {
    "vn": "vi en",
    "com": "com",
    "gov": "gốp",
    "org": "o rờ gờ",
    "net": "nét",
    "edu": "ê đu",
    "info": "in phô",
    "gmail": "gi meo",
    "yahoo": "da hu",
    "email": "i meo",
    "mail": "meo",
    "https": "",
    "http": "",
    "www": "",
    "zalo": "da lô",
    "facebook": "phây búc",
    "fb": "phây búc",
    "youtube": "diu túp",
    "tiktok": "tích tốc",
    "vneid": "vi en i đi",
    "html": "hát tê em e lờ",
    "me": "mi",
    "io": "ai ô",
}
SIGNS = {".": "chấm", "-": "gạch ngang", "_": "gạch dưới", "/": "gạch chéo", "@": "a còng", ":": "hai chấm"}
TLD = "vn|com|net|org|gov|edu|info|io|me|asia|site|online|app|ly|gl|shop|xyz|dev|link"
HOST = rf"(?:[a-z0-9][a-z0-9-]{{0,62}}\.){{1,6}}(?:{TLD})(?![\w@-]|\.\w)"
LONGEST_PATH = 32
"""A longer path is not said: nobody could write it down by ear."""
PIECE = re.compile(r"[a-z]+|\d+|[.\-_/@:]", re.IGNORECASE)


def _spoken(address: str) -> str:
    return " ".join(filter(None, map(_piece, PIECE.findall(address))))


def _piece(piece: str) -> str:
    small = piece.lower()
    if piece in SIGNS:
        return SIGNS[piece]
    if piece.isdecimal():
        return digit_by_digit(piece)
    known = NAMES.get(small)
    return _letters(small) if known is None else known


def _letters(small: str) -> str:
    """A name as Vietnamese syllables if it is made of them, as a word, or by its letters."""
    syllables = cut(small) if len(small) > 1 and small.upper() not in load("abbreviations")["any_case"] else None
    if syllables:
        return " ".join(syllables)
    return small if len(small) > 3 and is_pronounceable(small) else spell(small)


def _email(match: re.Match[str]) -> str:
    return _spoken(match.group())


def _site(match: re.Match[str]) -> str:
    path = (match["path"] or "").rstrip("/")
    host = match["host"].lower().removeprefix("www.")
    return _spoken(host + (path if len(path) <= LONGEST_PATH else ""))


RULES: tuple[Rule, ...] = (
    rule("e-mail", rf"(?<![\w.+-])[a-z0-9][a-z0-9._+-]{{0,63}}@{HOST}", _email, flags=re.IGNORECASE | re.ASCII),
    rule(
        "web address",
        rf"(?<![\w@.-])(?:https?://)?(?P<host>{HOST})(?::\d{{1,5}})?(?P<path>/[^\s<>\"',;)]{{0,500}}(?<![.,;:!?]))?",
        _site,
        flags=re.IGNORECASE | re.ASCII,
    ),
)
