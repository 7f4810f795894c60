"""Test vectors: the first minutes of one speaker, with all that comes in and all that goes out."""

import itertools
import json

from devices.protocol import base64url, bitmap
from devices.protocol.codec import to_json
from devices.protocol.messages.control import Place
from tests.devices.protocol.samples import (
    ALERT,
    AREA,
    BLOB_MS,
    BLOB_SHA,
    BOOT,
    CHUNKS,
    DEVICE,
    LEDGER,
    NOW,
    NUMBER,
    OTHER_AREA,
    SECOND,
    TOPICS,
    ack,
    alert,
    config,
    hello,
    manifest,
    named,
    play,
    receipt,
    report,
    signed,
    state,
    stop,
    time_answer,
    time_request,
    trust_set,
)  # fmt: skip

OFFSET = NOW - 10 * SECOND
"""UTC minus the speaker's monotonic clock, us."""
MILLI = 1_000
NONCES = [base64url.encode(bytes([number]) * 16) for number in range(32)]
FIRST = {"order": named("first order"), "occurrence": named("first occurrence")}
SILENCED = {"order": named("silenced order"), "occurrence": named("silenced occurrence")}
TARDY = {"order": named("tardy order"), "occurrence": named("tardy occurrence")}
BYGONE = {"order": named("bygone order"), "occurrence": named("bygone occurrence")}
ORDERS = TOPICS.area_order(AREA)
OWN = TOPICS.down(DEVICE, "order")
ALERTS = TOPICS.alert(AREA, ALERT)


def utc(mono: float) -> int:
    """us UTC of a monotonic instant in seconds."""
    return OFFSET + round(mono * SECOND)


class Script:
    """Steps in their order; instants are seconds here, us in the file."""

    def __init__(self) -> None:
        self.steps: list[dict] = []
        self._receipts = itertools.count(1)

    def happens(self, at, what, **more):
        self.steps.append({"at": round(at * SECOND), "in": what} | more)

    def granted(self, at, *filters):
        for filter_ in filters:
            self.happens(at, "granted", topic=filter_)

    def comes(self, at, topic, payload, note, retained=False):
        """A message; `retained` as the broker flags it."""
        text = {"bytes": payload.decode()} if payload[:2] in (b"ey", b"") else {"base64url": base64url.encode(payload)}
        self.happens(at, "message", topic=topic, retained=retained, **text, note=note)

    def asks(self, at, *filters, qos=0):
        for filter_ in filters:
            self.steps.append({"at": round(at * SECOND), "out": "subscribe", "topic": filter_, "qos": qos})

    def drops(self, at, *filters):
        for filter_ in filters:
            self.steps.append({"at": round(at * SECOND), "out": "unsubscribe", "topic": filter_})

    def says(self, at, topic, message, qos=1, retained=False):
        is_signed = message.type in {"hello", "receipt", "report"}
        raw = signed(message) if is_signed else to_json(message)
        told = {"at": round(at * SECOND), "out": "publish", "topic": topic, "qos": qos, "retained": retained}
        self.steps.append(told | {"bytes": raw.decode(), "fields": json.loads(to_json(message))})

    def receipt(self, sent, made, keys, **fields):
        """A receipt, numbered on; `made` is its instant."""
        blank = {"sha256": None, "heard": 0, "expected": 0, "started_at": None, "ended_at": None}
        said = blank | keys | {"issued_at": utc(made), "ledger": LEDGER, "clock_error": 10_000} | fields
        message = receipt(n=next(self._receipts), **said)
        self.says(sent, TOPICS.up(DEVICE, "receipt"), message)
        return message

    def reports(self, at, code, about):
        said = report(code=code, count=1, about=about, issued_at=utc(at))
        self.says(at, TOPICS.up(DEVICE, "log"), said)


def session() -> dict:
    """What is given, and the steps."""
    script = Script()
    _joins(script)
    _fetches_its_clip(script)
    _plays(script)
    _hears_an_alert(script)
    _is_silenced(script)
    kept = _comes_too_late(script)
    _comes_back(script, kept)
    given = {"boot": BOOT, "ledger": LEDGER, "nonces": NONCES, "clip_ms": BLOB_MS, "utc_minus_monotonic": OFFSET}
    return {"given": given, "steps": script.steps}


def _joins(script):
    down, answers = TOPICS.down_all(DEVICE), TOPICS.time_answer(DEVICE)
    script.happens(1.0, "connected")
    script.asks(1.0, down, TOPICS.trust, qos=1)
    script.asks(1.0, answers, qos=0)
    script.says(1.0, TOPICS.up(DEVICE, "state"), state(), retained=True)
    script.says(1.0, TOPICS.time_request(DEVICE), time_request(nonce=NONCES[0], t1=SECOND), qos=0)
    script.granted(1.005, down)
    script.says(1.005, TOPICS.up(DEVICE, "hello"), _hello(next_receipt=1, unacknowledged=1, clock_valid=False))
    script.granted(1.006, TOPICS.trust, answers)
    script.comes(1.010, TOPICS.trust, signed(trust_set()), "the trust set of its birth", retained=True)
    _answers_time(script, 0, 1.0, "the first of a burst: dropped")
    script.says(1.2, TOPICS.time_request(DEVICE), time_request(nonce=NONCES[1], t1=1_200_000), qos=0)
    _answers_time(script, 1, 1.2, "round trip 20 ms: now there is valid time")


def _answers_time(script, number, sent, note):
    t1 = round(sent * SECOND)
    t2 = OFFSET + t1 + 10 * MILLI
    answer = time_answer(nonce=NONCES[number], t1=t1, t2=t2, t3=t2, issued_at=t2)
    script.comes(sent + 0.02, TOPICS.time_answer(DEVICE), signed(answer), note)


def _hello(**fields):
    plain = {"issued_at": 0, "boot": BOOT, "ledger": LEDGER, "model": "stranger", "firmware": "1"}
    plain |= {"config_seq": 0, "trust_seq": NOW, "open_orders": (), "blobs": (), "clock_error": 86_400 * SECOND}
    return hello(**(plain | fields))


def _config():
    places = (Place(area=AREA, number=NUMBER),)
    return config(seq=7, issued_at=NOW - 3_600 * SECOND, clips={"tone": BLOB_SHA}, places=places)


def _fetches_its_clip(script):
    chunks = [TOPICS.chunk(BLOB_SHA, index) for index in range(3)]
    table = TOPICS.manifest(BLOB_SHA)
    script.comes(2.0, TOPICS.down(DEVICE, "config"), signed(_config()), "an area, and a clip to hold", retained=True)
    script.asks(2.0, TOPICS.area_all(AREA), qos=1)
    script.asks(2.0, table)
    script.granted(2.005, TOPICS.area_all(AREA))
    script.comes(2.010, table, signed(manifest(issued_at=utc(0))), "the manifest", retained=True)
    script.drops(2.010, table)
    script.asks(2.010, chunks[0])
    script.comes(2.020, chunks[0], CHUNKS[0], "chunk 0: the line has a pace", retained=True)
    script.drops(2.020, chunks[0])
    script.asks(2.020, chunks[1], chunks[2])
    wrong = bytes([CHUNKS[1][0] ^ 1]) + CHUNKS[1][1:]
    script.comes(2.030, chunks[1], wrong, "chunk 1 with a wrong bit", retained=True)
    script.drops(2.030, chunks[1])
    script.reports(2.030, "bad_chunk", chunks[1])
    script.comes(2.040, chunks[2], CHUNKS[2], "chunk 2", retained=True)
    script.drops(2.040, chunks[2])
    script.asks(2.8, chunks[1])
    script.comes(3.5, chunks[1], CHUNKS[1], "chunk 1: now the clip is held", retained=True)
    script.drops(3.5, chunks[1])


def _plays(script):
    times = {"issued_at": utc(3), "start_at": utc(6), "max_late": 2_000, "expires_at": utc(16)}
    order = play(**FIRST, **times, only=bitmap.pack([3, NUMBER]), repeats=2, gap=1_000)
    script.comes(4.0, ORDERS, signed(order), "an order for us: its blob is held already")
    whole = {"expected": 2 * BLOB_MS}
    script.receipt(4.3, 4.0, FIRST, state="have", **whole)
    again = order.model_copy(update={"to": f"dev/{DEVICE}", "only": None, "issued_at": utc(4.5)})
    script.comes(4.6, OWN, signed(again), "the same order once more")
    forged = signed(play(**SILENCED, **times)).split(b".")[:2] + signed(order, by="stranger").split(b".")[2:]
    script.comes(4.7, ORDERS, b".".join(forged), "a forged order")
    script.reports(4.7, "bad_signature", ORDERS)
    others = play(order=named("others"), occurrence=named("others"), **times, only=bitmap.pack([3]))
    script.comes(4.8, ORDERS, signed(others), "an order for others")
    other = play(**FIRST, **(times | {"start_at": utc(7)}), only=bitmap.pack([3, NUMBER]), repeats=2, gap=1_000)
    script.comes(4.9, ORDERS, signed(other), "another order under the same name")
    script.reports(4.9, "conflicting", ORDERS)
    script.receipt(6.3, 6.0, FIRST, state="playing", **whole)
    heard = {"sha256": BLOB_SHA, "heard": 2 * BLOB_MS, "started_at": utc(6), "ended_at": utc(9)}
    script.steps[-1] = _with_start(script.steps[-1])
    script.receipt(9.3, 9.0, FIRST, state="played", **whole, **heard)
    script.comes(
        9.8, TOPICS.down(DEVICE, "ack"), signed(ack(through=3, issued_at=utc(9.8))), "three receipts are stored"
    )
    older = _config().model_copy(update={"seq": 6})
    script.comes(10.0, TOPICS.down(DEVICE, "config"), signed(older), "an older configuration")
    script.reports(10.0, "stale", TOPICS.down(DEVICE, "config"))


def _with_start(step):
    """`playing` tells what began to sound, and when."""
    said = receipt(**(step["fields"] | {"sha256": BLOB_SHA, "started_at": utc(6), "ended_at": None}))
    return step | {"bytes": signed(said).decode(), "fields": json.loads(to_json(said))}


def _hears_an_alert(script):
    times = {"start_at": utc(10.5), "expires_at": utc(60), "repeats": 1, "gap": 1_000, "tone": BLOB_SHA}
    absent = {"speech": None, "speech_at": None, "speech_duration": 0}
    first = alert(rev=1, issued_at=utc(10.1), **times, **absent)
    key = {"order": ALERT, "occurrence": ALERT}
    script.comes(10.1, ALERTS, signed(first), "an alert: its tone first")
    begun = {"sha256": BLOB_SHA, "started_at": utc(10.5)}
    script.receipt(10.8, 10.5, key, state="playing", expected=BLOB_MS, **begun)
    speech = {"speech": BLOB_SHA, "speech_at": utc(12), "speech_duration": BLOB_MS}
    second = alert(rev=2, issued_at=utc(11.2), **times, **speech)
    script.comes(11.2, ALERTS, signed(second), "the same alert with its speech")
    script.receipt(11.5, 11.2, key, state="have", expected=2 * BLOB_MS, **begun)
    heard = {"heard": 2 * BLOB_MS, "expected": 2 * BLOB_MS, "ended_at": utc(13)}
    script.receipt(13.3, 13.0, key, state="played", **heard, **begun)
    script.comes(13.6, ALERTS, signed(first), "the first revision once more", retained=True)


def _is_silenced(script):
    stopped = stop(**SILENCED, issued_at=utc(14), expires_at=utc(60))
    script.comes(14.0, OWN, signed(stopped), "a stop for an order that has not come yet")
    script.receipt(14.3, 14.0, SILENCED, state="cancelled")
    times = {"issued_at": utc(13), "start_at": utc(15), "max_late": 2_000, "expires_at": utc(60)}
    order = play(**SILENCED, **times, only=None)
    script.comes(14.6, ORDERS, signed(order), "the order that was stopped")


def _comes_too_late(script):
    expected = {"expected": 2 * BLOB_MS}
    tardy = play(**TARDY, issued_at=utc(2), start_at=utc(3), max_late=2_000, expires_at=utc(60), only=None)
    script.comes(15.0, ORDERS, signed(tardy), "an order whose latest start is over")
    script.receipt(15.3, 15.0, TARDY, state="have", **expected)
    script.receipt(15.3, 15.0, TARDY, state="expired", reason="late", **expected)
    bygone = play(**BYGONE, issued_at=utc(0), start_at=utc(1), max_late=1_000, expires_at=utc(9), only=None)
    script.comes(15.6, ORDERS, signed(bygone), "an order that has expired")
    script.receipt(15.9, 15.6, BYGONE, state="expired", reason="late", **expected)
    script.comes(16.2, ALERTS, b"", "housekeeping: the retained alert is taken away")
    foreign = play(to=f"area/{OTHER_AREA}", **TARDY, issued_at=utc(16), only=None)
    script.comes(16.4, TOPICS.area_order(OTHER_AREA), signed(foreign), "an area that is not ours")
    script.reports(16.4, "wrong_place", TOPICS.area_order(OTHER_AREA))
    return [step for step in script.steps if step.get("topic") == TOPICS.up(DEVICE, "receipt")][3:]


def _comes_back(script, kept):
    down, answers = TOPICS.down_all(DEVICE), TOPICS.time_answer(DEVICE)
    script.happens(17.0, "disconnected")
    script.happens(20.0, "connected")
    script.asks(20.0, down, TOPICS.trust, TOPICS.area_all(AREA), qos=1)
    script.asks(20.0, answers, qos=0)
    script.says(20.0, TOPICS.up(DEVICE, "state"), state(), retained=True)
    script.granted(20.005, down)
    now = {"issued_at": utc(20.005), "clock_valid": True, "clock_error": 10_940}
    script.says(
        20.005,
        TOPICS.up(DEVICE, "hello"),
        _hello(**now, config_seq=7, next_receipt=len(kept) + 4, unacknowledged=4, blobs=(BLOB_SHA,)),
    )
    script.granted(20.006, TOPICS.trust, TOPICS.area_all(AREA), answers)
    script.steps += [step | {"at": round(20.3 * SECOND)} for step in kept]
    stored = ack(through=len(kept) + 3, issued_at=utc(21))
    script.comes(21.0, TOPICS.down(DEVICE, "ack"), signed(stored), "all receipts are stored")
