"""A preview as the planner gives it."""

from dataclasses import dataclass

from sqlmodel import Session


@dataclass(frozen=True)
class Slot:
    programme: str
    title: str
    nominal_at: int
    start_at: int
    ends_at: int
    devices: frozenset[str]


@dataclass(frozen=True)
class Silent:
    programme: str
    title: str
    nominal_at: int
    reason: str
    by: str
    devices: frozenset[str]


@dataclass(frozen=True)
class Plan:
    slots: tuple[Slot, ...] = ()
    silent: tuple[Silent, ...] = ()

    def __call__(self, session: Session, begin: int, end: int, now: int) -> "Plan":
        return Plan(
            tuple(one for one in self.slots if begin <= one.start_at <= end),
            tuple(one for one in self.silent if begin <= one.nominal_at <= end),
        )
