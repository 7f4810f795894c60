"""Audio on the broker: a signed manifest and its chunks, there as long as an order needs them."""

import hashlib
from collections.abc import Iterable

from sqlalchemy import BigInteger, bindparam
from sqlmodel import Session, col, select

from controller.herald import Herald
from controller.library.models import Blob
from controller.library.store import Store
from devices.protocol.messages.blobs import Manifest
from devices.protocol.units import MINUTE, SECOND

FOREVER = 4_102_444_800_000_000
"""Expiry of a clip that every speaker holds: the year 2100, us UTC."""
MEND_EVERY = 10 * SECOND
AFTER_EXPIRY = MINUTE
"""How long the broker keeps a blob after the last order for it has ended, us."""

_UNNEEDED = select(Blob).where(
    col(Blob.clip).is_(None), Blob.retained_until > 0, Blob.retained_until <= bindparam("now", type_=BigInteger)
)


class Carrier:
    """Publishes blobs once per connection to a broker, and takes them away when nobody needs them."""

    def __init__(self, herald: Herald, store: Store) -> None:
        self._herald = herald
        self._store = store
        self._carried: set[str] = set()
        self.topics_used = 0
        """Topics of audio on this broker so far: some brokers remember each that was ever subscribed."""
        self._mended: dict[str, int] = {}

    def forget(self) -> None:
        """After a reconnect the broker may be empty: nothing counts as published."""
        self._carried.clear()
        self.topics_used = 0
        self._mended.clear()

    def mend(self, blob: Blob, now: int) -> None:
        """The broker's copy is said to be broken: publish it again, but not more often than every ten seconds."""
        wanted = blob.clip is not None or blob.retained_until > now
        if wanted and now >= self._mended.get(blob.sha256, 0) + MEND_EVERY:
            self._mended[blob.sha256] = now
            self._carried.discard(blob.sha256)
            self.carry(blob)

    def carry(self, blob: Blob) -> bool:
        """Make sure that the broker holds the blob. False: the link is down."""
        if blob.sha256 in self._carried:
            return True
        pieces = list(self._store.chunks(blob.sha256, blob.chunk_bytes))
        sent = self._herald.manifest(self._manifest(blob, pieces)) and all(
            self._herald.chunk(blob.sha256, index, piece) for index, piece in enumerate(pieces)
        )
        if sent:
            self._carried.add(blob.sha256)
            self.topics_used += 1 + len(pieces)
        return sent

    def sign_again(self, blob: Blob) -> bool:
        """The same manifest under a new key; the pieces are known by their hash. False: the link is down."""
        if blob.sha256 not in self._carried:
            return self.carry(blob)
        return self._herald.manifest(self._manifest(blob, self._store.chunks(blob.sha256, blob.chunk_bytes)))

    def withdraw(self, blob: Blob) -> bool:
        """Take manifest and chunks off the broker. False: the link is down."""
        topics = self._herald.topics
        count = -(-blob.size // blob.chunk_bytes)
        names = [topics.chunk(blob.sha256, index) for index in range(count)]
        self._carried.discard(blob.sha256)
        return all(self._herald.clear(name) for name in [topics.manifest(blob.sha256), *names])

    def _manifest(self, blob: Blob, pieces: Iterable[bytes]) -> Manifest:
        return Manifest(
            tenant=self._herald.tenant, to=f"blob/{blob.sha256}", issued_at=blob.issued_at, sha256=blob.sha256,
            size=blob.size, chunk_bytes=blob.chunk_bytes, codec="ogg-opus", duration=blob.duration_ms,
            chunks=tuple(hashlib.sha256(piece).hexdigest() for piece in pieces),
            expires_at=FOREVER if blob.clip else max(blob.retained_until, blob.issued_at),
        )  # fmt: skip


def need_until(session: Session, sha256: str, until: int) -> Blob:
    """Keep a blob on the broker at least until then (us UTC)."""
    blob = session.get_one(Blob, sha256)
    blob.retained_until = max(blob.retained_until, until + AFTER_EXPIRY)
    return blob


def needed(session: Session, now: int) -> list[Blob]:
    """Blobs that the broker must hold: clips, and what open orders name."""
    rows = select(Blob).where((col(Blob.clip).is_not(None)) | (col(Blob.retained_until) > now))
    return list(session.exec(rows.order_by(col(Blob.clip).is_(None), col(Blob.sha256))))


def unneeded(session: Session, now: int) -> list[Blob]:
    """Blobs on the broker that nobody needs any more."""
    return list(session.exec(_UNNEEDED, params={"now": now}))


def withdrawn(session: Session, blob: Blob, now: int) -> None:
    """The broker's copy has been taken away, unless somebody has asked for it meanwhile."""
    row = session.get_one(Blob, blob.sha256)
    if row.retained_until <= now:
        row.retained_until = 0


def clips(session: Session) -> dict[str, str]:
    """Name to SHA-256 of the clips that every speaker holds."""
    rows = select(Blob.clip, Blob.sha256).where(col(Blob.clip).is_not(None))
    return {name: sha256 for name, sha256 in session.exec(rows) if name is not None}
