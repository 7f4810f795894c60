"""Signs between words: said where they have words, dropped where no voice could say them."""

import re

from controller.reading.script import MARK, VIETNAMESE, Rule, always, rule

WORDS = {
    "&": "và",
    "@": "a còng",
    "%": "phần trăm",
    "‰": "phần nghìn",
    "+": "cộng",
    "=": "bằng",
    "~": "khoảng",
    "°": "độ",
    "√": "căn",
    "±": "cộng trừ",
    "≥": "từ",
    "≤": "không quá",
    "$": "đô la Mỹ",
    "€": "ơ rô",
    "£": "bảng Anh",
    "¥": "yên",
    "§": "mục",
    "→": "đến",
    "≈": "khoảng",
    "≠": "khác",
    "µ": "mi crô",
    "Ω": "ôm",
    "α": "an pha",
    "β": "bê ta",
    "γ": "ga ma",
    "π": "pi",
}
SPOKEN = "".join(map(re.escape, WORDS))
NAME_LETTERS = dict(
    zip(
        "BCDĐHKLMNRSTVY",
        ["bơ", "cơ", "đơ", "đơ", "hơ", "cơ", "lơ", "mơ", "nơ", "rơ", "sơ", "tơ", "vơ", "i"],
        strict=True,
    )
)
KEPT = rf"\w\s.,;:!?()\[\]{{}}|\\/<>\"'_*#^`\-−{MARK.pattern[1:-1]}"


def _named(match: re.Match[str]) -> str:
    return WORDS[match["sign"]]


def _name(match: re.Match[str]) -> str:
    """ "M'Nông", "K'Ho": the first consonant is said with a short "ơ"."""
    return NAME_LETTERS[match.group()[0].upper()]


RULES: tuple[Rule, ...] = (
    rule("name", rf"(?<!\w)[{''.join(NAME_LETTERS)}]'(?=[{VIETNAMESE}]{{2}})", _name),
    rule("sign", r"(?<=\w)(?P<it>\s?(?P<sign>[&+=@%])\s?)(?=\w)", _named),
    rule("sign", rf"(?P<sign>[{SPOKEN}])", _named),
    rule("unspoken", rf"(?:[^{KEPT}]|(?![{VIETNAMESE}\d_])\w)+", always("")),
)
