"""What the office has told this speaker about itself: areas, volume, trim, clips. Kept across reboots."""

from pydantic import BaseModel, ValidationError

from devices.protocol.messages.control import Config, Place
from devices.protocol.trust import check_sequence
from firmware_sim.flash import Flash

ITEM = "config"


class _Stored(BaseModel):
    config: Config
    digest: str
    by: str = ""
    """Id of the key that said it."""


class Configuration:
    """Before the first configuration it hears no area, and plays at full volume what is sent to it alone."""

    def __init__(self, flash: Flash, heartbeat: int) -> None:
        self._flash = flash
        self._heartbeat = heartbeat
        self._config: Config | None = None
        self._digest = ""
        self.by = ""
        """Id of the key that said it; empty where its number does not count."""
        self._left: frozenset[str] = frozenset()
        self.moved = False
        """Whether the one in force names other areas than the one before it, which was not the first."""

    def load(self) -> None:
        try:
            stored = _Stored.model_validate_json(self._flash.get(ITEM) or b"")
        except ValidationError:
            return
        self._config, self._digest, self.by = stored.config, stored.digest, stored.by

    def accept(self, config: Config, digest: str, by: str) -> bool:
        """Whether something changed; Stale or Conflicting for an older or another one of this number."""
        check_sequence(self.seq, self._digest, config.seq, digest)
        if digest == self._digest:
            return False
        before = frozenset(self.areas)
        self._config, self._digest, self.by = config, digest, by
        self._left = (self._left | before).difference(self.areas)
        self.moved = bool(before) and before != frozenset(self.areas)
        self._keep()
        return True

    def vouch(self, by: str) -> None:
        """Another key has said the same."""
        self.by = by
        self._keep()

    def doubt(self) -> None:
        """It stays in force, but the next one that is believed replaces it, whatever its number."""
        self._digest = self.by = ""
        self._keep()

    def _keep(self) -> None:
        if self._config is not None:
            stored = _Stored(config=self._config, digest=self._digest, by=self.by)
            self._flash.put(ITEM, stored.model_dump_json().encode())

    @property
    def seq(self) -> int:
        return self._config.seq if self._config and self.by else 0

    @property
    def areas(self) -> tuple[str, ...]:
        return tuple(place.area for place in self._config.places) if self._config else ()

    def has_left(self, area: str) -> bool:
        """Whether it was in that area since it was switched on: what still comes from there is no fault."""
        return area in self._left

    def place_in(self, area: str) -> Place | None:
        """This speaker's place in an area; None where it does not belong."""
        places = self._config.places if self._config else ()
        return next((place for place in places if place.area == area), None)

    @property
    def heartbeat(self) -> int:
        """Seconds."""
        return self._config.heartbeat if self._config else self._heartbeat

    @property
    def volume(self) -> int:
        return self._config.volume if self._config else 100

    @property
    def trim(self) -> int:
        return self._config.trim if self._config else 0

    @property
    def clips(self) -> frozenset[str]:
        return frozenset(self._config.clips.values()) if self._config else frozenset()
