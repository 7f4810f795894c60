"""Rules of the air: hours of silence, hours of less volume, minutes a day, of areas, zones and single speakers."""

from typing import Annotated, Self

from fastapi import APIRouter, Depends, Request, Response
from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlmodel import col, select

from api.deps import Key, Served, Viewer, act_of, permit
from api.problems import READS, WRITES, refusals
from api.shapes import Asked, Id, Instant, Name, Page, Shown
from api.timestamps import to_utc
from controller.air.rules import RuleSaid, delete_rule, get_rule, put_rule
from controller.people.answered import already_made, remember
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.reach.admission import admit_named
from controller.reach.sight import Sight
from scheduler.air.models import AirRule
from scheduler.air.presets import Preset, presets
from scheduler.air.rules import AirRules

router = APIRouter(tags=["air"])

NOT_SAID = ("zone_unknown",)
NOWHERE = ("area_unknown", "air_zone_unknown", "device_unknown")
Editor = Annotated[Caller, Depends(permit(Action.AIR_EDIT))]


class AirRuleWish(Asked):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Giờ nghỉ của xã",
                    "area": "0f6a2c9e-1f35-4f0b-9a51-93d0c5a7f3d2",
                    "rules": {
                        "quiet": [{"begin": "21:00", "end": "05:00"}],
                        "volumes": [{"begin": "11:30", "end": "13:30", "percent": 60, "days": ["saturday", "sunday"]}],
                        "budget_minutes": 90,
                    },
                }
            ]
        }
    )

    name: Name
    area: Annotated[Id | None, Field(description="Binds all speakers in it and in areas within it.")] = None
    zone: Annotated[Id | None, Field(description="Binds the speakers that stand in it.")] = None
    device: Annotated[Id | None, Field(description="Binds this speaker.")] = None
    rules: AirRules

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if [self.area, self.zone, self.device].count(None) != 2:
            raise PydanticCustomError("one_place", "exactly one of area, zone and device")
        return self


class AirRuleShown(Shown):
    id: Id
    name: str
    area: Id | None
    zone: Id | None
    device: Id | None
    rules: AirRules
    changed_at: Instant
    changed_by: str


class PresetShown(Preset):
    """Rules to begin with, to be bound to an area or a zone as they are or changed."""

    code: str


@router.get("/air-presets", dependencies=[Depends(permit(Action.SEE))], responses=refusals(*READS))
def index_presets() -> Page[PresetShown]:
    """Rules that many places need. They hold nowhere until somebody binds them."""
    return Page(items=[PresetShown(code=code, **dict(preset)) for code, preset in presets().items()])


@router.post(
    "/air-rules", status_code=201, responses=refusals(*WRITES, *NOT_SAID, within=[*NOWHERE, "air_rule_unknown"])
)
def create(
    wish: AirRuleWish, request: Request, response: Response, services: Served, who: Editor, key: Key = None
) -> AirRuleShown:
    """Bind one place by a rule. Of several rules over a speaker the stricter wins."""
    act = act_of(services, request, who, key, wish.model_dump_json())
    with services.database.write() as session:
        admit_named(session, who, Action.AIR_EDIT, wish)
        made = already_made(session, act)
        if made is None:
            made = put_rule(session, services.new_id(), _said(wish), act).id
            remember(session, act, made)
        shown = _shown(get_rule(session, made))
    services.ring()
    response.headers["Location"] = f"{request.url.path}/{made}"
    return shown


@router.get("/air-rules", responses=refusals(*READS))
def index(services: Served, who: Viewer) -> Page[AirRuleShown]:
    """All rules, by name."""
    with services.database.read() as session:
        rows = select(AirRule).where(Sight(session, who).of("rule"))
        found = session.exec(rows.order_by(col(AirRule.name), col(AirRule.id))).all()
    return Page(items=[_shown(row) for row in found])


@router.get(
    "/air-rules/{rule}", dependencies=[Depends(permit(Action.SEE))], responses=refusals(*READS, "air_rule_unknown")
)
def one(rule: Id, services: Served) -> AirRuleShown:
    """One rule."""
    with services.database.read() as session:
        return _shown(get_rule(session, rule))


@router.put("/air-rules/{rule}", responses=refusals(*WRITES, *NOT_SAID, "air_rule_unknown", within=NOWHERE))
def change(rule: Id, wish: AirRuleWish, request: Request, services: Served, who: Editor) -> AirRuleShown:
    """Put this in place of the rule."""
    act = act_of(services, request, who, None)
    with services.database.write() as session:
        get_rule(session, rule)
        admit_named(session, who, Action.AIR_EDIT, wish)
        shown = _shown(put_rule(session, rule, _said(wish), act))
    services.ring()
    return shown


@router.delete("/air-rules/{rule}", status_code=204, responses=refusals(*WRITES, "air_rule_unknown"))
def delete(rule: Id, request: Request, services: Served, who: Editor) -> None:
    """The rule binds nobody any more."""
    act = act_of(services, request, who, None)
    with services.database.write() as session:
        delete_rule(session, rule, act)
    services.ring()


def _said(wish: AirRuleWish) -> RuleSaid:
    return RuleSaid(name=wish.name, rules=wish.rules, area=wish.area, zone=wish.zone, device=wish.device)


def _shown(row: AirRule) -> AirRuleShown:
    return AirRuleShown(
        id=row.id, name=row.name, area=row.area_id, zone=row.zone_id, device=row.device_id,
        rules=AirRules.model_validate(row.rules), changed_at=to_utc(row.changed_at), changed_by=row.changed_by,
    )  # fmt: skip
