"""docs/vectors.json, put together: what another speaker's builders test against."""

import hashlib
import json

from devices.protocol import base64url, bitmap
from devices.protocol.codec import UNSIGNED, to_json
from devices.protocol.errors import ProtocolError, UnknownTopic
from devices.protocol.messages.trust import RootChange
from devices.protocol.signing import sign
from devices.protocol.trust import root_change_bytes
from tests.devices.protocol.samples import (
    AREA,
    BLOB,
    BLOB_SHA,
    CHUNKS,
    DEVICE,
    KEYS,
    MAKERS,
    NOW,
    NUMBER,
    ONLINE_ROLES,
    OTHER_TENANT,
    PLACES,
    TENANT,
    TOPICS,
    config,
    key,
    manifest,
    play,
    secret,
    signed,
    trust_set,
    trusted,
)  # fmt: skip
from tests.devices.protocol.vectors_plans import plans
from tests.devices.protocol.vectors_refusals import cases
from tests.devices.protocol.vectors_session import session
from tests.devices.protocol.vectors_time import alert_timelines, bulletins, exchanges

ROOTS = ("root", "root 2", "root 3", "root 4")


def vectors() -> dict:
    """All parts, in the order of the page."""
    return {
        "about": "Test vectors of loa/1; docs/protocol.md, section 21, says how to use them. Never use these keys.",
        "keys": _keys(),
        "birth": {
            "tenant": TENANT,
            "device": DEVICE,
            "root": KEYS["root"].verify_key.public,
            "trust": signed(trust_set()).decode(),
        },
        "now": NOW,
        "place": {"area": AREA, "number": NUMBER},
        "base64url": _base64url(),
        "bitmap": _bitmaps(),
        "json": _json(),
        "topics": _topics(),
        "config": {"topic": PLACES["config"], "bytes": signed(config()).decode()},
        "messages": [
            {
                "name": case.name,
                "topic": case.topic,
                "now": case.now,
                "verdict": case.verdict,
                "bytes": case.bytes.decode(),
            }
            for case in cases()
        ],
        "unsigned": [{"topic": PLACES[kind], "bytes": to_json(MAKERS[kind]()).decode()} for kind in UNSIGNED],
        "root_change": _root_change(),
        "trust": _trust(),
        "sequences": _sequences(),
        "fetch": _fetch(),
        "time": exchanges(),
        "bulletin": bulletins(),
        "alert": alert_timelines(),
        "plan": plans(),
        "session": session(),
    }


def _keys() -> dict:
    names = {"root": "root", **{role: role for role in ONLINE_ROLES}, "device": "device", "stranger": "none"}
    names |= dict.fromkeys(ROOTS[1:], "root")
    return {
        name: {
            "role": role,
            "secret": base64url.encode(secret(name)),
            "public": key(name).verify_key.public,
            "id": key(name).id,
        }
        for name, role in names.items()
    }


def _base64url() -> dict:
    good = [b"", b"\x00", b"\xff", b"\xfb\xff", b"loa", bytes(range(32))]
    bad = ["A", "AB", "AAB", "AA==", "AA=", "+A", "/w", "A A", "AA\n", "AAAAA"]
    return {"good": [{"text": base64url.encode(raw), "hex": raw.hex()} for raw in good], "bad": bad}


def _bitmaps() -> list[dict]:
    sets = [[0], [7], [8], [3, 12], [0, 1, 2, 3, 4, 5, 6, 7], [49_151]]
    told = [{"text": bitmap.pack(named), "numbers": named} for named in sets[:-1]]
    return [*told, {"text": "AA", "numbers": []}, {"text": "CBAA", "numbers": [3, 12]}]


def _json() -> dict:
    good = ['{"type":"x"}', ' {\n"type" : "x" }\n', '{"type":"x","a":[[[[[[[1]]]]]]]}', '{"t\\u0079pe":"x","đ":"ệ"}']
    bad = [
        "",
        "null",
        "[]",
        '"x"',
        "{",
        '{"type":"x"}{}',
        '{"type":"x",}',
        "{'type':'x'}",
        '{"type":"x","type":"x"}',
        '{"type":"x","a":{"b":1,"b":1}}',
        '{"type":"x","a":NaN}',
        '{"type":"x","a":-Infinity}',
        '{"type":"x","a":01}',
        '{"type":"x","a":+1}',
        '{"type":"x","a":[[[[[[[[1]]]]]]]]}',
        '\ufeff{"type":"x"}',
        '{"type":"x","a":"\n"}',
    ]
    return {"good": good, "bad": bad}


def _topics() -> list[dict]:
    root = TOPICS.root
    odd = [
        root,
        root + "/trust/",
        root + "/TRUST",
        root + "/area/" + AREA + "/orders",
        f"loa/2/{TENANT}/trust",
        f"loa/1/{OTHER_TENANT}/trust",
        TOPICS.area_order(AREA.upper()),
        TOPICS.chunk(BLOB_SHA, 1_200),
        root + f"/blob/{BLOB_SHA}/01",
        root + f"/blob/{BLOB_SHA}/1٣",
        root + f"/blob/{BLOB_SHA}/",
        "/" + TOPICS.trust,
        root + f"/dev/{DEVICE}/down/plans",
        root + "/area/+/order",
    ]
    known = [*dict.fromkeys(PLACES.values()), TOPICS.chunk(BLOB_SHA, 0), TOPICS.chunk(BLOB_SHA, 1_199)]
    return [{"topic": topic, "verdict": _topic_verdict(topic)} for topic in (*known, *odd)]


def _topic_verdict(topic: str) -> str:
    try:
        TOPICS.parse(topic)
    except UnknownTopic as error:
        return error.code
    return "good"


def change(old: str, new: str, tenant: str = TENANT, by_old: str = "", by_new: str = "") -> RootChange:
    """One hand-over between named roots, signed by both, or by whom you name."""
    keys = [key(old), key(new)]
    said = root_change_bytes(tenant, keys[0].verify_key.public, keys[1].verify_key.public)
    first, second = (base64url.encode(key(name)._key.sign(said)) for name in (by_old or old, by_new or new))
    return RootChange(old=keys[0].verify_key.public, new=keys[1].verify_key.public, by_old=first, by_new=second)


def chain(length: int) -> tuple[RootChange, ...]:
    return tuple(change(ROOTS[n], ROOTS[n + 1]) for n in range(length))


def a_set(root: str = "root", **changes) -> bytes:
    """A trust set, one newer than the first, signed by this root."""
    return sign(to_json(trust_set(**({"seq": NOW + 1} | changes))), key(root))


def _root_change() -> dict:
    one = change("root", "root 2")
    return {"said": root_change_bytes(TENANT, one.old, one.new).decode(), "change": json.loads(to_json(one))}


def _trust() -> list[dict]:
    first, second = signed(trust_set()), a_set()
    on_third = a_set("root 3", root_changes=chain(2))
    forged = RootChange(**(chain(1)[0].model_dump() | {"by_old": chain(1)[0].by_new}))
    return [
        {"name": name, "before": [raw.decode() for raw in before], "bytes": raw.decode()} | expect
        for name, before, raw, expect in [
            ("the first one", [], first, _good("root", NOW)),
            ("the same again", [first], first, _good("root", NOW)),
            ("a newer one", [first], second, _good("root", NOW + 1)),
            ("an older one", [first, second], first, _bad("stale")),
            ("the same number, other keys", [first, second], a_set(keys=trusted()[1:]), _bad("conflicting")),
            ("by an online key", [first], a_set("control"), _bad("unknown_key")),
            ("by a stranger", [first], a_set("stranger"), _bad("unknown_key")),
            ("a broken signature", [first], _broken(second), _bad("bad_signature")),
            ("for another tenant", [first], a_set(tenant=OTHER_TENANT), _bad("wrong_place")),
            ("for somebody else", [first], a_set(to="controller"), _bad("wrong_place")),
            ("a drill", [first], a_set(mode="drill"), _bad("wrong_place")),
            ("an order by the root", [first], signed(play(), by="root"), _bad("malformed")),
            ("a root change", [first], a_set("root 2", root_changes=chain(1)), _good("root 2", NOW + 1)),
            ("two root changes at once", [first], on_third, _good("root 3", NOW + 1)),
            ("three from birth", [], a_set("root 4", root_changes=chain(3)), _good("root 4", NOW + 1)),
            (
                "the next of them",
                [first, on_third],
                a_set("root 4", seq=NOW + 2, root_changes=chain(3)),
                _good("root 4", NOW + 2),
            ),
            ("the old root after a change", [first, on_third], a_set(seq=NOW + 2), _bad("unknown_key")),
            ("a link is missing", [first], a_set("root 3", root_changes=chain(3)[1:2]), _bad("unknown_key")),
            ("in the wrong order", [first], a_set("root 3", root_changes=chain(2)[::-1]), _bad("unknown_key")),
            ("not signed by the old root", [first], a_set("root 2", root_changes=(forged,)), _bad("bad_signature")),
            (
                "not signed by the new root",
                [first],
                a_set("root 2", root_changes=(change("root", "root 2", by_new="root"),)),
                _bad("bad_signature"),
            ),
            (
                "a change of another tenant",
                [first],
                a_set("root 2", root_changes=(change("root", "root 2", tenant=OTHER_TENANT),)),
                _bad("bad_signature"),
            ),
            (
                "a change that is not ours, badly signed",
                [first],
                a_set(root_changes=(change("stranger", "root 2", by_old="root 2"),)),
                _good("root", NOW + 1),
            ),
        ]
    ]


def _good(root: str, seq: int) -> dict:
    return {"verdict": "good", "root": key(root).verify_key.public, "seq": seq}


def _bad(code: str) -> dict:
    return {"verdict": code}


def _broken(raw: bytes) -> bytes:
    changed = bytearray(raw)
    changed[-10] ^= 1
    return bytes(changed)


def _sequences() -> dict:
    steps = [
        (config(seq=5), "good"),
        (config(seq=4), "stale"),
        (config(seq=5), "good"),
        (config(seq=5, volume=1), "conflicting"),
        (config(seq=9, volume=2), "good"),
        (config(seq=8, volume=3), "stale"),
        (config(seq=0), "stale"),
    ]
    told = [
        {"bytes": signed(message).decode(), "verdict": verdict, "volume": message.volume} for message, verdict in steps
    ]
    return {"topic": PLACES["config"], "steps": told}


def _fetch() -> dict:
    wrong = bytes([CHUNKS[1][0] ^ 1]) + CHUNKS[1][1:]
    return {
        "manifest": {"topic": PLACES["manifest"], "bytes": signed(manifest()).decode()},
        "chunks": [
            {"topic": TOPICS.chunk(BLOB_SHA, index), "base64url": base64url.encode(chunk)}
            for index, chunk in enumerate(CHUNKS)
        ],
        "bad_chunk": {"topic": TOPICS.chunk(BLOB_SHA, 1), "base64url": base64url.encode(wrong), "verdict": "bad_chunk"},
        "missing_after": [
            {"held": held, "missing": [index for index in range(3) if index not in held]}
            for held in ([], [0, 2], [1], [0, 1, 2])
        ],
        "size": len(BLOB),
        "sha256": hashlib.sha256(BLOB).hexdigest(),
    }


def verdict_of(check, *arguments) -> str:
    """`good`, or the code of the refusal."""
    try:
        check(*arguments)
    except ProtocolError as error:
        return error.code
    return "good"
