"""What a preview of the plan says, as far as a calendar needs it, and what a reader sees. Instants are us UTC."""

from collections.abc import Sequence
from typing import Any, Protocol

from scheduler.programmes.programme import Targets


class Seen(Protocol):
    """What somebody sees: as conditions on the tables, and of what programmes name."""

    def of(self, kind: str) -> Any: ...

    def targets(self, found: Sequence[Targets]) -> list[Targets]: ...


class Slot(Protocol):
    """One airing as it is planned."""

    @property
    def programme(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def nominal_at(self) -> int: ...
    @property
    def start_at(self) -> int: ...
    @property
    def ends_at(self) -> int: ...
    @property
    def devices(self) -> frozenset[str]: ...


class Silent(Protocol):
    """A time of a programme that stays silent, and why."""

    @property
    def programme(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def nominal_at(self) -> int: ...
    @property
    def reason(self) -> str: ...
    @property
    def by(self) -> str | None: ...
    @property
    def devices(self) -> frozenset[str]: ...


class Preview(Protocol):
    @property
    def slots(self) -> Sequence[Slot]: ...
    @property
    def silent(self) -> Sequence[Silent]: ...
