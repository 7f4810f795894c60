"""What was refused, in Vietnamese and in English, from the catalogues of the interface."""

from collections.abc import Mapping
from typing import Any

from api.import_words import said_of
from api.problems import Language, catalogue


def known(code: object) -> bool:
    return code in catalogue()


def in_both(code: str, seen: Mapping[str, Any]) -> list[str]:
    """The Vietnamese sentence, the English one behind its code, and what is wrong with single fields."""
    fields = [f"{one['field']}: {one['said']}" for one in seen.get("errors") or ()]
    return [sentence(code, seen, "vi"), f"{code}: {sentence(code, seen, 'en')}", *fields]


def sentence(code: str, seen: Mapping[str, Any], language: Language) -> str:
    """Title, detail, and for a spreadsheet that is not opened the reason."""
    words = catalogue()[code]
    parts = [words.title.said(language, seen), words.detail.said(language, seen)]
    if code == "spreadsheet_refused":
        parts.append(said_of(str(seen["why"]), seen, language))
    return " ".join(part for part in parts if part)
