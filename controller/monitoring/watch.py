"""The watch: which speakers are there, what they last said of themselves, and what went wrong."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import BigInteger, bindparam, func
from sqlmodel import Session, col, select

from devices.condition import shown, wrong
from devices.health import Presence, Sign, observe, patience
from devices.incidents import close_cause, foresee_incidents, open_incident
from devices.models import Device
from devices.protocol.messages.speaker import Health, Hello, Report

_SILENT = select(Device).where(col(Device.online), col(Device.last_seen) < bindparam("edge", type_=BigInteger))
_HEARD_LONGEST_AGO = select(func.min(Device.last_seen)).where(col(Device.online))


@dataclass
class Watch:
    """Keeps the device rows true. `listening_since` (us UTC) is when the link came up; None while it is down."""

    new_id: Callable[[], str]
    heartbeat_s: int
    listening_since: int | None = None

    def note(self, session: Session, device: Device, sign: Sign, now: int) -> None:
        """A sign of or about a speaker; going opens an incident, coming back closes it."""
        before = Presence(device.online, device.last_seen)
        after = observe(before, sign, now, self.heartbeat_s, self.listening_since or now)
        device.last_seen = after.last_seen
        if before.online != after.online:
            device.online, device.online_changed_at = after.online, now
            self._went_or_came(session, device, now)

    def tick(self, session: Session, now: int) -> None:
        """Find the speakers that have fallen silent; nobody is blamed while we do not hear ourselves."""
        if self.listening_since is None or now - self.listening_since < patience(self.heartbeat_s):
            return
        edge = now - patience(self.heartbeat_s)
        silent = session.exec(_SILENT, params={"edge": edge}).all()
        foresee_incidents(session, [device.id for device in silent])
        for device in silent:
            self.note(session, device, "tick", now)

    def next_silence(self, session: Session) -> int | None:
        """When `tick` may find the next speaker silent, us UTC; None while we do not listen, or nobody is there."""
        heard = session.exec(_HEARD_LONGEST_AGO).one()
        if heard is None or self.listening_since is None:
            return None
        return max(heard, self.listening_since) + patience(self.heartbeat_s) + 1

    def keep_health(self, session: Session, device: Device, health: Health, now: int) -> None:
        """The latest values, and (`wrong`) what they say is wrong: an incident until they say that it is well."""
        known = device.health.get("wrong")
        before = frozenset(known) if isinstance(known, list) else frozenset()
        after = wrong(health, before)
        device.boot, device.health_at = health.boot, now
        device.health = health.model_dump(exclude={"type", "boot"}, exclude_none=True) | {"wrong": sorted(after)}
        for kind in sorted(after - before):
            open_incident(session, self.new_id, kind, now, device_id=device.id, **shown(kind, health))
        for kind in sorted(before - after):
            close_cause(session, kind, device.id, now)

    def keep_hello(self, device: Device, hello: Hello) -> None:
        device.boot, device.model, device.firmware = hello.boot, hello.model, hello.firmware
        device.reported_config_seq = hello.config_seq

    def keep_report(self, session: Session, device_id: str, report: Report, now: int) -> None:
        """What a speaker refused or could not do is an incident under its own code."""
        open_incident(
            session, self.new_id, report.code, now, device_id=device_id, count=report.count, about=report.about
        )

    def _went_or_came(self, session: Session, device: Device, now: int) -> None:
        if device.online:
            close_cause(session, "offline", device.id, now)
        else:
            open_incident(session, self.new_id, "offline", now, device_id=device.id)
