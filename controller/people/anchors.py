"""Anchors of the audit chain: its end at some moment, signed, kept in a file outside of the database."""

import json
import os
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from pathlib import Path

import structlog

from controller.db import Transactions
from controller.people.lines import head_of
from devices.protocol.errors import ProtocolError
from devices.protocol.json_text import canonical
from devices.protocol.keys import SigningKey, VerifyKey
from devices.protocol.messages.trust import TrustSet
from devices.protocol.signing import check_signature, open_envelope, sign
from devices.protocol.units import MINUTE

log = structlog.get_logger()

FORM = "loa-audit-anchor-1"
"""Says of the signed text what it is: no message on the wire has such a field."""
EVERY = 10 * MINUTE
"""How often the end is anchored while it moves, us."""


@dataclass(frozen=True)
class Anchor:
    """At `at` (us UTC) the newest line of this tenant's chain was `seq`, with this hash."""

    tenant: str
    seq: int
    hash: str
    at: int


@dataclass(frozen=True)
class Vouched:
    """An anchor, and whether a key signed it that we know."""

    anchor: Anchor
    known: bool


def signed(anchor: Anchor, key: SigningKey) -> str:
    return sign(canonical({"form": FORM} | asdict(anchor)), key).decode("ascii")


def read_anchor(text: str, keys: Collection[VerifyKey]) -> Vouched | None:
    """None for what is no anchor."""
    try:
        envelope = open_envelope(text.strip().encode("ascii"))
        said = json.loads(envelope.payload)
        anchor = Anchor(said["tenant"], int(said["seq"]), str(said["hash"]), int(said["at"]))
    except (ProtocolError, ValueError, KeyError, TypeError):
        return None
    if said.get("form") != FORM:
        return None
    return Vouched(anchor, any(_signed_by(text, key) for key in keys if key.id == envelope.key_id))


def read_anchors(path: Path, keys: Collection[VerifyKey]) -> list[Vouched | None]:
    """All of a file, None for each line that is none; without a file none."""
    lines = path.read_text("utf-8", "replace").splitlines() if path.is_file() else []
    return [read_anchor(line, keys) for line in lines]


def control_keys(trust: bytes) -> list[VerifyKey]:
    """The keys that may sign anchors, by a trust set of our own folder."""
    said = TrustSet.model_validate_json(open_envelope(trust).payload)
    return [VerifyKey(key.public) for key in said.keys if "control" in key.roles]


@dataclass
class Anchorer:
    """`do_once` adds an anchor to the file where the chain has grown and the time has come."""

    database: Transactions
    path: Path
    tenant: str
    key: Callable[[], SigningKey]
    """The one that signs now."""
    clock: Callable[[], int]
    anchored: int = 0
    next_at: int = 0

    def do_once(self, *, now: int | None = None, at_once: bool = False) -> bool:
        """Never more to do at once."""
        now = self.clock() if now is None else now
        if now >= self.next_at or at_once:
            self.next_at = now + EVERY
            self._anchor(now)
        return False

    def _anchor(self, now: int) -> None:
        with self.database.read() as session:
            seq, digest = head_of(session)
        if seq == self.anchored:
            return
        text = signed(Anchor(self.tenant, seq, digest, now), self.key())
        _append(self.path, text)
        self.anchored = seq
        log.info("audit_anchored", seq=seq, hash=digest, signed=text)


def _append(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


def _signed_by(text: str, key: VerifyKey) -> bool:
    try:
        check_signature(open_envelope(text.strip().encode("ascii")), key)
    except ProtocolError:
        return False
    return True
