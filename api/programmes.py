"""Programmes, exceptions and trials as they go over the interface."""

from collections.abc import Sequence
from datetime import UTC
from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field, SkipValidation
from sqlmodel import Session

from api.foreseen import SilenceShown, SlotShown, silences_shown, slots_shown
from api.problems import Language
from api.sayings import said_of
from api.shapes import Id, Instant, Name, Shown
from api.timestamps import to_micros, to_utc, to_utc_or_none
from api.when import said_of_moment, said_of_recurrence
from controller.people.callers import Caller
from controller.programmes.keeping import OnClash
from controller.programmes.trial import Trial
from controller.reach.sight import Sight
from scheduler.calendars.special_days import read_calendar, years_of
from scheduler.programmes.models import ProgrammeRow
from scheduler.programmes.programme import Programme, Targets, Value
from scheduler.recurrence.coming import REACHES, coming
from scheduler.recurrence.recurrence import Calendar
from scheduler.recurrence.rules import Day

NEXT_SHOWN = 3
SLOTS_SHOWN = 20
Clashing = Annotated[
    OnClash,
    Field(description="Where it collides: refuse; wait for the other (append); leave the others out (overwrite)."),
]


class ProgrammeWish(Programme):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Bản tin sáng",
                    "owner": "0f6a2c9e-1f35-4f0b-9a51-93d0c5a7f3d2",
                    "content": {"kind": "newest", "category": "bản tin sáng"},
                    "targets": {"areas": ["0f6a2c9e-1f35-4f0b-9a51-93d0c5a7f3d2"]},
                    "recurrence": {
                        "days": {"kind": "weekly", "days": ["monday", "wednesday", "friday"]},
                        "times": ["05:00"],
                        "first": "2026-11-23",
                    },
                    "on_clash": "append",
                }
            ]
        }
    )

    title: Name
    on_clash: Clashing = "refuse"

    @property
    def programme(self) -> Programme:
        return Programme.model_validate(self.model_dump(exclude={"on_clash"}))


class ExceptionsWish(Value):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"less": ["2027-02-05"], "more": ["2027-02-04T17:00:00+07:00"]}]}
    )

    less: Annotated[
        tuple[Day | AwareDatetime, ...], Field(max_length=366, description="Whole days, or single instants.")
    ] = ()
    more: Annotated[tuple[AwareDatetime, ...], Field(max_length=366)] = ()
    on_clash: Clashing = "append"


class ComingShown(Shown):
    at: Instant
    said: Annotated[str, Field(description="Weekday, day and time as clocks of the programme's zone show them.")]


class ProgrammeShown(Shown, Programme):
    targets: Annotated[SkipValidation[Targets], Field(description="Where it sounds, as far as the caller sees it.")]
    id: Id
    revision: Annotated[int, Field(description="Counts its changes.")]
    created_at: Instant
    created_by: str
    changed_at: Instant
    ended_at: Instant | None
    when: Annotated[str, Field(description="Its recurrence in words.")]
    next: Annotated[list[ComingShown], Field(description="Its next three times.")]


class CollisionShown(Shown):
    other: Annotated[
        Id | None, Field(description="The programme or broadcast that it collides with; null: not to be seen.")
    ]
    title: str
    at: Instant
    effect: Annotated[
        Literal["waits", "left_out", "other_waits", "other_left_out"], Field(description="What becomes of which one.")
    ]
    start_at: Instant | None
    speakers: int


class TrialShown(Shown):
    """What would be, in the two months from its first time on."""

    slots: Annotated[list[SlotShown], Field(description="The first twenty times.")]
    silent: list[SilenceShown]
    collisions: list[CollisionShown]


def programmes_shown(
    session: Session, who: Caller, rows: Sequence[ProgrammeRow], now: int, language: Language
) -> list[ProgrammeShown]:
    calendar = read_calendar(session, years_of(now, to_micros(to_utc(now) + REACHES[-1])))
    wishes = [Programme.model_validate(row.said) for row in rows]
    seen = Sight(session, who).targets([wish.targets for wish in wishes])
    return [
        _one(row, wish, targets, calendar, now, language) for row, wish, targets in zip(rows, wishes, seen, strict=True)
    ]


def _one(
    row: ProgrammeRow, wish: Programme, targets: Targets, calendar: Calendar, now: int, language: Language
) -> ProgrammeShown:
    silent = wish.paused or row.ended_at is not None
    times = [] if silent else coming(wish.recurrence, calendar, to_utc(now), NEXT_SHOWN)
    return ProgrammeShown(
        **wish.model_dump(exclude={"targets"}), targets=targets, id=row.id,
        revision=row.revision, created_at=to_utc(row.created_at),
        created_by=row.created_by, changed_at=to_utc(row.changed_at), ended_at=to_utc_or_none(row.ended_at),
        when=said_of_recurrence(wish.recurrence, language),
        next=[ComingShown(at=one.at.astimezone(UTC), said=said_of_moment(one.at, language)) for one in times],
    )  # fmt: skip


def trial_shown(trial: Trial, language: Language) -> TrialShown:
    return TrialShown(
        slots=slots_shown(trial.slots[:SLOTS_SHOWN]),
        silent=silences_shown(trial.silent, language),
        collisions=[
            CollisionShown(
                other=one.other or None, title=one.title or said_of("something_else", language),
                at=to_utc(one.at), effect=one.effect,
                start_at=to_utc_or_none(one.start_at), speakers=one.speakers,
            )
            for one in trial.collisions
        ],
    )  # fmt: skip
