"""Many speakers registered at once, as they come out of a crate: all of them, or none."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import ConfigDict, Field, StringConstraints
from sqlmodel import Session

from api.deps import Key, Served, act_of, permit
from api.problems import WRITES, refusals
from api.shapes import Asked, Id, Located, Name, Shown
from controller.people.answered import already_made, remember
from controller.people.audit import Act, record
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.reach.admission import admit_named
from controller.runtime.services import Services
from devices.models import Device
from devices.registry import add_devices, read_public_key
from scheduler.timetable import wanted

router = APIRouter(prefix="/devices", tags=["devices"])

NOT_REGISTERED = ("area_ended", "area_full", "public_key_invalid", "public_key_taken")


class Boxed(Located):
    """One speaker of the crate."""

    name: Name
    public_key: Annotated[
        str, StringConstraints(max_length=1_000), Field(description="Ed25519, as PEM or as 43 letters of base64url.")
    ]


class BatchWish(Asked):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "area": "0f6a2c9e-1f35-4f0b-9a51-93d0c5a7f3d2",
                    "devices": [
                        {"name": "Loa ấp 4", "public_key": "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw"},
                        {"name": "Loa ấp 5", "public_key": "_FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU"},
                    ],
                }
            ]
        }
    )

    area: Id
    devices: Annotated[list[Boxed], Field(min_length=1, max_length=500)]


class BatchRegistered(Shown):
    """What each of them must be born with: its own id, and what is the same for all."""

    devices: Annotated[list[Id], Field(description="Their ids, in the order in which they were named.")]
    tenant: Id
    root: str
    trust: str


@router.post(
    "/batch", status_code=201,
    responses=refusals(*WRITES, *NOT_REGISTERED, within=["area_unknown"]),
)  # fmt: skip
def register_batch(
    wish: BatchWish, request: Request, services: Served,
    who: Annotated[Caller, Depends(permit(Action.DEVICE_REGISTER))], key: Key = None,
) -> BatchRegistered:  # fmt: skip
    """Make up to 500 speakers of one area known; the answer holds what they must be born with."""
    act = act_of(services, request, who, key, wish.model_dump_json())
    with services.database.write() as session:
        admit_named(session, who, Action.DEVICE_REGISTER, wish)
        made = already_made(session, act)
        ids = made.split() if made else _add(session, services, wish, act)
    services.ring()
    services.ring_almanac()
    birth = services.keyring.birth(ids[0])
    return BatchRegistered(devices=ids, tenant=birth["tenant"], root=birth["root"], trust=birth["trust"])


def _add(session: Session, services: Services, wish: BatchWish, act: Act) -> list[str]:
    rows = [
        Device(
            id=services.new_id(), name=one.name, area_id=wish.area, public_key=read_public_key(one.public_key),
            registered_at=act.now, latitude=one.latitude, longitude=one.longitude,
        )
        for one in wish.devices
    ]  # fmt: skip
    add_devices(session, rows)
    wanted(session)
    ids = [row.id for row in rows]
    remember(session, act, " ".join(ids))
    for row in rows:
        record(session, act, Action.DEVICE_REGISTER, row.id, row.name, area=row.area_id)
    return ids
