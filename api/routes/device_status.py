"""The life of a speaker: lost, stolen, found again, taken down; and the certificates that it was given."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import ConfigDict, Field, StringConstraints

from api.deps import Served, act_of, permit
from api.problems import READS, WRITES, refusals
from api.routes.devices import DeviceShown, shown_of
from api.shapes import Asked, Id, Instant, Page, Shown
from api.timestamps import to_utc, to_utc_or_none
from controller.enrolment.certifying import certificates_of
from controller.enrolment.leaving import set_status
from controller.people.callers import Caller
from controller.people.permissions import Action
from devices.registry import get_device
from devices.standing import Standing

router = APIRouter(prefix="/devices", tags=["devices"])


class StatusWish(Asked):
    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "stolen", "note": "Mất đêm 12/11."}]})

    status: Annotated[
        Literal["in_service", "lost", "stolen", "retired"],
        Field(description="`retired` is for good; only another box that joins replaces one."),
    ]
    note: Annotated[str, StringConstraints(max_length=500), Field(description="Stands in the record.")] = ""


class CertificateShown(Shown):
    serial: str
    issued_at: Instant
    not_after: Instant
    revoked_at: Instant | None


@router.put("/{device}/status", responses=refusals(*WRITES, "device_unknown", "status_not_possible"))
def change(
    device: Id, wish: StatusWish, request: Request, services: Served,
    who: Annotated[Caller, Depends(permit(Action.DEVICE_REVOKE))],
) -> DeviceShown:  # fmt: skip
    """Say that a speaker is lost, stolen, retired, or in service again.

    Out of service it is no target, nothing that it says is believed, its certificates are void, and the broker drops
    it within seconds. Found again, it asks for a new certificate with its own key.
    """
    act = act_of(services, request, who, None)
    with services.database.write() as session:
        shown = shown_of(session, who, set_status(session, device, Standing(wish.status), wish.note, act))
    services.ring()
    services.ring_almanac()
    services.ring_door()
    return shown


@router.get(
    "/{device}/certificates", dependencies=[Depends(permit(Action.SEE))], responses=refusals(*READS, "device_unknown")
)
def certificates(device: Id, services: Served) -> Page[CertificateShown]:
    """Certificates that the speaker was given, the newest first."""
    with services.database.read() as session:
        rows = certificates_of(session, get_device(session, device).id)
    return Page(
        items=[
            CertificateShown(
                serial=row.serial, issued_at=to_utc(row.issued_at), not_after=to_utc(row.not_after),
                revoked_at=to_utc_or_none(row.revoked_at),
            )
            for row in rows
        ]
    )  # fmt: skip
