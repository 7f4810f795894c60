"""Where programmes collide, and who goes first."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from api.deps import Key, Served, Viewer, act_of, permit
from api.errors import language_of
from api.problems import READS, WRITES, refusals
from api.sayings import said_of
from api.shapes import Asked, Id, Instant, Shown
from api.spans import From, To, span_of
from api.timestamps import to_utc, to_utc_or_none
from controller.people.answered import already_made, remember
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.programmes.conflicts import conflicts
from controller.programmes.keeping import decide
from controller.reach.admission import admit_to_either
from controller.reach.sight import Sight
from controller.reach.veil import veiled_conflicts
from scheduler.planner.precedence import Decision

router = APIRouter(prefix="/conflicts", tags=["programmes"])


class ConflictShown(Shown):
    first: Annotated[
        Id | None, Field(description="The programme or broadcast that keeps its time; null: of others, not to be seen.")
    ]
    first_title: str
    second: Id | None
    second_title: str
    nominal_at: Annotated[Instant, Field(description="When the second one says that it begins.")]
    effect: Literal["waits", "left_out"]
    start_at: Annotated[Instant | None, Field(description="When it begins then.")]
    speakers: int
    asks: Annotated[
        bool, Field(description="Two priority programmes of different owners: the commune has to say the order.")
    ]
    said: str


class ConflictsShown(Shown):
    items: list[ConflictShown]
    asks: Annotated[list[tuple[Id, Id]], Field(description="Pairs of programmes that wait for a decision.")]


class DecisionWish(Asked):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "first": "7d0d2c1e-6c2b-4a3a-9a55-0f8a3b0f4c21",
                    "second": "7d0d2c1e-6c2b-4a3a-9a55-0f8a3b0f4c22",
                    "then": "append",
                }
            ]
        }
    )

    first: Annotated[Id, Field(description="The programme that keeps its time.")]
    second: Id
    then: Annotated[
        Literal["append", "leave_out"], Field(description="The other one sounds after it, or not at all then.")
    ] = "append"

    @model_validator(mode="after")
    def _two(self) -> "DecisionWish":
        if self.first == self.second:
            raise PydanticCustomError("one_programme", "name two programmes")
        return self


class DecisionShown(Shown):
    first: Id
    second: Id
    then: str


@router.get("", responses=refusals(*READS, "span_invalid"))
def index(request: Request, services: Served, who: Viewer, begin: From = None, end: To = None) -> ConflictsShown:
    """Every time at which one programme waits for another, or is left out. What is not decided is settled by rank,
    then the commune's own before what comes from above, then the older before the newer.
    """
    now, language = services.now(), language_of(request)
    first, last = span_of(now, begin, end)
    with services.database.read() as session:
        found = veiled_conflicts(Sight(session, who), conflicts(session, first, last, now))
    hidden = said_of("something_else", language)
    items = [
        ConflictShown(
            first=one.first or None, first_title=one.first_title or hidden, second=one.second or None,
            second_title=one.second_title or hidden,
            nominal_at=to_utc(one.nominal_at), effect=one.effect, start_at=to_utc_or_none(one.start_at),
            speakers=len(one.devices), asks=one.asks,
            said=said_of("conflict_asks" if one.asks else f"conflict_{one.effect}", language, {
                "first": one.first_title or hidden, "second": one.second_title or hidden, "nominal_at": one.nominal_at,
                "start_at": one.start_at or one.nominal_at,
            }),
        )
        for one in found
    ]  # fmt: skip
    return ConflictsShown(items=items, asks=sorted({(one.first, one.second) for one in found if one.asks}))


@router.post("/decisions", status_code=201, responses=refusals(*WRITES, within=["programme_unknown"]))
def create(
    wish: DecisionWish, request: Request, services: Served,
    who: Annotated[Caller, Depends(permit(Action.PROGRAMME_EDIT))], key: Key = None,
) -> DecisionShown:  # fmt: skip
    """Say which of two programmes keeps its time, where one of them is the caller's to change. Replaces what was
    decided of the two before."""
    act = act_of(services, request, who, key, wish.model_dump_json())
    with services.database.write() as session:
        admit_to_either(session, who, Action.PROGRAMME_EDIT, "programme", wish.first, wish.second)
        if already_made(session, act) is None:
            decide(session, Decision(wish.first, wish.second, wish.then), act)
            remember(session, act, wish.first)
    services.ring_almanac()
    return DecisionShown(first=wish.first, second=wish.second, then=wish.then)
