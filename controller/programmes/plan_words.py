"""What speakers say of the plans that they hold, kept: for a whole village in one query."""

from collections.abc import Collection

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from controller.broadcast.erasing import keep_erased
from devices.models import DevicePlan
from devices.protocol.messages.speaker import PlanAck

_HELD_BY = select(DevicePlan).where(col(DevicePlan.device_id).in_(bindparam("devices", expanding=True)))


def plan_rows(session: Session, devices: Collection[str]) -> dict[str, DevicePlan]:
    """What is known of the plans of these speakers (a few hundred)."""
    return {row.device_id: row for row in session.exec(_HELD_BY, params={"devices": list(devices)})}


class PlanWords:
    """What these speakers (a few hundred) say of the plans that they hold, in one transaction."""

    def __init__(self, session: Session, devices: Collection[str]) -> None:
        self._session = session
        self._rows = plan_rows(session, devices) if devices else {}

    def keep_ack(self, device_id: str, said: PlanAck, now: int) -> None:
        """What a speaker makes of its plan."""
        row = self._rows.get(device_id) or self._new(device_id)
        row.held_seq, row.held_at, row.missing = said.seq, now, list(said.missing)
        row.free_bytes, row.clock_error_us = said.free, said.clock_error
        if said.seq == row.seq:
            keep_erased(self._session, device_id, said.gone, now)

    def keep_hello(self, device_id: str, held_seq: int) -> None:
        """Which plan it holds now: another than the one in force is told again."""
        row = self._rows.get(device_id)
        if row is None and held_seq:
            self._new(device_id).held_seq = held_seq
        elif row is not None and row.held_seq != held_seq:
            row.held_seq, row.attempts = held_seq, 0

    def _new(self, device_id: str) -> DevicePlan:
        row = self._rows[device_id] = DevicePlan(device_id=device_id)
        self._session.add(row)
        return row
