"""Why a line of an imported file, or the whole file, was not taken, in the caller's language."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from api.problems import Language, line_wording, problem_of, said_of_field, wording
from api.sayings import clock
from api.sayings import said_of as saying
from api.timestamps import to_micros
from controller.errors.programmes import SpreadsheetRefused
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


def unopened(
    error: SpreadsheetRefused, table: Mapping[str, Mapping[str, Sequence[str]]], needed: Collection[str],
    language: Language,
) -> SpreadsheetRefused:  # fmt: skip
    """The refusal of a file with its reason in words; `needed`: the columns of its table that must be there."""
    seen = dict(error.data)
    if seen["why"] == "no_headings":
        seen["needed"] = ", ".join(
            f"{said['vi'][0]} / {said['en'][0]}" for name, said in table.items() if name in needed
        )
    return SpreadsheetRefused(**seen, said=said_of(str(seen["why"]), seen, language))


def said_of_fault(fault: Fault, language: Language) -> str:
    """The sentence of what is wrong with a line, with names and clock times."""
    match fault.code:
        case "programme_clash":
            return said_of(*_clash(fault.seen["collisions"][0]), language)
        case "never_heard":
            why = saying(fault.seen["reason"], language)
            return said_of("never_heard", {"at": clock(fault.seen["start_at"]), "why": why}, language)
    of_column = f"{fault.column}_{fault.code}"
    return said_of(of_column if of_column in line_wording() else fault.code, fault.seen, language)


def _clash(one: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """How it is said, and what was seen: with a line of the file, a programme or a single order."""
    seen = {"title": one["title"], "line": one["line"], "at": clock(to_micros(datetime.fromisoformat(one["at"])))}
    if one["line"] is not None:
        return "clash_with_line", seen
    return ("clash_with_order" if one["title"] == one["other"] else "clash_with_programme"), seen


def column_of(fault: Fault, language: Language) -> str | None:
    """The heading of the spreadsheet, or the property of the calendar."""
    if fault.column is None or fault.column not in headings():
        return fault.column
    return heading(fault.column, language)
