"""Every field of every message: what is inside its bounds is read, what is outside is refused."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from devices.protocol import codec
from devices.protocol.codec import MAX_UNSIGNED_BYTES, SIGNED, UNSIGNED, parse, parse_unsigned, read_type, to_json
from devices.protocol.errors import Malformed
from devices.protocol.json_text import read_object
from devices.protocol.messages.plans import Airing, Cap
from tests.devices.protocol.samples import (
    AREA,
    BLOB_SHA,
    KEYS,
    MAKERS,
    NOW,
    OTHER_AREA,
    SECOND,
    TYPES,
    alert,
    health,
    manifest,
    named,
    piece,
    plan,
    play,
    rules,
)

MODELS = {kind: model for kind, (model, _) in SIGNED.items()} | dict(UNSIGNED)
YEAR_2100 = 4_102_444_800_000_000
EXACT = 2**53 - 1


def said(kind, **changes):
    """The JSON fields of the good message, changed; None takes a field away."""
    fields = json.loads(to_json(MAKERS[kind]())) | changes
    return {name: value for name, value in fields.items() if value is not None}


def read(kind, fields):
    return parse(json.dumps(fields).encode(), MODELS[kind])


def test_every_type_has_a_maker_and_every_model_its_type():
    assert set(MAKERS) == set(TYPES) == set(codec.PLACES)
    assert all(model.model_fields["type"].default == kind for kind, model in MODELS.items())


@pytest.mark.parametrize("kind", TYPES)
def test_every_message_survives_the_wire(kind):
    message = MAKERS[kind]()
    assert parse(to_json(message), MODELS[kind]) == message
    assert read_type(read_object(to_json(message))) == kind


def _airings(count):
    return [{"order": named(f"airing {number}"), "piece": 0, "start_at": NOW} for number in range(count)]


def _caps(count):
    return [{"at": at, "percent": 100} for at in range(count)]


EDGES = [
    # type, field, good values, bad values
    ("play", "issued_at", [0, YEAR_2100], [-1, YEAR_2100 + 1]),
    ("play", "tenant", [], ["", "x", "7E0A0000-0000-4000-8000-000000000001", "7e0a0000-0000-4000-8000-00000000000"]),
    ("play", "mode", ["live", "drill"], ["", "LIVE", "test"]),
    ("play", "order", [], ["", "0" * 36, "{7e0a0000-0000-4000-8000-000000000001}"]),
    ("play", "occurrence", [], ["", "7e0a0000-0000-4000-8000-000000000001\n"]),
    ("play", "sha256", ["0" * 64], ["0" * 63, "0" * 65, "A" * 64, "g" * 64]),
    ("play", "duration", [1, 86_400_000], [0, -1, 86_400_001]),
    ("play", "start_at", [0, NOW], [-1, YEAR_2100 + 1]),
    ("play", "max_late", [0, 100_000], [-1, 86_400_001]),
    ("play", "expires_at", [YEAR_2100], [-1, YEAR_2100 + 1]),
    ("play", "rank", ["normal", "priority"], ["emergency", "alert", "", "Normal"]),
    ("play", "volume", [0, 100], [-1, 101]),
    ("play", "repeats", [1, 20], [0, 21]),
    ("play", "gap", [0, 86_400_000], [-1, 86_400_001]),
    ("play", "only", ["CBA", "AA", "A" * 8_192], ["", "A", "AB", "AAB", "AA=", "AA+A", "A" * 8_193, "A" * 8_196]),
    ("stop", "order", [], ["", "*"]),
    ("stop", "occurrence", [], ["", "*"]),
    ("stop", "expires_at", [0, YEAR_2100], [-1, YEAR_2100 + 1]),
    ("stop", "only", ["CBA"], ["", "B"]),
    ("alert", "alert", [], ["", "x"]),
    ("alert", "rev", [1, 65_535], [0, 65_536]),
    ("alert", "action", ["sound", "cancel"], ["", "stop"]),
    ("alert", "tone", ["f" * 64], ["f" * 63]),
    ("alert", "speech", ["f" * 64], ["", "f" * 65]),
    ("alert", "speech_at", [NOW + 2 * SECOND], [-1, YEAR_2100 + 1]),
    ("alert", "speech_duration", [1, 86_400_000], [0, -1, 86_400_001]),
    ("alert", "repeats", [1, 20], [0, 21]),
    ("alert", "gap", [0, 86_400_000], [-1, 86_400_001]),
    ("alert", "volume", [0, 100], [-1, 101]),
    ("alert", "silent_speech", [False], [0, "false"]),
    ("alert", "only", ["CBA"], ["", "B"]),
    ("manifest", "size", [2_049, 3_072], [0, -1, 2_048, 3_073, 1_200 * 65_536 + 1]),
    ("manifest", "chunk_bytes", [], [1_023, 65_537, 0, 4_096]),
    ("manifest", "chunks", [], [[], ["f" * 64] * 2, ["f" * 64] * 4, ["f" * 64] * 1_201, ["f"] * 3]),
    ("manifest", "sha256", [], ["f" * 64, "F" * 64]),
    ("manifest", "codec", ["ogg-opus"], ["mp3", ""]),
    ("manifest", "duration", [1, 86_400_000], [0, 86_400_001]),
    ("config", "seq", [0, EXACT], [-1, EXACT + 1]),
    ("config", "heartbeat", [5, 86_400], [4, 86_401]),
    ("config", "volume", [0, 100], [-1, 101]),
    ("config", "trim", [-500_000, 500_000], [-500_001, 500_001]),
    ("config", "clips", [{}, {"tone": "f" * 64}],
     [{"tone": "f"}, {"": "f" * 64}, {"a b": "f" * 64}, {"x" * 65: "f" * 64}, {f"c{n}": "f" * 64 for n in range(33)}]),
    ("config", "places", [[], [{"area": AREA, "number": 0}, {"area": OTHER_AREA, "number": 49_151}]],
     [[{"area": AREA, "number": -1}], [{"area": AREA, "number": 49_152}], [{"area": "x", "number": 1}], [{}],
      [{"area": AREA, "number": 1}, {"area": AREA, "number": 2}], [{"area": AREA, "number": 1}] * 17]),
    ("plan", "seq", [0, EXACT], [-1, EXACT + 1]),
    ("plan", "valid_from", [NOW - 17 * 3_600 * SECOND, NOW + 1], [-1, YEAR_2100 + 1]),
    ("plan", "valid_to", [YEAR_2100], [-1, YEAR_2100 + 1, NOW]),
    ("plan", "pieces", [said("plan")["pieces"] * 128], [[], [{}], said("plan")["pieces"] * 129]),
    ("plan", "airings", [[], _airings(256)],
     [_airings(257), [{}], _airings(1) * 2, [_airings(1)[0] | {"piece": 1}], [_airings(1)[0] | {"piece": 128}],
      [_airings(1)[0] | {"instead": [AREA] * 9}], [_airings(1)[0] | {"instead": [""]}],
      [_airings(1)[0] | {"start_at": -1}], [_airings(1)[0] | {"order": "x"}]]),
    ("plan", "rules", [{"caps": _caps(256)}, {"caps": _caps(1), "budget": 0, "midnights": [0]},
                       {"caps": _caps(1), "budget": 86_400_000, "midnights": list(range(16))}],
     [{}, {"caps": []}, {"caps": _caps(257)}, {"caps": _caps(1), "midnights": list(range(17))},
      {"caps": _caps(1), "budget": -1, "midnights": [0]}, {"caps": _caps(1), "budget": 86_400_001, "midnights": [0]},
      {"caps": [{"at": 0, "percent": 101}]}, {"caps": [{"at": -1, "percent": 0}]}, {"caps": _caps(2)[::-1]}]),
    ("plan", "stage", [0, EXACT], [-1, EXACT + 1]),
    ("plan", "gone", [[], [f"{n:064x}" for n in range(64)]],
     [[f"{n:064x}" for n in range(65)], ["f"], ["f" * 64, "0" * 64], ["f" * 64] * 2, [BLOB_SHA]]),
    ("plan_ack", "seq", [0, EXACT], [-1, EXACT + 1]),
    ("plan_ack", "missing", [[], ["f" * 64] * 128], [["f" * 64] * 129, ["x"]]),
    ("plan_ack", "gone", [[], ["f" * 64] * 64], [["f" * 64] * 65, ["x"]]),
    ("plan_ack", "free", [0, EXACT], [-1, EXACT + 1]),
    ("ack", "ledger", [], ["", "x"]),
    ("ack", "through", [0, EXACT], [-1, EXACT + 1]),
    ("time_answer", "nonce", ["A" * 21 + "w"], ["A" * 21, "A" * 23, "A" * 21 + "B", "A" * 21 + "+"]),
    ("time_answer", "t1", [0, EXACT], [-1, EXACT + 1]),
    ("time_answer", "t2", [0, YEAR_2100], [-1, YEAR_2100 + 1]),
    ("time_answer", "t3", [0, YEAR_2100], [-1, YEAR_2100 + 1]),
    ("time_request", "nonce", [], ["", "A" * 21 + "B"]),
    ("time_request", "t1", [0, EXACT], [-1, EXACT + 1]),
    ("hello", "model", ["x", "x" * 64, "a.b_c:d+e-f"], ["", "x" * 65, "a b", "é"]),
    ("hello", "firmware", ["1.0.0-rc.1+b2"], ["", "1/0"]),
    ("hello", "config_seq", [0, EXACT], [-1, EXACT + 1]),
    ("hello", "trust_seq", [0, EXACT], [-1, EXACT + 1]),
    ("hello", "plan_seq", [0, EXACT], [-1, EXACT + 1]),
    ("hello", "next_receipt", [0, EXACT], [-1, EXACT + 1]),
    ("hello", "unacknowledged", [0, EXACT], [-1, EXACT + 1]),
    ("hello", "open_orders", [[], [AREA] * 256], [[AREA] * 257, ["x"], AREA]),
    ("hello", "blobs", [[], ["f" * 64] * 256], [["f" * 64] * 257, ["x"]]),
    ("hello", "clock_error", [0, EXACT], [-1, EXACT + 1]),
    ("hello", "clock_valid", [True, False], [0, 1, "true"]),
    ("receipt", "n", [1, EXACT], [0, -1, EXACT + 1]),
    ("receipt", "state", ["have", "playing", "played", "failed", "refused", "expired", "cancelled"],
     ["queued", "unreachable", "PLAYED", ""]),
    ("receipt", "reason", ["none", "no_space"], ["", "two words", "x" * 65]),
    ("receipt", "heard", [0, EXACT], [-1, EXACT + 1]),
    ("receipt", "expected", [0, EXACT], [-1, EXACT + 1]),
    ("receipt", "started_at", [0, YEAR_2100], [-1, YEAR_2100 + 1]),
    ("receipt", "ended_at", [0, YEAR_2100], [-1, YEAR_2100 + 1]),
    ("receipt", "restarts", [0, EXACT], [-1, EXACT + 1]),
    ("receipt", "clock_error", [0, EXACT], [-1, EXACT + 1]),
    ("report", "code", ["bad_signature"], ["", "bad signature"]),
    ("report", "count", [1, 1_000_000], [0, 1_000_001]),
    ("report", "about", ["", "x" * 200, "ấp Tân Hòa 🔊"], ["x" * 201]),
    ("state", "online", [True, False], [0, 1, "false"]),
    ("health", "uptime", [0, EXACT], [-1, EXACT + 1]),
    ("health", "volume", [0, 100], [-1, 101]),
    ("health", "playing", [AREA], ["", "x"]),
    ("health", "temperature", [-60, 150, 20, 20.5], [-60.1, 150.1, "20"]),
    ("health", "supply", [0, 100, 12.5], [-0.1, 100.1]),
    ("health", "signal", [-150, 0], [-151, 1, -70.5]),
    ("health", "flash_free", [0, EXACT], [-1, EXACT + 1]),
    ("health", "flash_faults", [0, EXACT], [-1, EXACT + 1, 0.5]),
    ("health", "slot", ["a", "b"], ["", "A", "c"]),
    ("health", "feed", ["mains", "solar", "battery"], ["", "wind"]),
    ("health", "battery", [0, 100], [-1, 101, 50.5]),
    ("health", "battery_volts", [0, 100, 12.5], [-0.1, 100.1, "12"]),
    ("health", "charging", [True, False], [0, 1, "true"]),
    ("health", "amplifier", ["standby", "on", "stuck_off", "stuck_on", "fault", "line_open"], ["", "off"]),
    ("health", "drive", [-120, 20, -3.5], [-120.1, 20.1]),
    ("health", "heard", [-120, 20, -3.5], [-120.1, 20.1]),
    ("health", "noise", [-120, 20, -3.5], [-120.1, 20.1]),
    ("health", "tone", [0, 20_000], [-1, 20_001, 440.5]),
    ("health", "data_used", [0, EXACT], [-1, EXACT + 1]),
    ("health", "data_share", [0, 100_000], [-1, 100_001]),
    ("trust", "seq", [0, EXACT], [-1, EXACT + 1]),
    ("trust", "keys", [], [[], [said("trust")["keys"][0]] * 2, [said("trust")["keys"][0]] * 33]),
    ("trust", "root_changes", [[]], [[{}], {}, "", 0]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "field", "good", "bad"), EDGES, ids=[f"{e[0]}.{e[1]}" for e in EDGES])
def test_edges(kind, field, good, bad):
    for value in good:
        assert read(kind, said(kind) | {field: value})
    for value in bad:
        with pytest.raises(Malformed):
            read(kind, said(kind) | {field: value})


def test_every_field_has_its_edges():
    named = {(kind, field) for kind, field, _, _ in EDGES}
    shared = {"type", "tenant", "to", "mode", "issued_at", "boot", "ledger", "order", "occurrence", "sha256"}
    shared |= {"start_at", "expires_at", "nonce", "clock_error"}
    missing = [
        (kind, field)
        for kind in TYPES
        for field in MODELS[kind].model_fields
        if (kind, field) not in named and field not in shared
    ]
    assert missing == []


def _leaves(value, path=()):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index))
    else:
        yield path, value


def _changed(fields, path, value):
    copy = json.loads(json.dumps(fields))
    spot = copy
    for step in path[:-1]:
        spot = spot[step]
    spot[path[-1]] = value
    return copy


def _may_lack(kind, path):
    return len(path) == 1 and not MODELS[kind].model_fields[path[0]].is_required()


@pytest.mark.parametrize("kind", TYPES)
def test_no_leaf_takes_another_type(kind):
    for path, value in _leaves(said(kind)):
        others = [None, True, 1.0, 1.5, [], {}, [value], {"x": value}, -1e300]
        others += [] if isinstance(value, str) else ["1"]
        if isinstance(value, bool):
            others = [0, 1, "true", None]
        elif isinstance(value, float):
            others = [None, True, "1", [value]]
        for other in others:
            optional = other is None and (path == ("rules", "budget") or _may_lack(kind, path))
            if not optional or path[0] in {"type", "mode"}:
                with pytest.raises(Malformed):
                    read(kind, _changed(said(kind), path, other))


@pytest.mark.parametrize("kind", TYPES)
def test_a_missing_field_is_refused(kind):
    must = {name for name, field in MODELS[kind].model_fields.items() if field.is_required()}
    for name in must | ({"type", "mode"} & MODELS[kind].model_fields.keys()):
        with pytest.raises(Malformed):
            read(kind, said(kind, **{name: None}))


@pytest.mark.parametrize("kind", TYPES)
def test_an_unknown_field_is_ignored(kind):
    assert read(kind, said(kind) | {"later": {"version": [1, 2]}}) == MAKERS[kind]()


def test_a_message_of_another_type_is_refused():
    with pytest.raises(Malformed):
        parse(to_json(MAKERS["stop"]()), MODELS["play"])


# JSON itself

GOOD = to_json(MAKERS["health"]())


@pytest.mark.parametrize(
    "raw",
    [
        b"", b" ", b"null", b"1", b'"x"', b"[]", b"{", b"{}", GOOD + b"{}", GOOD + b"x", b"\xef\xbb\xbf" + GOOD,
        GOOD.decode().encode("utf-16"), GOOD.replace(b'"uptime"', b"'uptime'"), GOOD[:-1] + b",}",
        GOOD[:-1] + b',"x":"\xff"}', GOOD[:-1] + b',"x":"\xed\xa0\x80"}', GOOD[:-1] + b',"x":"\\ud800"}',
        GOOD[:-1] + b',"uptime":1}', GOOD[:-1] + b',"type":"health"}', GOOD[:-1] + b',"x":{"a":1,"a":1}}',
        GOOD[:-1] + b',"x":NaN}', GOOD[:-1] + b',"x":Infinity}', GOOD[:-1] + b',"x":-Infinity}',
        GOOD.replace(b"41.5", b"NaN"), GOOD.replace(b"41.5", b"1e999"), GOOD.replace(b"86400", b"8.64e4"),
        GOOD.replace(b"86400", b"86400.0"), GOOD.replace(b"86400", b"086400"), GOOD.replace(b"86400", b"+86400"),
        GOOD.replace(b"86400", b"9" * 400), GOOD[:-1] + b',"x":' + b"9" * 5_000 + b"}",
        GOOD[:-1] + b',"x":' + b"[" * 8 + b"]" * 8 + b"}", GOOD[:-1] + b',"x":' + b"[" * 100_000,
        GOOD[:-1] + b',"x":' + b'{"x":' * 5_000 + b"1" + b"}" * 5_001, GOOD[:-1] + b",\x00}",
        GOOD[:-1] + b',"x":"\n"}',
    ],
)  # fmt: skip
def test_what_is_no_json_of_ours(raw):
    with pytest.raises(Malformed):
        parse(raw, MODELS["health"])


def test_other_spellings_of_the_same_json_are_read():
    fields = said("report", about="Mộ Đức")
    spaced = json.dumps(dict(reversed(fields.items())), indent=2, ensure_ascii=True).encode()
    assert read("report", fields) == parse(spaced, MODELS["report"])
    assert parse(GOOD[:-1] + b',"x":[[[[[[[1]]]]]]]}', MODELS["health"]) == MAKERS["health"]()


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused(raw):
    for model in MODELS.values():
        with pytest.raises(Malformed):
            parse(raw, model)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("kind", TYPES)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_any_value_in_any_field_is_read_or_refused(kind, data):
    name = data.draw(st.sampled_from(sorted(MODELS[kind].model_fields)))
    raw = json.dumps(said(kind) | {name: data.draw(json_values)}).encode()
    try:
        message = parse(raw, MODELS[kind])
    except Malformed as error:
        assert len(str(error)) < 400
        return
    assert parse(to_json(message), MODELS[kind]) == message


def test_unsigned_messages_are_small():
    room = MAX_UNSIGNED_BYTES - len(GOOD)
    assert parse_unsigned(GOOD + b" " * room, MODELS["health"])
    with pytest.raises(Malformed):
        parse_unsigned(GOOD + b" " * (room + 1), MODELS["health"])


# Values that make no sense together can neither be read nor built

CONTRADICTIONS = [
    (play, {"start_at": NOW + 120 * SECOND + 1}),
    (play, {"max_late": 100_001}),
    (alert, {"start_at": NOW + 600 * SECOND + 1}),
    (alert, {"speech_at": None}),
    (alert, {"speech": None}),
    (alert, {"speech": None, "speech_at": None}),
    (alert, {"speech_duration": 0}),
    (alert, {"silent_speech": True}),
    (alert, {"speech_at": NOW + 1 * SECOND}),
    (manifest, {"to": "blob/" + "f" * 64}),
    (manifest, {"sha256": "f" * 64}),
    (manifest, {"size": 1_024}),
    (health, {"temperature": float("nan")}),
]


@pytest.mark.parametrize(("make", "changes"), CONTRADICTIONS)
def test_contradictions(make, changes):
    with pytest.raises(ValidationError):
        make(**changes)
    if not any(isinstance(value, float) for value in changes.values()):
        kind = make().type
        fields = {name: value for name, value in (said(kind) | changes).items() if value is not None}
        with pytest.raises(Malformed):
            read(kind, fields)


@pytest.mark.parametrize(
    ("make", "changes"),
    [
        (play, {"start_at": NOW + 90 * SECOND}),
        (play, {"max_late": 0, "start_at": NOW + 120 * SECOND}),
        (alert, {"speech": None, "speech_at": None, "speech_duration": 0}),
        (alert, {"speech": None, "speech_at": None, "speech_duration": 0, "silent_speech": True}),
        (alert, {"speech_at": NOW + 700 * SECOND}),
        (manifest, {"chunks": ("f" * 64,), "size": 1}),
    ],
)
def test_near_misses_can_be_built(make, changes):
    assert make(**changes)


def test_the_trust_set_gives_no_role_that_only_a_root_or_a_speaker_has():
    for role in ("root", "device", "everything", ""):
        keys = [{"public": KEYS["content"].verify_key.public, "roles": [role], "not_after": NOW}]
        with pytest.raises(Malformed):
            read("trust", said("trust", keys=keys))


@pytest.mark.parametrize("public", ["", "A" * 42, "A" * 44, "A" * 42 + "B", "A" * 42 + "="])
def test_keys_and_signatures_have_one_spelling(public):
    change = {"old": "A" * 43, "new": "A" * 43, "by_old": "A" * 86, "by_new": "A" * 86}
    assert read("trust", said("trust", root_changes=[change]))
    for field in ("old", "new"):
        with pytest.raises(Malformed):
            read("trust", said("trust", root_changes=[change | {field: public}]))
    for signature in ("A" * 85, "A" * 87, "A" * 85 + "B"):
        with pytest.raises(Malformed):
            read("trust", said("trust", root_changes=[change | {"by_new": signature}]))


def test_the_largest_messages_fit():
    most = manifest(size=1_200 * 65_536, chunk_bytes=65_536, chunks=("f" * 64,) * 1_200)
    hello = MAKERS["hello"](open_orders=(AREA,) * 256, blobs=(BLOB_SHA,) * 256)
    order = play(only="_" * 8_192)
    airings = tuple(Airing(**said | {"piece": 127, "instead": (AREA,) * 2}) for said in _airings(256))
    loud = rules(caps=tuple(Cap(at=NOW - 255 + second, percent=100) for second in range(256)))
    days = plan(pieces=(piece(),) * 128, airings=airings, rules=loud)
    assert max(len(to_json(message)) for message in (most, hello, order, days)) * 4 / 3 + 200 < 128 * 1024
