"""Horns that echo: how neighbours sound together, and the plan that brings their sounds together."""

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from api.deps import Key, Served, act_of, permit
from api.problems import READS, WRITES, refusals
from api.shapes import Id, Shown
from controller.echo import Survey, apply_echo_plan, survey
from controller.people.answered import already_made, remember
from controller.people.callers import Caller
from controller.people.permissions import Action
from devices.echo.figures import Figure
from devices.echo.plan import WARM, EchoPlan

router = APIRouter(prefix="/areas", tags=["areas"])

NOT_PLANNED = ("area_unknown", "no_coordinates", "too_many_horns")
Celsius = Annotated[float, Query(ge=-20, le=60, description="The air's temperature: sound is faster where it is warm.")]


class FigureShown(Shown):
    places: Annotated[int, Field(description="Where people listen: homes around every pole, and the ways between.")]
    echoing: Annotated[int, Field(description="At so many, two horns within 10 dB are more than 50 ms apart.")]
    share: Annotated[float, Field(description="`echoing` of `places`, 0 to 1.")]
    disturbance: Annotated[float, Field(description="0 to 1: how much what is heard at a place disturbs itself.")]


class HornShown(Shown):
    device: Id
    trim_ms: Annotated[int, Field(description="The planned delay of every start; negative: earlier.")]
    present_ms: Annotated[int, Field(description="The delay that it has.")]
    turn: Annotated[Literal["A", "B"] | None, Field(description="null: no neighbour is within earshot.")]


class NeighboursShown(Shown):
    between: Annotated[list[Id], Field(description="The speakers on one pole.")]
    others: Annotated[list[Id], Field(description="Those on the next one.")]
    metres: float
    travel_ms: int
    together: Annotated[bool, Field(description="They speak in the same turn: odd rings cannot be parted.")]


class EchoShown(Shown):
    area: Id
    celsius: float
    present: Annotated[FigureShown, Field(description="With the trims that the speakers have.")]
    untrimmed: FigureShown
    planned: Annotated[FigureShown, Field(description="With the planned trims, all speaking at once.")]
    in_turns: Annotated[FigureShown, Field(description="With the planned trims, group B after group A.")]
    gap_ms: Annotated[int, Field(description="From the end of group A to the start of group B.")]
    horns: list[HornShown]
    neighbours: list[NeighboursShown]
    unplaced: Annotated[list[Id], Field(description="Speakers without coordinates: not in the plan, left as they are.")]


@router.get("/{area}/echo", dependencies=[Depends(permit(Action.SEE))], responses=refusals(*READS, *NOT_PLANNED))
def preview(area: Id, services: Served, celsius: Celsius = WARM) -> EchoShown:
    """What an echo plan would change; nothing is written."""
    with services.database.read() as session:
        found = survey(session, area)
    return _shown(found, found.plan(celsius), celsius)


@router.post("/{area}/echo", responses=refusals(*WRITES, *NOT_PLANNED))
def apply(
    area: Id, request: Request, services: Served, who: Annotated[Caller, Depends(permit(Action.ECHO_APPLY))],
    celsius: Celsius = WARM, key: Key = None,
) -> EchoShown:  # fmt: skip
    """Write the plan's trims and groups into the speakers; each new trim leaves at once."""
    act = act_of(services, request, who, key, celsius)
    with services.database.read() as session:
        found = survey(session, area)
    plan = found.plan(celsius)
    with services.database.write() as session:
        if already_made(session, act) is None:
            apply_echo_plan(session, area, plan, act)
            remember(session, act, area)
    services.ring()
    return _shown(found, plan, celsius)


def _shown(found: Survey, plan: EchoPlan, celsius: float) -> EchoShown:
    return EchoShown(
        area=found.area, celsius=celsius, present=_figure(plan.present), untrimmed=_figure(plan.untrimmed),
        planned=_figure(plan.planned), in_turns=_figure(plan.in_turns), gap_ms=plan.gap_us // 1_000,
        horns=[
            HornShown(
                device=horn.id, trim_ms=plan.trims_us[horn.id] // 1_000,
                present_ms=found.trims_us[horn.id] // 1_000, turn=plan.turns[horn.id],
            )
            for horn in found.horns
        ],
        neighbours=[
            NeighboursShown(
                between=list(pair.one), others=list(pair.other), metres=pair.metres,
                travel_ms=pair.travel_us // 1_000, together=pair.together,
            )
            for pair in plan.neighbours
        ],
        unplaced=list(found.unplaced),
    )  # fmt: skip


def _figure(figure: Figure) -> FigureShown:
    return FigureShown(**asdict(figure), share=round(figure.share, 4))
