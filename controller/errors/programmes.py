"""Refusals: the calendar and its spreadsheets."""

from collections.abc import Sequence
from typing import Any

from controller.errors.base import LoaError


class ProgrammeUnknown(LoaError):
    """No such programme, or it has ended."""

    code = "programme_unknown"


class GroupUnknown(LoaError):
    code = "group_unknown"


class GroupInUse(LoaError):
    """A programme names the group as its target."""

    code = "group_in_use"


class NeverHeard(LoaError):
    """The rules of the air leave nobody who would hear it at one of its times."""

    code = "never_heard"


class ProgrammeClash(LoaError):
    """It collides with others: let it wait, leave the others out, or choose another time."""

    code = "programme_clash"
    collisions: Sequence[Any] = ()
    """All of them, with the speakers where they are: what of it a caller may see is not known here."""


class LongerThanPlans(LoaError):
    """Its sound and its lateness together are longer than half a day."""

    code = "longer_than_plans"


class ReportTooLong(LoaError):
    """More lines than a table should have."""

    code = "report_too_long"


class SpreadsheetRefused(LoaError):
    """A file that is not opened; `why`: broken, too_large, macros, hostile, old_or_locked, letters_unknown or
    no_table."""

    code = "spreadsheet_refused"


class ImportTooSlow(LoaError):
    """Keeping so many programmes at once would hold everybody else up; nothing was kept."""

    code = "import_too_slow"
