"""Whom this speaker believes now: born with a root, follows newer trust sets, remembers the last one."""

from devices.protocol.errors import ProtocolError
from devices.protocol.keys import VerifyKey
from devices.protocol.messages.trust import Role
from devices.protocol.trust import Trust, accept_trust
from firmware_sim.flash import Flash
from firmware_sim.identity import Identity

ITEM = "trust"


class Trusted:
    def __init__(self, flash: Flash, identity: Identity) -> None:
        self._flash = flash
        self._identity = identity
        self._trust = Trust(identity.tenant, VerifyKey(identity.birth.root))
        self._raw = b""
        """The set that is believed, as it came: the same again needs no second look."""

    @property
    def seq(self) -> int:
        return self._trust.seq

    def load(self) -> None:
        """From birth, then what was accepted last; a set that does not verify is as good as none."""
        self._trust = self._identity.born_trust()
        self._raw = (self._identity.birth.trust or "").encode()
        raw = self._flash.get(ITEM)
        if raw:
            try:
                self._trust, self._raw = accept_trust(self._trust, raw), raw
            except ProtocolError:
                self._flash.delete(ITEM)

    def accept(self, raw: bytes) -> bool:
        """Whether a set is newer than the one believed; a ProtocolError where it is not to be believed."""
        if raw == self._raw:
            return False
        trust = accept_trust(self._trust, raw)
        newer = trust.seq > self._trust.seq
        if newer:
            self._trust, self._raw = trust, raw
            self._flash.put(ITEM, raw)
        return newer

    def names(self, key_id: str) -> bool:
        """Whether what was said by this key still counts: for that it may have ended, but not been taken back."""
        return key_id in self._trust.keys

    def outranks(self, key_id: str, other: str) -> bool:
        """Whether the set names the one after the other: what a newer key says, too, outlives the older one."""
        order = list(self._trust.keys)
        places = [order.index(one) if one in order else -1 for one in (key_id, other)]
        return places[0] > places[1]

    def find(self, key_id: str, now: int | None) -> tuple[VerifyKey, tuple[Role, ...]]:
        """See `KeyFinder`."""
        return self._trust.key_for(key_id, now)
