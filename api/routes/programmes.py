"""What a place says again and again: kept, changed, tried without saving, paused, excepted and ended."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import ValidationError
from sqlmodel import col

from api.deps import Key, Served, act_of, permit
from api.errors import language_of, refused_body
from api.paging import After, Limit, newest_first
from api.problems import READS, WRITES, Language, refusals
from api.programmes import ExceptionsWish, ProgrammeShown, ProgrammeWish, TrialShown, programmes_shown, trial_shown
from api.shapes import Id, Page
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.programmes.finding import programmes_of
from controller.programmes.keeping import (
    change_programme,
    create_programme,
    end_programme,
    except_times,
    find_programme,
    pause_programme,
)
from controller.programmes.trial import try_change, try_programme
from scheduler.programmes.models import ProgrammeRow

router = APIRouter(prefix="/programmes", tags=["programmes"])

NOT_KEPT = ("area_ended", "never_heard", "programme_clash", "longer_than_plans", "bad_rule", "zone_unknown")
NOT_THERE = ("area_unknown", "group_unknown", "device_unknown", "bulletin_unknown")
Editor = Annotated[Caller, Depends(permit(Action.PROGRAMME_EDIT))]
DryRun = Annotated[bool, Query(description="Answer with what would be heard, silent and colliding; save nothing.")]


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
        return trial_shown(tried, language_of(request))
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
        return Page(items=programmes_shown(session, rows, services.now(), language_of(request)), next=more)


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
        return trial_shown(tried, language_of(request))
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
    try:
        with services.database.write() as session:
            except_times(session, programme, wish.less, wish.more, act, wish.on_clash)
    except ValidationError as error:
        raise refused_body(error) from error
    services.ring_almanac()
    return _show(services, programme, language_of(request))


def _paused(services: Served, request: Request, who: Caller, programme: str, paused: bool) -> ProgrammeShown:
    with services.database.write() as session:
        pause_programme(session, programme, paused, act_of(services, request, who, None))
    services.ring_almanac()
    return _show(services, programme, language_of(request))


def _show(services: Served, programme: str, language: Language) -> ProgrammeShown:
    with services.database.read() as session:
        return programmes_shown(session, [find_programme(session, programme)], services.now(), language)[0]
