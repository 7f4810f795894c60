"""Why a line of an imported file, or the whole file, was not taken, in the caller's language."""

from collections.abc import Mapping
from typing import Any

from api.problems import Language, line_wording, problem_of, said_of_field, wording
from controller.exchange.columns import heading, headings
from controller.exchange.faults import Fault


def said_of(code: str, seen: Mapping[str, Any], language: Language) -> str:
    """The sentence of a reason: of a line, of a field, or of whoever keeps programmes."""
    if code in line_wording():
        words = line_wording()[code]
        return words.said(language, seen) or getattr(words, language)
    if code in wording():
        return said_of_field(code, seen, language)
    known = problem_of(code)
    return known.detail.said(language, seen) or known.title.said(language, {}) or code


def column_of(fault: Fault, language: Language) -> str | None:
    """The heading of the spreadsheet, or the property of the calendar."""
    if fault.column is None or fault.column not in headings():
        return fault.column
    return heading(fault.column, language)
