"""What a place says again and again: kept, changed, tried without saving, paused, excepted and ended."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import ValidationError
from sqlmodel import Session, col

from api.approvals import WAITS, ApprovalShown, ports_of, waiting
from api.deps import Key, Served, Viewer, act_of, permit
from api.errors import language_of, refused_body
from api.paging import After, Limit, newest_first
from api.problems import READS, WRITES, Language, refusals
from api.programmes import ExceptionsWish, ProgrammeShown, ProgrammeWish, TrialShown, programmes_shown, trial_shown
from api.shapes import Id, Page
from controller.approvals.asking import Ordered, order
from controller.approvals.catalogue import PROGRAMME, PROGRAMME_CHANGE
from controller.approvals.planning import ProgrammeChanged, ProgrammeMade
from controller.people.answered import already_made
from controller.people.audit import Act
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.programmes.finding import programmes_of
from controller.programmes.keeping import (
    end_programme,
    except_times,
    excepted,
    find_programme,
    pause_programme,
    said_by,
)
from controller.programmes.trial import try_change, try_programme
from controller.reach.admission import admit_named
from controller.reach.sight import Sight
from controller.reach.veil import veiled_trial
from controller.runtime.services import Services
from scheduler.programmes.models import ProgrammeRow

router = APIRouter(prefix="/programmes", tags=["programmes"])

NOT_KEPT = ("area_ended", "never_heard", "programme_clash", "longer_than_plans", "bad_rule", "zone_unknown")
NOT_THERE = ("area_unknown", "group_unknown", "device_unknown", "bulletin_unknown")
Editor = Annotated[Caller, Depends(permit(Action.PROGRAMME_EDIT))]
DryRun = Annotated[bool, Query(description="Answer with what would be heard, silent and colliding; save nothing.")]


@router.post(
    "", status_code=201,
    responses=refusals(*WRITES, *NOT_KEPT, within=NOT_THERE) | WAITS
    | {200: {"model": TrialShown, "description": "A dry run: nothing was saved."}},
)  # fmt: skip
def create(
    wish: ProgrammeWish, request: Request, response: Response, services: Served, who: Editor, key: Key = None,
    dry_run: DryRun = False,
) -> ProgrammeShown | TrialShown | ApprovalShown:  # fmt: skip
    """Say something again and again. 409 names every collision of the next two months, and `shift_s`: how much
    later it would be free."""
    if dry_run:
        response.status_code = 200
        with services.database.read() as session:
            admit_named(session, who, Action.PROGRAMME_EDIT, wish)
            tried = try_programme(session, services.new_id(), wish.programme, services.now(), wish.on_clash)
            return trial_shown(veiled_trial(Sight(session, who), tried), language_of(request))
    act = act_of(services, request, who, key, wish.model_dump_json())
    with services.database.write() as session:
        admit_named(session, who, Action.PROGRAMME_EDIT, wish)
        asked = ProgrammeMade(wish.programme, wish.on_clash)
        made = order(session, PROGRAMME, asked, who, act, ports_of(services))
    if not made.waits:
        response.headers["Location"] = f"{request.url.path}/{made.id}"
    return _answer(request, response, services, who, made)


@router.get(
    "", responses=refusals(*READS, "page_unknown", "bad_rule", within=["area_unknown"])
)  # fmt: skip
def index(
    request: Request, services: Served, who: Viewer, after: After = None, limit: Limit = 50,
    area: Annotated[Id | None, Query(description="Only its own, and what sounds at some speaker in it.")] = None,
) -> Page[ProgrammeShown]:  # fmt: skip
    """Those that have not ended, the newest first."""
    with services.database.read() as session:
        asked: list[Any] = [col(ProgrammeRow.ended_at).is_(None), Sight(session, who).of("programme")]
        if area is not None:
            asked.append(col(ProgrammeRow.id).in_(programmes_of(session, area)))
        rows, more = newest_first(session, ProgrammeRow, ProgrammeRow.created_at, after, limit, *asked)
        return Page(items=programmes_shown(session, who, rows, services.now(), language_of(request)), next=more)


@router.get(
    "/{programme}", responses=refusals(*READS, "programme_unknown", "bad_rule")
)  # fmt: skip
def one(programme: Id, request: Request, services: Served, who: Viewer) -> ProgrammeShown:
    """One programme."""
    return _show(services, who, programme, language_of(request))


@router.put("/{programme}", responses=refusals(*WRITES, "programme_unknown", *NOT_KEPT, within=NOT_THERE) | WAITS)
def change(
    programme: Id, wish: ProgrammeWish, request: Request, response: Response, services: Served, who: Editor,
    dry_run: DryRun = False,
) -> ProgrammeShown | TrialShown | ApprovalShown:  # fmt: skip
    """From now on it is so. What sounds already goes on as it was."""
    if dry_run:
        with services.database.read() as session:
            admit_named(session, who, Action.PROGRAMME_EDIT, wish)
            tried = try_change(session, programme, wish.programme, services.now(), wish.on_clash)
            return trial_shown(veiled_trial(Sight(session, who), tried), language_of(request))
    act = act_of(services, request, who, None)
    asked = ProgrammeChanged(programme, wish.programme, wish.on_clash)
    with services.database.write() as session:
        admit_named(session, who, Action.PROGRAMME_EDIT, wish)
        made = order(session, PROGRAMME_CHANGE, asked, who, act, ports_of(services))
    return _answer(request, response, services, who, made)


@router.delete("/{programme}", status_code=204, responses=refusals(*WRITES, "programme_unknown"))
def delete(programme: Id, request: Request, services: Served, who: Editor) -> None:
    """It ends; what sounds already goes on. Twice changes nothing."""
    with services.database.write() as session:
        end_programme(session, programme, act_of(services, request, who, None))
    services.ring_almanac()


@router.post("/{programme}/pause", responses=refusals(*WRITES, "programme_unknown", *NOT_KEPT))
def pause(programme: Id, request: Request, services: Served, who: Editor, key: Key = None) -> ProgrammeShown:
    """It is silent until it goes on. Twice changes nothing."""
    with services.database.write() as session:
        pause_programme(session, programme, True, act_of(services, request, who, None))
    services.ring_almanac()
    return _show(services, who, programme, language_of(request))


@router.post("/{programme}/resume", responses=refusals(*WRITES, "programme_unknown", *NOT_KEPT) | WAITS)
def resume(
    programme: Id, request: Request, response: Response, services: Served, who: Editor, key: Key = None
) -> ProgrammeShown | ApprovalShown:
    """It goes on; where it collides by now, the planner's order stands. Twice changes nothing."""
    act = act_of(services, request, who, key)
    with services.database.write() as session:
        made = _resumed(session, services, programme, who, act)
    return _answer(request, response, services, who, made)


@router.post("/{programme}/exceptions", responses=refusals(*WRITES, "programme_unknown", *NOT_KEPT) | WAITS)
def except_(
    programme: Id, wish: ExceptionsWish, request: Request, response: Response, services: Served, who: Editor,
    key: Key = None,
) -> ProgrammeShown | ApprovalShown:  # fmt: skip
    """Leave out days or single times, and add times. Twice changes nothing."""
    act = act_of(services, request, who, key, wish.model_dump_json())
    try:
        with services.database.write() as session:
            made = _excepted(session, services, programme, wish, who, act)
    except ValidationError as error:
        raise refused_body(error) from error
    return _answer(request, response, services, who, made)


def _resumed(session: Session, services: Services, programme: str, who: Caller, act: Act) -> Ordered:
    said = said_by(session, programme)
    if not said.paused:
        return Ordered(programme, False)
    asked = ProgrammeChanged(programme, said.model_copy(update={"paused": False}), "append")
    return order(session, PROGRAMME_CHANGE, asked, who, act, ports_of(services))


def _excepted(
    session: Session, services: Services, programme: str, wish: ExceptionsWish, who: Caller, act: Act
) -> Ordered:
    """What is only left out needs no second person."""
    said = said_by(session, programme)
    changed = excepted(said, wish.less, wish.more)
    if not wish.more or (changed == said and already_made(session, act) is None):
        except_times(session, programme, wish.less, wish.more, act, wish.on_clash)
        return Ordered(programme, False)
    asked = ProgrammeChanged(programme, changed, wish.on_clash)
    return order(session, PROGRAMME_CHANGE, asked, who, act, ports_of(services))


def _answer(
    request: Request, response: Response, services: Services, who: Caller, made: Ordered
) -> ProgrammeShown | ApprovalShown:
    if made.waits:
        return waiting(request, response, services, who, made.id)
    services.ring_almanac()
    return _show(services, who, made.id, language_of(request))


def _show(services: Served, who: Caller, programme: str, language: Language) -> ProgrammeShown:
    with services.database.read() as session:
        return programmes_shown(session, who, [find_programme(session, programme)], services.now(), language)[0]
