"""One writing for one word: composed letters, plain spaces and digits, nothing invisible. Never refuses.

What a word processor, a phone or a web page leaves in a bulletin ends here; what it means is not decided.
"""

import re
import unicodedata

LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
LETTERS = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
UNUSUAL = re.compile(f"[^\n\x20-\x7e{LETTERS}{LETTERS.upper()}]")
REPLACED = {
    **dict.fromkeys("º˚∘", "°"),
    **dict.fromkeys("‘’‛′´ʼ", "'"),
    **dict.fromkeys("“”„″", '"'),
    **dict.fromkeys("‐‑‒–—―﹣－", "-"),
    **dict.fromkeys("⁄∕", "/"),
    **dict.fromkeys("\uf0a7\uf0b7\uf0d8\uf0fc\uf076", "•"),
    **dict.fromkeys("ÐƉ", "Đ"),
    **{char: char for char in "−Ω"},
    "ð": "đ",
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "ł": "l",
    "ı": "i",
    "μ": "µ",
    "µ": "µ",
    "℃": "°C",
    "₫": "đ",
    "№": "số ",
    "²": " bình phương ",
    "³": " lập phương ",
    "×": " nhân ",
    "÷": " chia ",
    "…": "...",
}
TONES_AND_HATS = "\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323"
STRAY_MARKS = re.compile(f"[{TONES_AND_HATS}]")
DROPPED = {"Cc", "Cf", "Co", "Cn", "Cs", "Mc", "Me"}


def normalise(text: str) -> str:
    """The same words in composed Vietnamese letters, ASCII digits and punctuation, lines ended by "\\n".

    Control, invisible, private and unpaired surrogate characters go; a symbol without words stays for
    the rules. Any string is accepted and the result is its own normal form.
    """
    text = LINE_BREAKS.sub("\n", text).replace("\t", " ").replace("m²", "m2").replace("m³", "m3")
    text = unicodedata.normalize("NFC", text)
    text = unicodedata.normalize("NFC", UNUSUAL.sub(_plain, text))
    return STRAY_MARKS.sub("", UNUSUAL.sub(_plain, text))


def _plain(match: re.Match[str]) -> str:
    """One unusual character as it shall stand in the text."""
    char = match.group()
    category = unicodedata.category(char)
    if char in REPLACED:
        return REPLACED[char]
    if category in DROPPED:
        return ""
    if category == "Zs":
        return " "
    if category == "Mn":
        return char if char in TONES_AND_HATS else ""
    return _compatible(char, category)


def _compatible(char: str, category: str) -> str:
    """A styled, wide, circled or foreign-accented letter or digit as its plain self."""
    plain = unicodedata.normalize("NFKC", char)
    if category == "Nd":
        return str(unicodedata.digit(char))
    if category == "No":
        circled = str(unicodedata.digit(char, "")) or plain
        return char if circled == char else f" {circled.replace('⁄', '/')} "
    if category.startswith("L") or category == "Nl":
        return plain if plain != char else _base_letter(char)
    return plain if category == "So" and plain.isalnum() else char


def _base_letter(char: str) -> str:
    """A Latin letter with a mark that Vietnamese does not know loses that mark."""
    base = unicodedata.normalize("NFD", char)[0]
    return base if base.isascii() else char
