"""A crate of new speakers kept: registered by their keys, or given codes; all of them, or those that can be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlmodel import Session, col, select

from controller.enrolment.claims import Claim, Mint, make_claims, withdraw_claim
from controller.enrolment.crate import Boxed, CrateLine
from controller.exchange.faults import Fault
from controller.people.audit import Act, record
from controller.people.permissions import Action
from devices.models import ClaimCode, Device
from devices.registry import add_devices
from scheduler.timetable import wanted

OnErrors = Literal["refuse_all", "skip"]
LOT = 500
Waiting = Mapping[tuple[str, str], Sequence[ClaimCode]]


@dataclass(frozen=True)
class CrateWish:
    dry_run: bool = True
    on_errors: OnErrors = "refuse_all"
    days: int = 14
    again: bool = False
    """Codes that were made for lines and nobody has used are void, and made anew."""


@dataclass(frozen=True)
class CrateOutcome:
    """`device` where it is registered, `claim` and `code` where it is to join by one; `same`: it was there before."""

    line: CrateLine
    faults: Sequence[Fault]
    device: str | None = None
    claim: str | None = None
    code: str | None = None
    same: bool = False


def import_crate(
    session: Session, lines: Sequence[CrateLine], wish: CrateWish, act: Act, mint: Mint
) -> list[CrateOutcome]:
    """What became of each line. A file that is imported again makes nothing twice; codes are shown this once.

    AreaFull.
    """
    waiting = _open_claims(session, act.now)
    looked_at = _compared(session, lines, waiting, wish)
    refused = any(one.faults for one in looked_at)
    if wish.dry_run or (refused and wish.on_errors == "refuse_all"):
        return looked_at
    fresh = [one for one in looked_at if not one.faults and not one.same]
    for line in fresh:
        for row in _claims_of(line.line, waiting):
            withdraw_claim(session, row.id, act)
    made = _registered(session, fresh, act, mint) | _coded(session, fresh, wish.days, act, mint)
    return [made.get(one.line.number, one) for one in looked_at]


def _compared(session: Session, lines: Sequence[CrateLine], waiting: Waiting, wish: CrateWish) -> list[CrateOutcome]:
    there, keys = _there(session), _known_keys(session, lines)
    looked_at = [_outcome(line, there, waiting, keys) for line in lines]
    return [_made_anew(one, waiting) for one in looked_at] if wish.again else looked_at


def _made_anew(one: CrateOutcome, waiting: Waiting) -> CrateOutcome:
    """A code for the box that replaces a speaker was made for that, not for this line."""
    if one.claim is None or any(row.replaces for row in _claims_of(one.line, waiting)):
        return one
    return replace(one, same=False)


def _outcome(
    line: CrateLine, there: Mapping[tuple[str, str], Device], waiting: Waiting,
    keys: Mapping[str, str],
) -> CrateOutcome:  # fmt: skip
    wish = line.wish
    if wish is None:
        return CrateOutcome(line, line.faults)
    device = there.get((wish.area, wish.name))
    if device is not None and wish.public_key not in (None, device.public_key):
        return CrateOutcome(line, [Fault("public_key", "other_key", {"said": wish.name})])
    if device is not None:
        return CrateOutcome(line, (), device=device.id, same=True)
    if wish.public_key is not None and wish.public_key in keys:
        return CrateOutcome(line, [Fault("public_key", "public_key_taken", {"said": wish.name})])
    claims = _claims_of(line, waiting)
    return CrateOutcome(line, (), claim=claims[0].id if claims else None, same=bool(claims))


def _there(session: Session) -> dict[tuple[str, str], Device]:
    rows = session.exec(select(Device).where(col(Device.retired_at).is_(None))).all()
    return {(row.area_id, row.name): row for row in rows}


def _open_claims(session: Session, now: int) -> Waiting:
    """Codes that still let somebody in, by place and name."""
    rows = select(ClaimCode).where(
        col(ClaimCode.used_at).is_(None), col(ClaimCode.withdrawn_at).is_(None), ClaimCode.expires_at > now
    )
    found: dict[tuple[str, str], list[ClaimCode]] = {}
    for row in session.exec(rows):
        found.setdefault((row.area_id, row.name), []).append(row)
    return found


def _claims_of(line: CrateLine, waiting: Waiting) -> Sequence[ClaimCode]:
    wish = line.wish
    return () if wish is None or wish.public_key is not None else waiting.get((wish.area, wish.name), ())


def _known_keys(session: Session, lines: Sequence[CrateLine]) -> dict[str, str]:
    asked = [line.wish.public_key for line in lines if line.wish is not None and line.wish.public_key]
    found: dict[str, str] = {}
    for begin in range(0, len(asked), LOT):
        rows = select(Device.public_key, Device.id).where(col(Device.public_key).in_(asked[begin : begin + LOT]))
        found |= dict(session.exec(rows).all())
    return found


def _registered(session: Session, fresh: Sequence[CrateOutcome], act: Act, mint: Mint) -> dict[int, CrateOutcome]:
    rows = {
        one.line.number: _device(one.line.wish, mint.new_id(), act.now)
        for one in fresh
        if one.line.wish is not None and one.line.wish.public_key
    }
    add_devices(session, list(rows.values()))
    for row in rows.values():
        record(session, act, Action.DEVICE_REGISTER, row.id, row.name, area=row.area_id)
    wanted(session)
    return {one.line.number: replace(one, device=rows[one.line.number].id) for one in fresh if one.line.number in rows}


def _coded(session: Session, fresh: Sequence[CrateOutcome], days: int, act: Act, mint: Mint) -> dict[int, CrateOutcome]:
    waiting = [(one, one.line.wish) for one in fresh if one.line.wish is not None and not one.line.wish.public_key]
    claims = [Claim(wish.area, wish.name, wish.latitude, wish.longitude, wish.bearing) for _, wish in waiting]
    printed = make_claims(session, claims, days, replace(act, key=None), mint)
    return {
        one.line.number: replace(one, claim=made.row.id, code=made.code)
        for (one, _), made in zip(waiting, printed, strict=True)
    }


def _device(wish: Boxed, name: str, now: int) -> Device:
    return Device(
        id=name, name=wish.name, area_id=wish.area, public_key=wish.public_key or "", registered_at=now,
        latitude=wish.latitude, longitude=wish.longitude, bearing=wish.bearing,
    )  # fmt: skip
