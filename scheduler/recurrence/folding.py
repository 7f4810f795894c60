"""Words as they are compared: without accents, case and double spaces."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")


def folded(text: str) -> str:
    """`Hằng  NGÀY` is `hang ngay`."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    kept = "".join(letter for letter in plain if letter.isspace() or letter.isprintable())
    return _SPACES.sub(" ", "".join(letter for letter in kept if not unicodedata.combining(letter))).strip()
