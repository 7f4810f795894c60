"""Verdicts on signed bytes, remembered for all speakers of one process: same bytes, same key, same outcome.

What differs between speakers (place, time, whether the key is still trusted) is not in here.
"""

from collections import OrderedDict

from devices.protocol.errors import ProtocolError
from devices.protocol.keys import VerifyKey
from devices.protocol.messages.trust import Role
from devices.protocol.signing import Envelope
from devices.protocol.verification import Verified, believe

KEPT_BYTES = 4 * 1024 * 1024
_Question = tuple[bytes, str, tuple[Role, ...]]


class Verdicts:
    """A `Believer` with a memory; what was asked longest ago is forgotten first."""

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        self._kept_bytes = kept_bytes
        self._bytes = 0
        self._known: OrderedDict[_Question, Verified | ProtocolError] = OrderedDict()
        self.asked = 0
        """Signatures really checked."""

    def __call__(self, envelope: Envelope, key: VerifyKey, roles: tuple[Role, ...]) -> Verified:
        question = envelope.raw, key.public, roles
        verdict = self._known.get(question)
        if verdict is None:
            verdict = self._known[question] = self._ask(envelope, key, roles)
            self._bytes += len(envelope.raw)
            self._shrink()
        else:
            self._known.move_to_end(question)
        if isinstance(verdict, ProtocolError):
            raise type(verdict)(**verdict.data)
        return verdict

    def _ask(self, envelope: Envelope, key: VerifyKey, roles: tuple[Role, ...]) -> Verified | ProtocolError:
        self.asked += 1
        try:
            return believe(envelope, key, roles)
        except ProtocolError as refusal:
            return refusal

    def _shrink(self) -> None:
        while self._bytes > self._kept_bytes and len(self._known) > 1:
            (raw, _, _), _ = self._known.popitem(last=False)
            self._bytes -= len(raw)
