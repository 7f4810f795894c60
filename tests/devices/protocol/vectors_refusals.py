"""Test vectors about single messages: good ones that look odd, and bad ones with the code of their refusal."""

import hashlib
import hmac
import json
from dataclasses import dataclass

from devices.protocol import base64url
from devices.protocol.codec import to_json
from devices.protocol.signing import sign
from devices.protocol.verification import CLOCK_SLACK, MAX_AHEAD
from tests.devices.protocol.samples import (
    ALERT,
    AREA,
    BLOB_SHA,
    DAY,
    DEVICE,
    KEYS,
    MAKERS,
    NOW,
    ORDER,
    OTHER_AREA,
    OTHER_DEVICE,
    OTHER_TENANT,
    PLACES,
    SECOND,
    TOPICS,
    alert,
    config,
    manifest,
    named,
    plan,
    play,
    signed,
    stop,
    time_answer,
    trust_set,
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One message, where and when it is read, and what must come of it."""

    name: str
    topic: str
    bytes: bytes
    verdict: str = "good"
    now: int | None = NOW


CONTENT = KEYS["content"]
HERE = PLACES["play"]


def jws(header, payload=None, by=CONTENT, signature=None):
    """Any header and payload, rightly signed unless a signature is given."""
    text = header if isinstance(header, bytes) else json.dumps(header, separators=(",", ":")).encode()
    parts = (text, to_json(play()) if payload is None else payload)
    said = b".".join(base64url.encode(part).encode() for part in parts)
    made = by._key.sign(said) if signature is None else signature
    return said + b"." + base64url.encode(made).encode()


HEADER = {"alg": "Ed25519", "kid": CONTENT.id}
GOOD = signed(play())
PARTS = GOOD.split(b".")
PLAIN = to_json(play())


def _joined(*parts):
    return b".".join(parts)


def _flipped(place):
    changed = bytearray(GOOD)
    changed[place] ^= 1
    return bytes(changed)


def _twin_letter():
    """The same signature with another last letter: its unused bits are not zero."""
    return GOOD[:-1] + bytes([GOOD[-1] + 1])


def _said(payload, by=CONTENT):
    return sign(payload, by)


def _less(message, field):
    fields = json.loads(to_json(message))
    del fields[field]
    return json.dumps(fields, separators=(",", ":")).encode()


def _put(old, new, message=PLAIN):
    assert old in message
    return _said(message.replace(old, new))


def good() -> list[Case]:
    """What must be believed."""
    spaced = b' {"kid": "' + CONTENT.id.encode() + b'",\n  "alg": "Ed25519"} '
    later = NOW - CLOCK_SLACK
    plain = [Case(f"a good {kind}", PLACES[kind], signed(MAKERS[kind]())) for kind in SPEAKER_HEARS]
    return [
        *plain,
        Case("a header in another spelling", HERE, jws(spaced)),
        Case("fields in another order, spaces, escapes", HERE, _said(_respelt(play()))),
        Case("a field of a later version", HERE, _put(b'"gap"', b'"later":[[[[[[[1]]]]]]],"gap"')),
        Case("issued five minutes ahead", HERE, GOOD, now=later),
        Case("issued ahead, but nobody knows the time", HERE, signed(play(issued_at=NOW + DAY)), now=None),
        Case("expires in eight days", HERE, signed(play(expires_at=NOW + MAX_AHEAD))),
        Case("over since days, to be reported", HERE, GOOD, now=NOW + 3 * DAY),
        Case(
            "an order for this speaker alone", TOPICS.down(DEVICE, "order"), signed(play(to=f"dev/{DEVICE}", only=None))
        ),
        Case("an alert told again", TOPICS.down(DEVICE, "order"), signed(alert(to=f"dev/{DEVICE}"))),
        Case("a stop for an area", HERE, signed(stop(to=f"area/{AREA}"))),
        Case("a plan for eight days", PLACES["plan"], signed(plan(valid_to=NOW + MAX_AHEAD))),
        Case("a plan from tomorrow, but nobody knows the time", PLACES["plan"], _tomorrows_plan(), now=None),
        Case("a clip held for ever", PLACES["manifest"], signed(manifest(expires_at=4_102_444_800_000_000))),
        Case(
            "a time answer corrects a clock that is years ahead",
            PLACES["time_answer"],
            signed(time_answer()),
            now=NOW + 1_000 * DAY,
        ),
        Case("a key in its last microsecond", HERE, GOOD, now=NOW + 365 * DAY),
    ]


def _tomorrows_plan():
    return signed(plan(issued_at=NOW + DAY))


SPEAKER_HEARS = ("manifest", "play", "stop", "alert", "config", "plan", "ack", "time_answer")


def _respelt(message):
    fields = dict(reversed(json.loads(to_json(message)).items()))
    return json.dumps(fields, indent=1).replace('"live"', '"\\u006cive"').encode()


def form() -> list[Case]:
    """No JWS of this protocol."""
    public = base64url.decode(CONTENT.verify_key.public)
    hs_header = base64url.encode(json.dumps({"alg": "HS256", "kid": CONTENT.id}).encode()).encode()
    hs_said = _joined(hs_header, PARTS[1])
    hs = _joined(hs_said, base64url.encode(hmac.digest(public, hs_said, hashlib.sha256)).encode())
    none = jws({"alg": "none", "kid": CONTENT.id}, signature=b"")
    okp = {"kty": "OKP", "crv": "Ed25519", "x": KEYS["stranger"].verify_key.public}
    cases = {
        "text": b"play everything now",
        "the payload alone": PLAIN,
        "two parts": _joined(*PARTS[:2]),
        "four parts": GOOD + b".",
        "a space before": b" " + GOOD,
        "padding in the payload": _joined(PARTS[0], PARTS[1] + b"=", PARTS[2]),
        "no algorithm": none,
        "a shared secret, the public key itself": hs,
        "the old name of the algorithm": jws(HEADER | {"alg": "EdDSA"}),
        "a type in the header": jws(HEADER | {"typ": "JWT"}),
        "its own key in the header": jws(HEADER | {"jwk": okp}, by=KEYS["stranger"]),
        "a critical extension": jws(HEADER | {"crit": ["exp"], "exp": 1}),
        "an unencoded payload": jws(HEADER | {"b64": False}),
        "two key ids": jws(b'{"alg":"Ed25519","kid":"AAAAAAAAAAAAAAAAAAAAAA","kid":"' + CONTENT.id.encode() + b'"}'),
        "no key id": jws({"alg": "Ed25519"}),
        "a key id that is too short": jws(HEADER | {"kid": CONTENT.id[:-1]}),
        "a header that is a list": jws(b"[]"),
        "a header that is too long": jws(b'{"alg":"Ed25519",' + b" " * 400 + b'"kid":"' + CONTENT.id.encode() + b'"}'),
    }
    return [Case(name, HERE, raw, "malformed") for name, raw in cases.items()]


def keys() -> list[Case]:
    """The wrong key, or not its signature."""
    forged = _joined(PARTS[0], *signed(play(), by="stranger").split(b".")[1:])
    other_key = _joined(PARTS[0], *signed(play(), by="alert").split(b".")[1:])
    unknown = {"an unknown key": "stranger", "the root itself": "root", "the speaker's own key": "device"}
    bad = {
        "a bit of the payload": _flipped(len(PARTS[0]) + 40),
        "a bit of the signature": _flipped(len(GOOD) - 20),
        "another spelling of the signature": _twin_letter(),
        "a line feed at the end": GOOD + b"\n",
        "half a signature": GOOD[:-43],
        "no signature": _joined(PARTS[0], PARTS[1], b""),
        "a stranger's signature under a trusted id": forged,
        "another trusted key's signature": other_key,
    }
    roles = {
        "an alert by the content key": (PLACES["alert"], signed(alert(), by="content")),
        "a bulletin by the alert key": (HERE, signed(play(), by="alert")),
        "an alert by the drill key": (PLACES["alert"], signed(alert(), by="drill")),
        "a plan by the control key": (PLACES["plan"], signed(plan(), by="control")),
        "a configuration by the time key": (PLACES["config"], signed(config(), by="time")),
        "a manifest by the control key": (PLACES["manifest"], signed(manifest(), by="control")),
        "a trust set that is none": (HERE, signed(trust_set(), by="content")),
    }
    return [
        *(Case(name, HERE, signed(play(), by=who), "unknown_key") for name, who in unknown.items()),
        Case("a key that has ended", HERE, GOOD, "unknown_key", now=NOW + 365 * DAY + 1),
        *(Case(name, HERE, raw, "bad_signature") for name, raw in bad.items()),
        *(Case(name, topic, raw, "wrong_role") for name, (topic, raw) in roles.items()),
    ]


def fields() -> list[Case]:
    """Rightly signed by the right key, and still no message."""
    late = json.dumps(json.loads(PLAIN) | {"max_late": 100_001}, separators=(",", ":")).encode()
    half = _less(alert(), "speech_at")
    swapped = to_json(manifest()).replace(f'"sha256":"{BLOB_SHA}"'.encode(), b'"sha256":"' + b"f" * 64 + b'"')
    cases = {
        "no JSON": _said(b"play everything now"),
        "an array": _said(b"[" + PLAIN + b"]"),
        "no type": _said(_less(play(), "type")),
        "an unknown type": _put(b'"type":"play"', b'"type":"shout"'),
        "a type that is not signed": _put(b'"type":"play"', b'"type":"state"'),
        "no mode": _said(_less(play(), "mode")),
        "no expiry": _said(_less(play(), "expires_at")),
        "a name that stands twice": _put(b'"volume":80', b'"volume":80,"volume":80'),
        "a name that stands twice inside an unknown field": _put(b'"gap"', b'"x":{"a":1,"a":2},"gap"'),
        "a fraction for an integer": _put(b'"volume":80', b'"volume":80.0'),
        "an exponent": _put(b'"gap":1000', b'"gap":1e3'),
        "text for an integer": _put(b'"volume":80', b'"volume":"80"'),
        "true for an integer": _put(b'"volume":80', b'"volume":true'),
        "null for an optional field of another kind": _put(b'"repeats":2', b'"repeats":null'),
        "above its bound": _put(b'"volume":80', b'"volume":101'),
        "below its bound": _put(b'"repeats":2', b'"repeats":0'),
        "a huge number": _put(b'"volume":80', b'"volume":' + b"9" * 400),
        "not a number": _put(b'"gap"', b'"x":NaN,"gap"'),
        "nested too deep": _put(b'"gap"', b'"later":[[[[[[[[1]]]]]]]],"gap"'),
        "a lone surrogate": _put(b'"gap"', b'"x":"\\ud800","gap"'),
        "text after the object": _said(PLAIN + b" {}"),
        "a byte order mark": _said(b"\xef\xbb\xbf" + PLAIN),
        "an upper-case id": _put(ORDER.encode(), ORDER.upper().encode()),
        "a bitmap in another spelling": _put(b'"only":"CBA"', b'"only":"CBB"'),
        "a bitmap with padding": _put(b'"only":"CBA"', b'"only":"CBA="'),
        "a start that may come after the expiry": _said(late),
    }
    elsewhere = {
        "half a speech": (PLACES["alert"], _said(half, KEYS["alert"])),
        "the manifest of another blob": (PLACES["manifest"], _said(swapped)),
        "a chunk too few": (PLACES["manifest"], _said(to_json(manifest()).replace(b'"size":2391', b'"size":3391'))),
        "two numbers in one area": (PLACES["config"], _said(_two_numbers(), KEYS["control"])),
        "an airing of no piece": (PLACES["plan"], _said(_less(plan(), "pieces"))),
        "an airing that stands twice": (PLACES["plan"], _said(_plan_with("airings", lambda two: [two[0]] * 2))),
        "an airing after the plan": (PLACES["plan"], _said(_plan_with("valid_to", lambda _: NOW + DAY - 1))),
        "an airing that outlives all instants": (PLACES["plan"], _said(_in_the_last_minute())),
        "a plan that ends before it begins": (PLACES["plan"], _said(_plan_with("valid_from", lambda _: NOW + 2 * DAY))),
        "a plan whose caps begin too late": (PLACES["plan"], _said(_plan_with("valid_from", lambda _: NOW - 2 * DAY))),
        "caps that are not in order": (PLACES["plan"], _said(_with_rules(caps=_caps()[:1] + _caps()[:0:-1]))),
        "a budget without days": (PLACES["plan"], _said(_with_rules(midnights=[]))),
        "what is gone is not in order": (PLACES["plan"], _said(_plan_with("gone", lambda gone: ["f" * 64, *gone]))),
        "what is gone stands twice": (PLACES["plan"], _said(_plan_with("gone", lambda gone: gone * 2))),
        "what is gone is to air": (PLACES["plan"], _said(_plan_with("gone", lambda _: [BLOB_SHA]))),
        "days that begin too late": (PLACES["plan"], _said(_with_rules(midnights=[NOW + 1]))),
        "a piece that expires before its latest start": (
            PLACES["plan"],
            _said(_plan_with("pieces", lambda pieces: [pieces[0] | {"max_late": 600_001}])),
        ),
        "a nonce in another spelling": (
            PLACES["time_answer"],
            _said(to_json(time_answer()).replace(b"A" * 22, b"A" * 21 + b"B"), KEYS["time"]),
        ),
    }
    return [
        *(Case(name, HERE, raw, "malformed") for name, raw in cases.items()),
        *(Case(name, topic, raw, "malformed") for name, (topic, raw) in elsewhere.items()),
    ]


def _two_numbers():
    said = json.loads(to_json(config()))
    said["places"].append({"area": AREA, "number": 13})
    return json.dumps(said, separators=(",", ":")).encode()


def _plan_with(field, change):
    said = json.loads(to_json(plan()))
    said[field] = change(said[field])
    return json.dumps(said, separators=(",", ":")).encode()


def _in_the_last_minute():
    """Of the year 2099; the airing lives for ten."""
    last = 4_102_444_800 * SECOND
    said = json.loads(_plan_with("airings", lambda both: [both[0] | {"start_at": last - 60 * SECOND}]))
    return json.dumps(said | {"valid_to": last}, separators=(",", ":")).encode()


def _with_rules(**changes):
    return _plan_with("rules", lambda rules: rules | changes)


def _caps():
    return json.loads(to_json(plan()))["rules"]["caps"]


def places() -> list[Case]:
    """Valid, but not here."""
    own = TOPICS.down(DEVICE, "order")
    cases = {
        "for another tenant": (HERE, signed(play(tenant=OTHER_TENANT))),
        "a drill": (HERE, signed(play(mode="drill"))),
        "an area's order on the speaker's own topic": (own, GOOD),
        "the speaker's own order on an area's topic": (HERE, signed(play(to=f"dev/{DEVICE}", only=None))),
        "another speaker's order on ours": (own, signed(stop(to=f"dev/{OTHER_DEVICE}"))),
        "another speaker's topic": (TOPICS.down(OTHER_DEVICE, "order"), signed(stop(to=f"dev/{OTHER_DEVICE}"))),
        "an area that is not ours": (TOPICS.area_order(OTHER_AREA), signed(play(to=f"area/{OTHER_AREA}"))),
        "another area's order on ours": (HERE, signed(play(to=f"area/{OTHER_AREA}"))),
        "an alert under another alert's name": (TOPICS.alert(AREA, named("another alert")), signed(alert())),
        "an alert on the topic of orders": (HERE, signed(alert())),
        "an order on the topic of alerts": (TOPICS.alert(AREA, ALERT), GOOD),
        "a stop on the topic of configurations": (TOPICS.down(DEVICE, "config"), signed(stop())),
        "another speaker's plan on ours": (PLACES["plan"], signed(plan(to=f"dev/{OTHER_DEVICE}"))),
        "a plan on the topic of orders": (own, signed(plan())),
        "a configuration on the topic of orders": (own, signed(config())),
        "a manifest on another blob's topic": (TOPICS.manifest("f" * 64), signed(manifest())),
        "another speaker's time": (PLACES["time_answer"], signed(time_answer(to=f"dev/{OTHER_DEVICE}"))),
        "what speakers say": (TOPICS.up(DEVICE, "receipt"), signed(MAKERS["receipt"]())),
    }
    return [Case(name, topic, raw, "wrong_place") for name, (topic, raw) in cases.items()]


def times() -> list[Case]:
    """Too early, or for too long."""
    return [
        Case("issued more than five minutes ahead", HERE, GOOD, "from_future", now=NOW - CLOCK_SLACK - 1),
        Case("a plan from tomorrow", PLACES["plan"], _tomorrows_plan(), "from_future"),
        Case("a configuration from tomorrow", PLACES["config"], signed(config(issued_at=NOW + DAY)), "from_future"),
        Case("expires in more than eight days", HERE, signed(play(expires_at=NOW + MAX_AHEAD + 1)), "too_far_ahead"),
        Case(
            "a stop for more than eight days", PLACES["stop"], signed(stop(expires_at=NOW + 9 * DAY)), "too_far_ahead"
        ),
        Case(
            "an alert for more than eight days",
            PLACES["alert"],
            signed(alert(expires_at=NOW + 9 * DAY)),
            "too_far_ahead",
        ),
        Case(
            "a plan for more than eight days",
            PLACES["plan"],
            signed(plan(valid_to=NOW + MAX_AHEAD + 1)),
            "too_far_ahead",
        ),
        Case("a topic of nobody", TOPICS.root + "/area/everybody/order", GOOD, "unknown_topic"),
        Case(
            "another tenant's topic", f"loa/1/{OTHER_TENANT}/area/{AREA}/order", GOOD, "unknown_topic", now=NOW + SECOND
        ),
    ]


def cases() -> list[Case]:
    """All of them."""
    return [*good(), *form(), *keys(), *fields(), *places(), *times()]
