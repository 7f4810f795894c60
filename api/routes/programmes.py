"""What a place says again and again: kept, changed, tried without saving, paused, excepted and ended."""

from collections.abc import Sequence
from datetime import UTC
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime, ConfigDict, Field
from sqlmodel import Session, col

from api.deps import Key, Served, act_of, permit
from api.errors import language_of
from api.foreseen import SilenceShown, SlotShown, silences_shown, slots_shown
from api.paging import After, Limit, newest_first
from api.problems import READS, WRITES, Language, refusals
from api.shapes import Id, Instant, Name, Page, Shown
from api.timestamps import to_micros, to_utc, to_utc_or_none
from api.when import said_of_moment, said_of_recurrence
from controller.people.permissions import Action
from controller.programmes.finding import programmes_of
from controller.programmes.keeping import (
    OnClash,
    change_programme,
    create_programme,
    end_programme,
    except_times,
    find_programme,
    pause_programme,
)
from controller.programmes.trial import Trial, try_change, try_programme
from scheduler.calendars.special_days import read_calendar, years_of
from scheduler.programmes.models import ProgrammeRow
from scheduler.programmes.programme import Programme, Value
from scheduler.recurrence.coming import REACHES, coming
from scheduler.recurrence.recurrence import Calendar
from scheduler.recurrence.rules import Day

router = APIRouter(prefix="/programmes", tags=["programmes"])

NEXT_SHOWN = 3
SLOTS_SHOWN = 20
NOT_KEPT = ("never_heard", "programme_clash", "longer_than_plans", "bad_rule", "zone_unknown")
NOT_THERE = ("area_unknown", "group_unknown", "device_unknown", "bulletin_unknown")
Editor = Annotated[str, Depends(permit(Action.PROGRAMME_EDIT))]
DryRun = Annotated[bool, Query(description="Answer with what would be heard, silent and colliding; save nothing.")]
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
    id: Id
    revision: Annotated[int, Field(description="Counts its changes.")]
    created_at: Instant
    created_by: str
    changed_at: Instant
    ended_at: Instant | None
    when: Annotated[str, Field(description="Its recurrence in words.")]
    next: Annotated[list[ComingShown], Field(description="Its next three times.")]


class CollisionShown(Shown):
    other: Annotated[Id, Field(description="The programme or broadcast that it collides with.")]
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


@router.post(
    "", status_code=201,
    responses=refusals(*WRITES, *NOT_KEPT, within=NOT_THERE)
    | {200: {"model": TrialShown, "description": "A dry run: nothing was saved."}},
)  # fmt: skip
def create(
    wish: ProgrammeWish, request: Request, response: Response, services: Served, who: Editor, key: Key = None,
    dry_run: DryRun = False,
) -> ProgrammeShown | TrialShown:  # fmt: skip
    """Say something again and again. 409 names every collision of the next two months, and `shift_s`: how much
    later it would be free."""
    if dry_run:
        response.status_code = 200
        with services.database.read() as session:
            tried = try_programme(session, services.new_id(), wish.programme, services.now(), wish.on_clash)
        return _tried(tried, language_of(request))
    act = act_of(services, request, who, key, wish.model_dump_json())
    with services.database.write() as session:
        made = create_programme(session, wish.programme, act, services.new_id, wish.on_clash)
    services.ring_almanac()
    response.headers["Location"] = f"{request.url.path}/{made}"
    return _show(services, made, language_of(request))


@router.get(
    "", dependencies=[Depends(permit(Action.SEE))],
    responses=refusals(*READS, "page_unknown", "bad_rule", within=["area_unknown"]),
)  # fmt: skip
def index(
    request: Request, services: Served, after: After = None, limit: Limit = 50,
    area: Annotated[Id | None, Query(description="Only its own, and what sounds at some speaker in it.")] = None,
) -> Page[ProgrammeShown]:  # fmt: skip
    """Those that have not ended, the newest first."""
    with services.database.read() as session:
        asked: list[Any] = [col(ProgrammeRow.ended_at).is_(None)]
        if area is not None:
            asked.append(col(ProgrammeRow.id).in_(programmes_of(session, area)))
        rows, more = newest_first(session, ProgrammeRow, ProgrammeRow.created_at, after, limit, *asked)
        return Page(items=_shown(session, rows, services.now(), language_of(request)), next=more)


@router.get(
    "/{programme}", dependencies=[Depends(permit(Action.SEE))],
    responses=refusals(*READS, "programme_unknown", "bad_rule"),
)  # fmt: skip
def one(programme: Id, request: Request, services: Served) -> ProgrammeShown:
    """One programme."""
    return _show(services, programme, language_of(request))


@router.put("/{programme}", responses=refusals(*WRITES, "programme_unknown", *NOT_KEPT, within=NOT_THERE))
def change(
    programme: Id, wish: ProgrammeWish, request: Request, services: Served, who: Editor, dry_run: DryRun = False
) -> ProgrammeShown | TrialShown:
    """From now on it is so. What sounds already goes on as it was."""
    if dry_run:
        with services.database.read() as session:
            tried = try_change(session, programme, wish.programme, services.now(), wish.on_clash)
        return _tried(tried, language_of(request))
    act = act_of(services, request, who, None)
    with services.database.write() as session:
        change_programme(session, programme, wish.programme, act, wish.on_clash)
    services.ring_almanac()
    return _show(services, programme, language_of(request))


@router.delete("/{programme}", status_code=204, responses=refusals(*WRITES, "programme_unknown"))
def delete(programme: Id, request: Request, services: Served, who: Editor) -> None:
    """It ends; what sounds already goes on. Twice changes nothing."""
    with services.database.write() as session:
        end_programme(session, programme, act_of(services, request, who, None))
    services.ring_almanac()


@router.post("/{programme}/pause", responses=refusals(*WRITES, "programme_unknown", *NOT_KEPT))
def pause(programme: Id, request: Request, services: Served, who: Editor, key: Key = None) -> ProgrammeShown:
    """It is silent until it goes on. Twice changes nothing."""
    return _paused(services, request, who, programme, True)


@router.post("/{programme}/resume", responses=refusals(*WRITES, "programme_unknown", *NOT_KEPT))
def resume(programme: Id, request: Request, services: Served, who: Editor, key: Key = None) -> ProgrammeShown:
    """It goes on; where it collides by now, the planner's order stands. Twice changes nothing."""
    return _paused(services, request, who, programme, False)


@router.post("/{programme}/exceptions", responses=refusals(*WRITES, "programme_unknown", *NOT_KEPT))
def except_(
    programme: Id, wish: ExceptionsWish, request: Request, services: Served, who: Editor, key: Key = None
) -> ProgrammeShown:
    """Leave out days or single times, and add times. Twice changes nothing."""
    act = act_of(services, request, who, key, wish.model_dump_json())
    with services.database.write() as session:
        except_times(session, programme, wish.less, wish.more, act, wish.on_clash)
    services.ring_almanac()
    return _show(services, programme, language_of(request))


def _paused(services: Served, request: Request, who: str, programme: str, paused: bool) -> ProgrammeShown:
    with services.database.write() as session:
        pause_programme(session, programme, paused, act_of(services, request, who, None))
    services.ring_almanac()
    return _show(services, programme, language_of(request))


def _show(services: Served, programme: str, language: Language) -> ProgrammeShown:
    with services.database.read() as session:
        return _shown(session, [find_programme(session, programme)], services.now(), language)[0]


def _shown(session: Session, rows: Sequence[ProgrammeRow], now: int, language: Language) -> list[ProgrammeShown]:
    calendar = read_calendar(session, years_of(now, to_micros(to_utc(now) + REACHES[-1])))
    return [_one(row, calendar, now, language) for row in rows]


def _one(row: ProgrammeRow, calendar: Calendar, now: int, language: Language) -> ProgrammeShown:
    wish = Programme.model_validate(row.said)
    silent = wish.paused or row.ended_at is not None
    times = [] if silent else coming(wish.recurrence, calendar, to_utc(now), NEXT_SHOWN)
    return ProgrammeShown(
        **wish.model_dump(), id=row.id, revision=row.revision, created_at=to_utc(row.created_at),
        created_by=row.created_by, changed_at=to_utc(row.changed_at), ended_at=to_utc_or_none(row.ended_at),
        when=said_of_recurrence(wish.recurrence, language),
        next=[ComingShown(at=one.at.astimezone(UTC), said=said_of_moment(one.at, language)) for one in times],
    )  # fmt: skip


def _tried(trial: Trial, language: Language) -> TrialShown:
    return TrialShown(
        slots=slots_shown(trial.slots[:SLOTS_SHOWN]),
        silent=silences_shown(trial.silent, language),
        collisions=[
            CollisionShown(
                other=one.other, title=one.title, at=to_utc(one.at), effect=one.effect,
                start_at=to_utc_or_none(one.start_at), speakers=one.speakers,
            )
            for one in trial.collisions
        ],
    )  # fmt: skip
