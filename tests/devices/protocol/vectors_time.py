"""Test vectors about instants: exchanges of time, where a bulletin begins, where an alert's parts stand."""

import random
from dataclasses import asdict

from devices.protocol.timesync import Sample, fit
from firmware_sim import alerts, orders
from firmware_sim.alerts import Lengths, Next
from firmware_sim.entries import PlayEntry
from tests.devices.protocol.samples import BLOB_SHA, NOW, SECOND, SPEECH_SHA, TONE_SHA, alert, play

MILLI = 1_000


def exchanges() -> dict:
    """Stamps with offset and round trip, and the line through the first so many of them."""
    samples = [*_bursts(), Sample(5_000 * SECOND, NOW, NOW + 30 * SECOND, 5_000 * SECOND + 400)]
    told = [_stamps(one) | {"offset": one.offset, "round_trip": one.round_trip} for one in samples]
    return {"exchanges": told, "lines": [_line(samples, count) for count in (1, 2, 7, 8, 11, 19, 39, len(samples))]}


def _bursts() -> list[Sample]:
    """Seven, then four a minute, by a clock that is 20 ppm slow; ways of 20 and 12 ms and what chance adds."""
    chance, found = random.Random(8), []
    for minute in range(9):
        for number in range(7 if minute == 0 else 4):
            at = 1_000 * SECOND + minute * 60 * SECOND + number * 200_000
            up, held, down = (
                round(base + chance.expovariate(1 / more)) for base, more in ((20e3, 15e3), (50, 300), (12e3, 6e3))
            )
            offset = NOW - 1_000 * SECOND + (at - 1_000 * SECOND) * 20 // 1_000_000
            found.append(Sample(at, at + up + offset, at + up + offset + held, at + up + held + down))
    return found


def _stamps(sample: Sample) -> dict:
    return {"t1": sample.t1, "t2": sample.t2, "t3": sample.t3, "t4": sample.t4}


def _line(samples: list[Sample], count: int) -> dict:
    """Through the first `count` exchanges, as far as they are used."""
    return {"exchanges": count} | asdict(fit([one.stamps for one in samples[:count] if one.round_trip >= 0]))


START = NOW + 20 * SECOND
ORDER = {"start_at": START, "duration": 10_000, "gap": 2_000, "repeats": 2, "max_late": 40_000}
ORDER |= {"expires_at": START + 67 * SECOND}
BULLETINS = [
    # what, changes, trim, held how long after the start (us; None: never), expected
    ("in time", {}, 0, -5 * SECOND, {"at": 0, "from": 0, "repeat": 0, "until": 10_000}),
    ("in time, with a trim", {}, 250_000, -5 * SECOND, {"at": 250, "from": 0, "repeat": 0, "until": 10_250}),
    (
        "late, joined at the clock position",
        {},
        0,
        3 * SECOND,
        {"at": 3_000, "from": 3_000, "repeat": 0, "until": 10_000},
    ),
    ("too little is left of this repeat", {}, 0, 9_960_000, {"at": 12_000, "from": 0, "repeat": 1, "until": 22_000}),
    ("enough is left of this repeat", {}, 0, 9_950_000, {"at": 9_950, "from": 9_950, "repeat": 0, "until": 10_000}),
    ("in the gap", {}, 0, 11 * SECOND, {"at": 12_000, "from": 0, "repeat": 1, "until": 22_000}),
    ("in the second repeat", {}, 0, 15 * SECOND, {"at": 15_000, "from": 3_000, "repeat": 1, "until": 22_000}),
    (
        "all is over: alone, from its beginning",
        {},
        0,
        30 * SECOND,
        {"at": 30_000, "from": 0, "repeat": 0, "until": 40_000},
    ),
    ("at the last moment", {}, 0, 40 * SECOND, {"at": 40_000, "from": 0, "repeat": 0, "until": 50_000}),
    ("a microsecond too late", {}, 0, 40 * SECOND + 1, {"end": "expired", "reason": "late"}),
    ("never held", {}, 0, None, {"end": "expired", "reason": "no_content"}),
    ("no lateness allowed", {"max_late": 0}, 0, 1, {"end": "expired", "reason": "late"}),
    ("no lateness allowed, in time", {"max_late": 0}, 0, 0, {"at": 0, "from": 0, "repeat": 0, "until": 10_000}),
    ("the next repeat begins too late", {"max_late": 11_500}, 0, 11 * SECOND, {"end": "expired", "reason": "late"}),
    (
        "alone does not fit before the expiry",
        {"expires_at": START + 51 * SECOND},
        0,
        30 * SECOND,
        {"end": "expired", "reason": "late"},
    ),
    (
        "cut off by its expiry",
        {"max_late": 5_000, "expires_at": START + 6 * SECOND},
        0,
        -SECOND,
        {"at": 0, "from": 0, "repeat": 0, "until": 6_000},
    ),
    (
        "the expiry knows no trim",
        {"max_late": 5_000, "expires_at": START + 6 * SECOND},
        500_000,
        -SECOND,
        {"at": 500, "from": 0, "repeat": 0, "until": 6_000},
    ),
]


def bulletins() -> list[dict]:
    """When the first stretch of a bulletin sounds; instants in us UTC, `from_ms` in ms."""
    return [
        {"name": name, "order": ORDER | changes, "trim": trim, "held_at": None if held is None else START + held}
        | {"expect": _absolute(expect)}
        for name, changes, trim, held, expect in BULLETINS
    ]


def _absolute(expect: dict) -> dict:
    if "end" in expect:
        return expect
    told = {"at": START + expect["at"] * MILLI, "from_ms": expect["from"], "repeat": expect["repeat"]}
    return told | {"until": START + expect["until"] * MILLI}


def reference_bulletin(case: dict) -> dict:
    """What the reference speaker makes of such a case."""
    message = play(sha256=BLOB_SHA, **case["order"])
    entry = PlayEntry(order=message.order, occurrence=message.occurrence, expires_at=message.expires_at, play=message)
    held_at = case["held_at"]
    if held_at is not None:
        span = orders.next_span(entry, case["trim"], held_at)
        if span is not None and orders.verdict(entry, case["trim"], held_at, True) is None:
            return {"at": span.at, "from_ms": span.offset // MILLI, "repeat": span.repeat, "until": span.until}
    end = orders.verdict(entry, case["trim"], orders.latest_start(message, case["trim"]) + 1, held_at is not None)
    assert end
    return {"end": end.state, "reason": end.reason}


ALERT = {"start_at": START, "repeats": 3, "gap": 3_000, "speech_duration": 6_000, "expires_at": START + 600 * SECOND}
SPEECH = {"speech": SPEECH_SHA, "tone": TONE_SHA}
ALERTS = [
    ("the speech follows the tone", SPEECH | {"speech_at": START + 2 * SECOND}, [0, 4, 13, 17, 26, 30]),
    ("the speech waits for its time", SPEECH | {"speech_at": START + 9 * SECOND}, [0, 9, 18, 22, 31, 35]),
    (
        "tone alone",
        {"tone": TONE_SHA, "speech": None, "speech_at": None, "speech_duration": 0, "silent_speech": True},
        [0, 7, 14],
    ),
]
TONE_MS = 4_000


def alert_timelines() -> list[dict]:
    """Where each part of each cycle stands, tone of 4 s, speech of 6 s; instants in us UTC."""
    found = []
    for name, changes, at in ALERTS:
        parts = ("tone",) if changes.get("silent_speech") else ("tone", "speech")
        spots = [(cycle, part) for cycle in range(3) for part in parts]
        told = [
            {"cycle": cycle, "part": part, "at": START + second * SECOND}
            for (cycle, part), second in zip(spots, at, strict=True)
        ]
        fields = {key: value for key, value in (ALERT | changes).items() if value is not None}
        found.append({"name": name, "alert": fields, "tone_ms": TONE_MS, "parts": told})
    return found


def reference_alert(case: dict) -> list[dict]:
    """Where the reference speaker sees these parts."""
    absent = {"speech": None, "speech_at": None}
    message = alert(**(absent | case["alert"]))
    lengths = Lengths(case["tone_ms"] * MILLI, message.speech_duration * MILLI)
    return [
        part | {"at": alerts.starts_at(message, Next(part["cycle"], part["part"], "f" * 64), lengths)}
        for part in case["parts"]
    ]
