"""What is wrong with one line of a file that somebody imports: where, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from controller.errors.base import LoaError


class CellRefused(LoaError):
    """A cell, or a property of an event, that cannot be taken; `why` says the reason, `said` what stood there."""

    code = "cell_refused"

    def __init__(self, why: str, said: object = "") -> None:
        super().__init__(why=why, said=str(said)[:120])
        self.why = why


@dataclass(frozen=True)
class Fault:
    """`code` is a reason of this room or of whoever would not keep the programme; `column` None: the whole line."""

    column: str | None
    code: str
    seen: Mapping[str, Any] = field(default_factory=dict)
