"""What a speaker is told about itself: its places, limits and clips, under a sequence that only grows."""

import hashlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlmodel import Session, col, select

from controller.library.carriage import clips
from controller.sequences import credible
from devices.models import Device
from devices.protocol.json_text import canonical
from devices.protocol.messages.control import Config, Place
from devices.registry import Held, places

_NOTHING: Mapping[str, int] = MappingProxyType({})
_UNSENT = select(Device).where(Device.config_content == "", col(Device.retired_at).is_(None))


class Configurator:
    """Builds each speaker's configuration; a new sequence only where its content has changed."""

    def __init__(self, tenant: str, heartbeat_s: int) -> None:
        self._tenant = tenant
        self._heartbeat = heartbeat_s

    def current(
        self, session: Session, devices: Sequence[Device], now: int, at_least: Mapping[str, int] = _NOTHING
    ) -> dict[str, Config]:
        """What holds for each speaker, by its id (to be published retained).

        `at_least`: a sequence below which a speaker's must not be, where it has said one.
        """
        held, sounds = places(session, [device.id for device in devices]), clips(session)
        return {
            device.id: self._current(device, held[device.id], sounds, now, at_least.get(device.id, 0))
            for device in devices
        }

    def in_service(self, session: Session) -> list[str]:
        """Ids of the speakers that need one."""
        return list(session.exec(select(Device.id).where(col(Device.retired_at).is_(None))))

    def any_unsent(self, session: Session) -> bool:
        """Whether a speaker waits for a configuration: its first one, or one with what was changed."""
        return session.exec(_UNSENT).first() is not None

    def unsent(self, session: Session, now: int, most: int) -> dict[str, Config]:
        """What speakers wait for that have just been registered or changed, `most` of them at a time."""
        return self.current(session, session.exec(_UNSENT.limit(most)).all(), now)

    @staticmethod
    def changed(device: Device) -> None:
        """What this speaker is told about itself has changed: it is published as soon as the controller looks."""
        device.config_content = ""

    def _current(
        self, device: Device, held: Sequence[Held], sounds: Mapping[str, str], now: int, at_least: int
    ) -> Config:
        said: dict[str, object] = {
            "places": [_place(one).model_dump(exclude_none=True) for one in held],
            "heartbeat": self._heartbeat, "volume": device.volume, "trim": device.trim_us, "clips": sounds,
        }  # fmt: skip
        digest = hashlib.sha256(canonical(said)).hexdigest()
        if device.config_content != digest or device.config_seq < credible(at_least):
            device.config_seq = max(device.config_seq + 1, credible(at_least) + 1, now)
            device.config_content = digest
        seq = device.config_seq
        said |= {"type": "config", "tenant": self._tenant, "to": f"dev/{device.id}", "seq": seq, "issued_at": seq}
        return Config.model_validate_json(canonical(said))


def _place(held: Held) -> Place:
    return Place(area=held.area_id, number=held.number, since=held.since)
