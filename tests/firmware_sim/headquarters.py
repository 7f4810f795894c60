"""A controller's pen for the speaker's tests: keys, and every message signed as the real one would."""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from devices.protocol.bitmap import pack
from devices.protocol.codec import to_json
from devices.protocol.keys import SigningKey
from devices.protocol.messages.alerts import Alert
from devices.protocol.messages.blobs import Manifest
from devices.protocol.messages.control import Ack, Config, Place
from devices.protocol.messages.orders import Play, Stop
from devices.protocol.messages.plans import Airing, Cap, Piece, Plan, Rules
from devices.protocol.messages.time import TimeAnswer
from devices.protocol.messages.trust import TrustedKey, TrustSet
from devices.protocol.signing import sign
from devices.protocol.topics import Topics
from devices.protocol.units import DAY, MILLI, SECOND
from firmware_sim.identity import Birth, Identity

T0 = 1_800_000_000 * SECOND
YEAR_2100 = 4_102_444_800 * SECOND
Message = tuple[str, bytes]
"""Topic and payload."""


def name_of(word: str) -> str:
    """A UUID that stays the same for a word."""
    return str(uuid.UUID(bytes=hashlib.sha256(word.encode()).digest()[:16], version=4))


def key_of(word: str) -> SigningKey:
    return SigningKey(hashlib.sha256(word.encode()).digest())


def piece_of(sha256: str, seconds: float, **changes) -> Piece:
    """A piece that may begin ten seconds late and lives for ten minutes."""
    fields = {"size": 10_000, "max_late": 10_000, "lives": 600_000, "rank": "normal", "volume": 100}
    return Piece(sha256=sha256, duration=round(seconds * 1000), **(fields | {"repeats": 1, "gap": 0} | changes))


@dataclass(frozen=True)
class Slot:
    """One airing: `start` in seconds after T0, `instead` by words."""

    word: str
    piece: Piece
    start: float
    instead: tuple[str, ...] = ()

    def airing(self, number: int) -> Airing:
        versions = tuple(map(name_of, self.instead))
        return Airing(order=name_of(self.word), piece=number, start_at=after(self.start), instead=versions)


@dataclass
class Headquarters:
    """`now` is what it writes as `issued_at`, us UTC; `shift` is how wrong its own clock is."""

    tenant: str = name_of("tenant")
    now: int = T0
    shift: int = 0
    numbers: dict[str, int] = field(default_factory=dict)
    keys: dict[str, SigningKey] = field(
        default_factory=lambda: {role: key_of(role) for role in ("root", "content", "alert", "control", "time")}
    )

    @property
    def topics(self) -> Topics:
        return Topics(self.tenant)

    def trust(self, seq: int = 1, without: tuple[str, ...] = ()) -> Message:
        keys = tuple(
            TrustedKey(public=key.verify_key.public, roles=(role,), not_after=YEAR_2100)
            for role, key in self.keys.items()
            if role not in ("root", *without)
        )
        message = TrustSet(tenant=self.tenant, to="tenant", issued_at=self.now, seq=seq, keys=keys)
        return self.topics.trust, sign(to_json(message), self.keys["root"])

    def born(self, word: str = "loa", with_trust: bool = True) -> Identity:
        root = self.keys["root"].verify_key.public
        trust = self.trust()[1].decode() if with_trust else None
        return Identity(
            Birth(tenant=self.tenant, device=name_of(word), root=root, trust=trust, name=word), key_of(word + " key")
        )

    def config(self, device: str, seq: int = 1, areas=(("area", 0),), clips=None, since=None, **changes) -> Message:
        """`since`: when it moved to all of these areas."""
        fields = {"heartbeat": 30, "volume": 80, "trim": 0, "clips": clips or {}}
        places = tuple(Place(area=name_of(area), number=number, since=since) for area, number in areas)
        message = Config(
            tenant=self.tenant, to=f"dev/{device}", issued_at=self.now, seq=seq, places=places, **(fields | changes)
        )
        return self.topics.down(device, "config"), sign(to_json(message), self.keys["control"])

    def ack(self, device: str, ledger: str, through: int) -> Message:
        message = Ack(tenant=self.tenant, to=f"dev/{device}", issued_at=self.now, ledger=ledger, through=through)
        return self.topics.down(device, "ack"), sign(to_json(message), self.keys["control"])

    def time_answer(self, device: str, nonce: str, t1: int, t2: int, t3: int, key: str = "time") -> Message:
        message = TimeAnswer(tenant=self.tenant, to=f"dev/{device}", issued_at=t3, nonce=nonce, t1=t1, t2=t2, t3=t3)
        return self.topics.time_answer(device), sign(to_json(message), self.keys[key])

    def blob(self, content: bytes, duration_ms: int, chunk_bytes: int = 4096) -> dict[str, bytes]:
        """All retained topics of a piece of audio: its manifest and its chunks."""
        return self.blob_named(hashlib.sha256(content).hexdigest(), content, duration_ms, chunk_bytes)

    def blob_named(self, sha256: str, content: bytes, duration_ms: int, chunk_bytes: int = 4096) -> dict[str, bytes]:
        """The same under any name, as an office might do by mistake."""
        chunks = [content[at : at + chunk_bytes] for at in range(0, len(content), chunk_bytes)]
        message = self._manifest(sha256, content, duration_ms, chunk_bytes, chunks)
        manifest = {self.topics.manifest(sha256): sign(to_json(message), self.keys["content"])}
        return manifest | {self.topics.chunk(sha256, index): chunk for index, chunk in enumerate(chunks)}

    def manifest_of_codec(self, sha256: str, codec: str) -> dict[str, bytes]:
        """A well-signed manifest of a codec that this protocol does not know yet."""
        message = self._manifest(sha256, b"x", 1_000, 4_096, [b"x"])
        said = to_json(message).replace(b"ogg-opus", codec.encode())
        return {self.topics.manifest(sha256): sign(said, self.keys["content"])}

    def _manifest(self, sha256: str, content: bytes, duration: int, chunk_bytes: int, chunks: list[bytes]) -> Manifest:
        return Manifest(
            tenant=self.tenant,
            to=f"blob/{sha256}",
            issued_at=self.now,
            sha256=sha256,
            size=len(content),
            chunk_bytes=chunk_bytes,
            chunks=tuple(hashlib.sha256(chunk).hexdigest() for chunk in chunks),
            codec="ogg-opus",
            duration=duration,
            expires_at=YEAR_2100,
        )

    def play(self, word: str, sha256: str, duration_ms: int, *, area="area", device=None, key="content", **changes):
        """An order that starts 30 s from T0, may be 10 s late, and expires after ten minutes."""
        to, topic = self._target(area, device)
        fields = {
            "order": name_of(word),
            "occurrence": name_of(word + "-1"),
            "start_at": T0 + 30 * SECOND,
            "max_late": 10_000,
            "expires_at": T0 + 600 * SECOND,
            "rank": "normal",
            "volume": 100,
            "repeats": 1,
            "gap": 0,
        }
        if "only" in changes:
            changes["only"] = pack(changes["only"])
        message = Play(
            tenant=self.tenant, to=to, issued_at=self.now, sha256=sha256, duration=duration_ms, **(fields | changes)
        )
        return topic, sign(to_json(message), self.keys[key])

    def stop(self, word: str, *, area="area", device=None, expires_at=T0 + 600 * SECOND, only=None) -> Message:
        to, topic = self._target(area, device)
        message = Stop(
            tenant=self.tenant,
            to=to,
            issued_at=self.now,
            order=name_of(word),
            occurrence=name_of(word + "-1"),
            expires_at=expires_at,
            only=None if only is None else pack(only),
        )
        return topic, sign(to_json(message), self.keys["content"])

    def plan(self, device: str, seq: int, slots: Iterable[Slot] = (), **changes) -> Message:
        """A plan for two days; `caps` are pairs of seconds after T0 and %, `budget` is ms a day from T0 - 1 h on."""
        slots = list(slots)
        pieces = tuple(dict.fromkeys(slot.piece for slot in slots))
        airings = tuple(slot.airing(pieces.index(slot.piece)) for slot in slots)
        caps = tuple(Cap(at=after(at), percent=percent) for at, percent in changes.pop("caps", [(-3600, 100)]))
        midnights = tuple(after(-3600 + day * 86_400) for day in range(3))
        rules = Rules(caps=caps, budget=changes.pop("budget", None), midnights=midnights)
        fields = {"valid_from": T0, "valid_to": T0 + 2 * DAY, "stage": 10**9, "issued_at": self.now} | changes
        message = Plan(
            tenant=self.tenant, to=f"dev/{device}", seq=seq, pieces=pieces, airings=airings, rules=rules, **fields
        )
        return self.topics.down(device, "plan"), sign(to_json(message), self.keys["content"])

    def alert(self, word: str, rev: int, tone: str, *, area="area", device=None, key="alert", **changes) -> Message:
        """An alert at T0 + 30 s that expires after ten minutes; `speech` needs its `speech_duration` (ms)."""
        fields = {
            "action": "sound",
            "start_at": T0 + 30 * SECOND,
            "expires_at": T0 + 600 * SECOND,
            "repeats": 1,
            "gap": 0,
            "volume": 100,
        }
        fields |= changes
        if fields.get("speech"):
            fields.setdefault("speech_at", fields["start_at"])
        to, topic = self._target(area, device)
        message = Alert(
            tenant=self.tenant,
            to=to,
            issued_at=self.now,
            alert=name_of(word),
            rev=rev,
            tone=tone,
            **fields,
        )
        topic = self.topics.alert(name_of(area), name_of(word)) if device is None else topic
        return topic, sign(to_json(message), self.keys[key])

    def _target(self, area: str, device: str | None) -> tuple[str, str]:
        if device is not None:
            return f"dev/{device}", self.topics.down(device, "order")
        return f"area/{name_of(area)}", self.topics.area_order(name_of(area))


def after(seconds: float) -> int:
    """us UTC, so many seconds after T0."""
    return T0 + round(seconds * 1000) * MILLI
