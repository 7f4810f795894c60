"""What a speaker is told about itself: its places, limits and clips, under a sequence that only grows."""

import hashlib

from sqlmodel import Session, col, select

from controller.library.carriage import clips
from devices.models import Device
from devices.protocol.json_text import canonical
from devices.protocol.messages.control import Config, Place
from devices.registry import places

_UNSENT = select(Device).where(Device.config_seq == 0, col(Device.retired_at).is_(None))


class Configurator:
    """Builds each speaker's configuration; a new sequence only where its content has changed."""

    def __init__(self, tenant: str, heartbeat_s: int) -> None:
        self._tenant = tenant
        self._heartbeat = heartbeat_s

    def current(self, session: Session, device: Device, now: int, at_least: int = 0) -> Config:
        """What holds for the speaker (to be published retained); its sequence is not below `at_least`."""
        said = self._content(session, device)
        digest = hashlib.sha256(canonical(said)).hexdigest()
        if device.config_content != digest or device.config_seq < at_least:
            device.config_seq = max(device.config_seq + 1, at_least + 1, now)
            device.config_content = digest
        seq = device.config_seq
        said |= {"type": "config", "tenant": self._tenant, "to": f"dev/{device.id}", "seq": seq, "issued_at": seq}
        return Config.model_validate_json(canonical(said))

    def all_current(self, session: Session, now: int) -> dict[str, Config]:
        """The configuration of every speaker in service, by its id."""
        rows = select(Device).where(col(Device.retired_at).is_(None))
        return {device.id: self.current(session, device, now) for device in session.exec(rows).all()}

    def any_unsent(self, session: Session) -> bool:
        """Whether a speaker waits for its first configuration."""
        return session.exec(_UNSENT).first() is not None

    def unsent(self, session: Session, now: int) -> dict[str, Config]:
        """The first configuration of speakers that have just been registered."""
        return {device.id: self.current(session, device, now) for device in session.exec(_UNSENT).all()}

    def _content(self, session: Session, device: Device) -> dict[str, object]:
        held = [Place(area=row.area_id, number=row.number).model_dump() for row in places(session, device.id)]
        return {
            "places": held, "heartbeat": self._heartbeat, "volume": device.volume, "trim": device.trim_us,
            "clips": clips(session),
        }  # fmt: skip
