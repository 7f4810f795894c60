"""What a stranger's speaker believes: sections 1 and 3 to 7 of docs/protocol.md, and nothing of our code."""

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FIVE_MINUTES = 300_000_000
EIGHT_DAYS = 691_200_000_000


class Refused(Exception):
    """With the code of section 20."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


# Section 1


def to_text(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def to_bytes(text):
    """Base64url in its one spelling; ValueError."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        raise ValueError(text)
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if to_text(raw) != text:
        raise ValueError(text)
    return raw


def bit(bitmap, number):
    raw = to_bytes(bitmap)
    return number // 8 < len(raw) and raw[number // 8] >> (number % 8) & 1 == 1


def key_id(public):
    return to_text(hashlib.sha256(to_bytes(public)).digest()[:16])


def read_json(raw):
    """One JSON object; Refused."""
    try:
        found = json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_constant=_never)
    except (ValueError, RecursionError):
        raise Refused("malformed") from None
    if not isinstance(found, dict) or not _sound(found, 1):
        raise Refused("malformed")
    return found


def _once(pairs):
    if len(dict(pairs)) < len(pairs):
        raise ValueError("twice")
    return dict(pairs)


def _never(text):
    raise ValueError(text)


def _sound(value, depth):
    if isinstance(value, str):
        return not re.search("[\ud800-\udfff]", value)
    if not isinstance(value, dict | list):
        return True
    inner = [*value, *value.values()] if isinstance(value, dict) else value
    return depth <= 8 and all(_sound(one, depth + 1) for one in inner)


def write(fields, secret=None):
    """A message of ours; signed if a secret is given."""
    payload = json.dumps(fields, separators=(",", ":")).encode()
    if secret is None:
        return payload
    key = Ed25519PrivateKey.from_private_bytes(secret)
    header = json.dumps({"alg": "Ed25519", "kid": key_id(to_text(key.public_key().public_bytes_raw()))}).encode()
    said = f"{to_text(header)}.{to_text(payload)}"
    return f"{said}.{to_text(key.sign(said.encode()))}".encode()


def fits(public, signature, said):
    """Whether this key signed these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(to_bytes(public)).verify(to_bytes(signature), said)
    except (InvalidSignature, ValueError):
        return False
    return True


# Section 4


def whole(low, high):
    return lambda value: type(value) is int and low <= value <= high


def text(pattern, low=0, high=10**9):
    return lambda value: (
        isinstance(value, str) and low <= len(value) <= high and re.fullmatch(pattern, value) is not None
    )


def choice(*values):
    return lambda value: isinstance(value, str) and value in values


def array(check, low, high):
    return lambda value: isinstance(value, list) and low <= len(value) <= high and all(check(one) for one in value)


def mapping(name, check, high):
    return lambda value: (
        isinstance(value, dict) and len(value) <= high and all(name(key) and check(one) for key, one in value.items())
    )


def record(may=(), **fields):
    """An object; those of its fields that are named in `may` may be absent."""
    return lambda value: (
        isinstance(value, dict)
        and all(name in value or name in may for name in fields)
        and all(check(value[name]) for name, check in fields.items() if name in value)
    )


UUID = text(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SHA256 = text(r"[0-9a-f]{64}")
YEAR_2100 = 4_102_444_800_000_000
INSTANT = whole(0, YEAR_2100)
MILLIS = whole(0, 86_400_000)
LENGTH = whole(1, 86_400_000)
SEQUENCE = whole(0, 2**53 - 1)
PERCENT = whole(0, 100)
BITMAP = text(r"([A-Za-z0-9_-]{4})*([A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?", 2, 8_192)
PUBLIC = text(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
SIGNATURE = text(r"[A-Za-z0-9_-]{85}[AQgw]")
NONCE = text(r"[A-Za-z0-9_-]{21}[AQgw]")
WORD = text(r"[A-Za-z0-9_.:+-]{1,64}")


def boolean(value):
    return isinstance(value, bool)


TRUSTED = record(
    public=PUBLIC,
    roles=array(choice("content", "alert", "drill", "control", "firmware", "time"), 1, 8),
    not_after=INSTANT,
)
CHANGE = record(old=PUBLIC, new=PUBLIC, by_old=SIGNATURE, by_new=SIGNATURE)
COMMON = {
    "tenant": UUID,
    "to": lambda value: isinstance(value, str),
    "mode": choice("live", "drill"),
    "issued_at": INSTANT,
}
PIECE = record(
    sha256=SHA256,
    size=whole(1, 78_643_200),
    duration=LENGTH,
    max_late=MILLIS,
    lives=MILLIS,
    rank=choice("normal", "priority"),
    volume=PERCENT,
    repeats=whole(1, 20),
    gap=MILLIS,
)
AIRING = record(may=("instead",), order=UUID, piece=whole(0, 127), start_at=INSTANT, instead=array(UUID, 0, 8))
CAP = record(at=INSTANT, percent=PERCENT)
RULES = record(may=("budget", "midnights"), caps=array(CAP, 1, 256), budget=MILLIS, midnights=array(INSTANT, 0, 16))
ORDER = {"order": UUID, "occurrence": UUID, "expires_at": INSTANT}
FIELDS = {
    "trust": {"seq": SEQUENCE, "keys": array(TRUSTED, 1, 32)},
    "config": {
        "seq": SEQUENCE,
        "places": array(record(area=UUID, number=whole(0, 49_151)), 0, 16),
        "heartbeat": whole(5, 86_400),
        "volume": PERCENT,
        "trim": whole(-500_000, 500_000),
        "clips": mapping(WORD, SHA256, 32),
    },
    "manifest": {
        "sha256": SHA256,
        "size": whole(1, 78_643_200),
        "chunk_bytes": whole(1_024, 65_536),
        "chunks": array(SHA256, 1, 1_200),
        "codec": choice("ogg-opus"),
        "duration": LENGTH,
        "expires_at": INSTANT,
    },
    "play": ORDER
    | {
        "sha256": SHA256,
        "duration": LENGTH,
        "start_at": INSTANT,
        "max_late": MILLIS,
        "rank": choice("normal", "priority"),
        "volume": PERCENT,
        "repeats": whole(1, 20),
        "gap": MILLIS,
    },
    "stop": ORDER,
    "alert": {
        "alert": UUID,
        "rev": whole(1, 65_535),
        "action": choice("sound", "cancel"),
        "start_at": INSTANT,
        "expires_at": INSTANT,
        "tone": SHA256,
        "repeats": whole(1, 20),
        "gap": MILLIS,
        "volume": PERCENT,
    },
    "plan": {
        "seq": SEQUENCE,
        "valid_from": INSTANT,
        "valid_to": INSTANT,
        "pieces": array(PIECE, 0, 128),
        "airings": array(AIRING, 0, 256),
        "rules": RULES,
        "stage": SEQUENCE,
    },
    "ack": {"ledger": UUID, "through": SEQUENCE},
    "time_answer": {"nonce": NONCE, "t1": SEQUENCE, "t2": INSTANT, "t3": INSTANT},
}
OPTIONAL = {
    "trust": {"root_changes": array(CHANGE, 0, 32)},
    "plan": {"gone": array(SHA256, 0, 64)},
    "play": {"only": BITMAP},
    "stop": {"only": BITMAP},
    "alert": {
        "only": BITMAP,
        "speech": SHA256,
        "speech_at": INSTANT,
        "speech_duration": MILLIS,
        "silent_speech": boolean,
    },
}
ROLE = {
    "manifest": "content",
    "play": "content",
    "stop": "content",
    "alert": "alert",
    "config": "control",
    "plan": "content",
    "ack": "control",
    "time_answer": "time",
    "trust": "root",
    "hello": "device",
    "receipt": "device",
    "plan_ack": "device",
    "report": "device",
}


def check_fields(said):
    """Refused unless all fields of a message are as in section 4."""
    kind = said["type"]
    must, may = COMMON | FIELDS[kind], OPTIONAL.get(kind, {})
    good = all(name in said and check(said[name]) for name, check in must.items())
    good = good and all(check(said[name]) for name, check in may.items() if name in said)
    if not good or not ACROSS.get(kind, lambda _: True)(said):
        raise Refused("malformed")


def _play_fits(said):
    return said["start_at"] + said["max_late"] * 1_000 <= said["expires_at"]


def _alert_fits(said):
    parts = {"speech" in said, "speech_at" in said, said.get("speech_duration", 0) > 0}
    quiet = said.get("silent_speech", False) and "speech" in said
    early = "speech_at" in said and said["speech_at"] < said["start_at"]
    return said["start_at"] <= said["expires_at"] and len(parts) == 1 and not quiet and not early


def _manifest_fits(said):
    return said["to"] == f"blob/{said['sha256']}" and len(said["chunks"]) == -(-said["size"] // said["chunk_bytes"])


def _plan_fits(said):
    rules, pieces = said["rules"], said["pieces"]
    midnights = rules.get("midnights", [])
    begins = [[cap["at"] for cap in rules["caps"]], midnights]
    return (
        said["valid_from"] < said["valid_to"]
        and all(instants == sorted(set(instants)) for instants in begins)
        and all(instants[0] <= said["valid_from"] for instants in begins if instants)
        and ("budget" not in rules or midnights != [])
        and all(piece["max_late"] <= piece["lives"] for piece in pieces)
        and all(one["piece"] < len(pieces) and one["start_at"] <= said["valid_to"] for one in said["airings"])
        and all(one["start_at"] + pieces[one["piece"]]["lives"] * 1_000 <= YEAR_2100 for one in said["airings"])
        and _once_each([one["order"] for one in said["airings"]])
        and _gone_fits(said.get("gone", []), {piece["sha256"] for piece in pieces})
    )


def _gone_fits(gone, needed):
    return gone == sorted(set(gone)) and needed.isdisjoint(gone)


def _once_each(values):
    return len(set(values)) == len(values)


ACROSS = {
    "play": _play_fits,
    "alert": _alert_fits,
    "manifest": _manifest_fits,
    "plan": _plan_fits,
    "config": lambda said: _once_each([place["area"] for place in said["places"]]),
    "trust": lambda said: _once_each([key["public"] for key in said["keys"]]),
}

# Section 3

_ID = r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
_TOPICS = {
    "trust": "trust",
    "manifest": r"blob/([0-9a-f]{64})/m",
    "chunk": r"blob/([0-9a-f]{64})/(0|[1-9][0-9]{0,3})",
    "area/order": rf"area/{_ID}/order",
    "area/alert": rf"area/{_ID}/alert/{_ID}",
    "down/order": rf"dev/{_ID}/down/order",
    "down/config": rf"dev/{_ID}/down/config",
    "down/plan": rf"dev/{_ID}/down/plan",
    "down/ack": rf"dev/{_ID}/down/ack",
    "up": rf"dev/{_ID}/up/(?:hello|state|health|receipt|ack|log)",
    "time": rf"time/rsp/{_ID}",
    "asks": rf"time/req/{_ID}",
}
STANDS = {
    "manifest": {"manifest"}, "play": {"area/order", "down/order"}, "stop": {"area/order", "down/order"},
    "alert": {"area/alert", "down/order"}, "config": {"down/config"}, "plan": {"down/plan"}, "ack": {"down/ack"},
    "time_answer": {"time"},
}  # fmt: skip


def read_topic(topic, tenant):
    """The kind of place, and the ids in it; Refused."""
    root = f"loa/1/{tenant}/"
    for place, pattern in _TOPICS.items():
        match = re.fullmatch(pattern, topic[len(root) :]) if topic.startswith(root) else None
        if match and not (place == "chunk" and int(match[2]) >= 1_200):
            return place, match.groups()
    raise Refused("unknown_topic")


def target(place, names):
    """What `to` must be there."""
    if place.startswith("area/"):
        return f"area/{names[0]}"
    return f"blob/{names[0]}" if place == "manifest" else f"dev/{names[0]}"


# Sections 5 and 7

BY = "(kid)"
"""Under this name, which no message has, the key that said it stands with what it said."""


def open_jws(raw):
    """Header and payload, not yet believed, and the bytes that were signed with the signature."""
    try:
        head, payload, signature = raw.decode("ascii").split(".")
        header, content = read_json(to_bytes(head)), to_bytes(payload)
    except ValueError:
        raise Refused("malformed") from None
    kid = header.get("kid")
    if len(raw) > 131_072 or len(head) > 512 or set(header) != {"alg", "kid"} or header["alg"] != "Ed25519":
        raise Refused("malformed")
    if not NONCE(kid):
        raise Refused("malformed")
    return kid, content, f"{head}.{payload}".encode(), signature


@dataclass
class Belief:
    """The root and the keys that are believed."""

    tenant: str
    root: str
    seq: int = 0
    content: bytes = b""
    keys: dict = field(default_factory=dict)

    def learn(self, raw):
        """A trust set; whether it is a newer one. Refused."""
        kid, content, signed, signature = open_jws(raw)
        said = read_json(content)
        if said.get("type") != "trust":
            raise Refused("malformed")
        check_fields(said)
        root = self._follow(said.get("root_changes", []))
        if kid != key_id(root):
            raise Refused("unknown_key")
        if not fits(root, signature, signed):
            raise Refused("bad_signature")
        if (said["tenant"], said["to"], said["mode"]) != (self.tenant, "tenant", "live"):
            raise Refused("wrong_place")
        if not is_newer(self.seq, self.content, said["seq"], content):
            return False
        self.root, self.seq, self.content = root, said["seq"], content
        self.keys = {key_id(key["public"]): key for key in said["keys"]}
        return True

    def _follow(self, changes):
        root = self.root
        for change in changes:
            if change["old"] == root:
                said = f"loa/1/root-change|{self.tenant}|{change['old']}|{change['new']}".encode()
                if not fits(change["old"], change["by_old"], said) or not fits(change["new"], change["by_new"], said):
                    raise Refused("bad_signature")
                root = change["new"]
        return root

    def verify(self, raw, place, names, now):
        """Rules 4 to 12: what is said, and its payload; Refused."""
        if place == "time":
            now = None
        kid, content, signed, signature = open_jws(raw)
        key = self.keys.get(kid)
        if key is None or (now is not None and key["not_after"] < now):
            raise Refused("unknown_key")
        if not fits(key["public"], signature, signed):
            raise Refused("bad_signature")
        said = read_json(content)
        if said.get("type") not in ROLE:
            raise Refused("malformed")
        if ROLE[said["type"]] not in key["roles"]:
            raise Refused("wrong_role")
        check_fields(said)
        self._check_place(said, place, names)
        if now is not None:
            _check_times(said, now)
        return said | {BY: kid}, content

    def outranks(self, kid, other):
        """Whether one key stands after the other."""
        order = list(self.keys)
        return (order.index(kid) if kid in order else -1) > (order.index(other) if other in order else -1)

    def _check_place(self, said, place, names):
        fitting = said["tenant"] == self.tenant and said["to"] == target(place, names) and said["mode"] == "live"
        named = place != "area/alert" or said.get("alert") == names[1]
        if not fitting or place not in STANDS[said["type"]] or not named:
            raise Refused("wrong_place")


def is_newer(last, last_content, seq, content):
    """Section 6: whether a sequence replaces what is held; Refused."""
    if seq < last:
        raise Refused("stale")
    if seq == last and last_content and content != last_content:
        raise Refused("conflicting")
    return content != last_content


def _check_times(said, now):
    if said["issued_at"] > now + FIVE_MINUTES:
        raise Refused("from_future")
    ends = {"play": "expires_at", "stop": "expires_at", "alert": "expires_at", "plan": "valid_to"}.get(said["type"])
    if ends and said[ends] > said["issued_at"] + EIGHT_DAYS:
        raise Refused("too_far_ahead")
