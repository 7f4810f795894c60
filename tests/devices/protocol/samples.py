"""One tenant with fixed keys, one speaker, and one good message of every type: what tests and vectors share."""

import hashlib
from pathlib import Path
from types import MappingProxyType

from devices.protocol import bitmap
from devices.protocol.codec import SIGNED, UNSIGNED, to_json
from devices.protocol.errors import UnknownKey
from devices.protocol.keys import SigningKey
from devices.protocol.messages.alerts import Alert
from devices.protocol.messages.blobs import Manifest
from devices.protocol.messages.control import Ack, Config, Place
from devices.protocol.messages.orders import Play, Stop
from devices.protocol.messages.plans import Airing, Cap, Piece, Plan, Rules
from devices.protocol.messages.speaker import Health, Hello, PlanAck, Receipt, Report, State
from devices.protocol.messages.time import TimeAnswer, TimeRequest
from devices.protocol.messages.trust import TrustedKey, TrustSet
from devices.protocol.signing import sign
from devices.protocol.topics import Topics
from devices.protocol.trust import Trust, accept_trust

SECOND = 1_000_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
NOW = 1_793_491_200 * SECOND
"""2026-11-01T00:00:00Z."""


def named(name: str) -> str:
    """A fixed UUID for a name."""
    digits = hashlib.sha256(name.encode()).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"


def secret(name: str) -> bytes:
    """32 bytes that everybody knows: for tests alone."""
    return hashlib.sha256(f"loa test key, never use: {name}".encode()).digest()


def key(name: str) -> SigningKey:
    return SigningKey(secret(name))


TENANT, OTHER_TENANT = named("tenant"), named("other tenant")
DEVICE, OTHER_DEVICE = named("device"), named("other device")
AREA, OTHER_AREA = named("area"), named("other area")
ORDER, OCCURRENCE, ALERT = named("order"), named("occurrence"), named("alert")
BOOT, LEDGER = named("boot"), named("ledger")
NUMBER = 12
"""The speaker's number in AREA."""

ONLINE_ROLES = ("content", "alert", "drill", "control", "firmware", "time")
KEYS = MappingProxyType({name: key(name) for name in ("root", *ONLINE_ROLES, "device", "stranger")})
TOPICS = Topics(TENANT)

BLOB = (Path(__file__).parent / "chime.opus").read_bytes()
"""One second of sound: a tone of 880 Hz in Ogg Opus."""
BLOB_MS = 1_000
CHUNK_BYTES = 1_024
CHUNKS = tuple(BLOB[start : start + CHUNK_BYTES] for start in range(0, len(BLOB), CHUNK_BYTES))
BLOB_SHA = hashlib.sha256(BLOB).hexdigest()
TONE_SHA = hashlib.sha256(b"tone").hexdigest()
SPEECH_SHA = hashlib.sha256(b"speech").hexdigest()
GONE_SHA = hashlib.sha256(b"gone").hexdigest()


def _common(to, **changes):
    return {"tenant": TENANT, "to": to, "issued_at": NOW} | changes


def trusted(**not_after):
    """The online keys of the trust set; `content=...` gives one another end."""
    return tuple(
        TrustedKey(public=KEYS[role].verify_key.public, roles=(role,), not_after=not_after.get(role, NOW + 365 * DAY))
        for role in ONLINE_ROLES
    )


def trust_set(**changes):
    fields = _common("tenant", seq=NOW, keys=trusted())
    return TrustSet(**(fields | changes))


def play(**changes):
    fields = _common(f"area/{AREA}", order=ORDER, occurrence=OCCURRENCE, sha256=BLOB_SHA, duration=BLOB_MS)
    fields |= {"start_at": NOW + 20 * SECOND, "max_late": 30_000, "expires_at": NOW + 120 * SECOND}
    fields |= {"rank": "normal", "volume": 80, "repeats": 2, "gap": 1_000, "only": bitmap.pack([3, NUMBER])}
    return Play(**(fields | changes))


def stop(**changes):
    fields = _common(f"dev/{DEVICE}", order=ORDER, occurrence=OCCURRENCE, expires_at=NOW + 120 * SECOND)
    return Stop(**(fields | changes))


def alert(**changes):
    fields = _common(f"area/{AREA}", alert=ALERT, rev=2, action="sound", start_at=NOW + 2 * SECOND)
    fields |= {"expires_at": NOW + 600 * SECOND, "tone": TONE_SHA, "speech": SPEECH_SHA}
    fields |= {"speech_at": NOW + 6 * SECOND, "speech_duration": 5_000, "repeats": 2, "gap": 3_000, "volume": 100}
    return Alert(**(fields | changes))


def manifest(**changes):
    hashes = tuple(hashlib.sha256(chunk).hexdigest() for chunk in CHUNKS)
    fields = _common(f"blob/{BLOB_SHA}", sha256=BLOB_SHA, size=len(BLOB), chunk_bytes=CHUNK_BYTES, chunks=hashes)
    fields |= {"codec": "ogg-opus", "duration": BLOB_MS, "expires_at": NOW + 180 * SECOND}
    return Manifest(**(fields | changes))


def config(**changes):
    fields = _common(f"dev/{DEVICE}", seq=NOW, places=(Place(area=AREA, number=NUMBER),), heartbeat=60)
    fields |= {"volume": 90, "trim": 0, "clips": {"tone": TONE_SHA}}
    return Config(**(fields | changes))


def piece(**changes):
    fields = {"sha256": BLOB_SHA, "size": len(BLOB), "duration": BLOB_MS, "max_late": 30_000, "lives": 600_000}
    return Piece(**(fields | {"rank": "normal", "volume": 80, "repeats": 2, "gap": 1_000} | changes))


def rules(**changes):
    """Silence from one hour on for two more; ten minutes of bulletins a day."""
    caps = [Cap(at=NOW - DAY, percent=80), Cap(at=NOW + HOUR, percent=0), Cap(at=NOW + 3 * HOUR, percent=100)]
    fields = {"caps": tuple(caps), "budget": 600_000, "midnights": (NOW - 17 * HOUR, NOW + 7 * HOUR)}
    return Rules(**(fields | changes))


def plan(**changes):
    fields = _common(f"dev/{DEVICE}", seq=NOW, valid_from=NOW, valid_to=NOW + 2 * DAY, pieces=(piece(),))
    second = Airing(order=named("second airing"), piece=0, start_at=NOW + DAY, instead=(named("an older version"),))
    fields |= {"airings": (Airing(order=named("first airing"), piece=0, start_at=NOW + 4 * HOUR), second)}
    return Plan(**(fields | {"rules": rules(), "stage": 20_000_000, "gone": (GONE_SHA,)} | changes))


def plan_ack(**changes):
    fields = _common("controller", seq=NOW, missing=(BLOB_SHA,), gone=(GONE_SHA,))
    fields |= {"free": 40_000_000, "clock_error": 1_050_000}
    return PlanAck(**(fields | changes))


def ack(**changes):
    return Ack(**(_common(f"dev/{DEVICE}", ledger=LEDGER, through=3) | changes))


def time_answer(**changes):
    fields = _common(f"dev/{DEVICE}", nonce="A" * 22, t1=1_000_000, t2=NOW, t3=NOW + 300)
    return TimeAnswer(**(fields | changes))


def hello(**changes):
    fields = _common("controller", boot=BOOT, ledger=LEDGER, model="mo-hinh-1", firmware="1.0.0", config_seq=0)
    fields |= {"trust_seq": NOW, "next_receipt": 4, "unacknowledged": 2, "open_orders": (OCCURRENCE,)}
    fields |= {"blobs": (TONE_SHA,), "clock_valid": True, "clock_error": 12_000}
    return Hello(**(fields | changes))


def receipt(**changes):
    fields = _common("controller", ledger=LEDGER, n=3, order=ORDER, occurrence=OCCURRENCE, state="played")
    fields |= {"sha256": BLOB_SHA, "heard": 2 * BLOB_MS, "expected": 2 * BLOB_MS, "clock_error": 12_000}
    fields |= {"started_at": NOW + 20 * SECOND, "ended_at": NOW + 23 * SECOND}
    return Receipt(**(fields | changes))


def report(**changes):
    fields = _common("controller", code="bad_signature", count=7, about=TOPICS.area_order(AREA))
    return Report(**(fields | changes))


def state(**changes):
    return State(**({"online": True, "boot": BOOT} | changes))


def health(**changes):
    fields = {"boot": BOOT, "uptime": 86_400, "volume": 90, "playing": OCCURRENCE, "temperature": 41.5}
    fields |= {"supply": 12.25, "signal": -87, "flash_free": 40_000_000, "clock_error": 12_000}
    fields |= {"slot": "a", "feed": "battery", "battery": 64, "battery_volts": 12.25, "charging": False}
    fields |= {"amplifier": "on", "drive": -16.5, "heard": -27.0, "data_used": 120_000_000, "data_share": 24}
    return Health(**(fields | changes))


def time_request(**changes):
    return TimeRequest(**({"nonce": "A" * 22, "t1": 1_000_000} | changes))


MAKERS = MappingProxyType(
    {
        "trust": trust_set, "manifest": manifest, "play": play, "stop": stop, "alert": alert, "plan": plan,
        "config": config, "ack": ack, "time_answer": time_answer, "hello": hello, "receipt": receipt,
        "plan_ack": plan_ack, "report": report, "state": state, "health": health, "time_request": time_request,
    }
)  # fmt: skip
"""Type of message to a function that makes a good one, with changes."""

PLACES = MappingProxyType(
    {
        "trust": TOPICS.trust, "manifest": TOPICS.manifest(BLOB_SHA), "play": TOPICS.area_order(AREA),
        "stop": TOPICS.down(DEVICE, "order"), "alert": TOPICS.alert(AREA, ALERT),
        "plan": TOPICS.down(DEVICE, "plan"), "config": TOPICS.down(DEVICE, "config"), "ack": TOPICS.down(DEVICE, "ack"),
        "time_answer": TOPICS.time_answer(DEVICE), "hello": TOPICS.up(DEVICE, "hello"),
        "receipt": TOPICS.up(DEVICE, "receipt"), "plan_ack": TOPICS.up(DEVICE, "ack"),
        "report": TOPICS.up(DEVICE, "log"),
        "state": TOPICS.up(DEVICE, "state"), "health": TOPICS.up(DEVICE, "health"),
        "time_request": TOPICS.time_request(DEVICE),
    }
)  # fmt: skip
"""Type of message to the topic where the good one stands."""

TYPES = (*SIGNED, *UNSIGNED)


def signer(kind):
    """The test key that signs this type."""
    return KEYS[SIGNED[kind][1]]


def signed(message, by=None):
    """The bytes of a message on the wire, signed by the right key or by the one named."""
    return sign(to_json(message), KEYS[by] if by else signer(message.type))


def born(**not_after):
    """The trust of a speaker that was born with the root and has accepted the trust set."""
    return accept_trust(Trust(TENANT, KEYS["root"].verify_key), signed(trust_set(keys=trusted(**not_after))))


def find_key(key_id, now):
    """Keys as both sides know them: the trust set's, and the speaker's own."""
    if key_id == KEYS["device"].id:
        return KEYS["device"].verify_key, ("device",)
    if key_id == KEYS["root"].id:
        raise UnknownKey(key=key_id)
    return born().key_for(key_id, now)
