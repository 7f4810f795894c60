"""A session of docs/vectors.json played to a speaker: what comes in is fed, what goes out is compared."""

import json
import random
from pathlib import Path
from typing import Protocol

from tests.contract.stranger_reading import fits, to_bytes

TOLD = json.loads((Path(__file__).parents[2] / "docs" / "vectors.json").read_text())
SLACK = 100_000
"""How far the times of a receipt may be off, us."""
FREE = {"issued_at", "clock_error", "model", "firmware"}
TIMES = ("started_at", "ended_at")


class UnderTest(Protocol):
    """A speaker as the harness sees it; what it says is collected in `said`."""

    said: list[dict]

    def connected(self, mono: int) -> None: ...

    def disconnected(self, mono: int) -> None: ...

    def granted(self, topic: str, mono: int) -> None: ...

    def message(self, topic: str, payload: bytes, mono: int) -> None: ...

    def wake(self, mono: int) -> None: ...

    def next_wake(self) -> int | None: ...


class Dice:
    """Chance that gives ids and nonces as they stand in the session."""

    def __init__(self, *numbers: int) -> None:
        self._numbers = iter(numbers)
        self._random = random.Random(7)
        self.random, self.uniform = self._random.random, self._random.uniform

    def getrandbits(self, bits: int, /) -> int:
        given = next(self._numbers, None)
        return self._random.getrandbits(bits) if given is None else given


def play(speaker: UnderTest, until: int = 10**12) -> None:
    """Feed the session up to `until` (us); AssertionError at the first difference between two inputs."""
    steps = [step for step in TOLD["session"]["steps"] if step["at"] <= until]
    starts = [index for index, step in enumerate(steps) if "in" in step]
    for start, after in zip(starts, [*starts[1:], len(steps)], strict=True):
        end = steps[after]["at"] if after < len(steps) else min(until, steps[start]["at"] + 2_000_000) + 1
        _feed(speaker, steps[start])
        _pass_time(speaker, end - 1)
        wanted = [step for step in steps[start + 1 : after] if _counts(step)]
        said = [step for step in speaker.said if _counts(step)]
        speaker.said.clear()
        _compare(said, wanted, steps[start])


def _feed(speaker: UnderTest, step: dict) -> None:
    mono = step["at"]
    speaker.wake(mono)
    if step["in"] == "connected":
        speaker.connected(mono)
    elif step["in"] == "disconnected":
        speaker.disconnected(mono)
    elif step["in"] == "granted":
        speaker.granted(step["topic"], mono)
    else:
        speaker.message(step["topic"], payload_of(step), mono)


def payload_of(told: dict) -> bytes:
    return told["bytes"].encode() if "bytes" in told else to_bytes(told["base64url"])


def _pass_time(speaker: UnderTest, until: int) -> None:
    while (at := speaker.next_wake()) is not None and at <= until:
        speaker.wake(at)


def _counts(step: dict) -> bool:
    return "/time/req/" not in step["topic"] and not step["topic"].endswith("/up/health")


def _compare(said: list[dict], wanted: list[dict], after: dict) -> None:
    plain = sorted((_plain(step) for step in said), key=_order)
    expected = sorted((_plain(step) for step in wanted), key=_order)
    times = [(one.pop("times", None), two.pop("times", None)) for one, two in zip(plain, expected, strict=False)]
    assert plain == expected, after
    for one, two in times:
        assert all(_close(a, b) for a, b in zip(one or (), two or (), strict=True)), after


def _order(step: dict) -> str:
    return json.dumps({name: value for name, value in step.items() if name != "times"}, sort_keys=True)


def _plain(step: dict) -> dict:
    """A step without what may differ; times apart."""
    told = {name: step[name] for name in ("out", "topic", "qos", "retained") if name in step}
    if step["out"] != "publish":
        return told
    raw = step["bytes"] if isinstance(step["bytes"], bytes) else step["bytes"].encode()
    fields = _fields(raw)
    times = tuple(fields.pop(name, None) for name in TIMES)
    return told | {"fields": {name: value for name, value in fields.items() if name not in FREE}, "times": times}


def _fields(raw: bytes) -> dict:
    if not raw.startswith(b"ey"):
        return json.loads(raw)
    said, _, signature = raw.rpartition(b".")
    assert fits(TOLD["keys"]["device"]["public"], signature.decode(), said)
    return json.loads(to_bytes(said.decode().split(".")[1]))


def _close(one: int | None, two: int | None) -> bool:
    return one == two if None in (one, two) else abs(one - two) <= SLACK
