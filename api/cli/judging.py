"""What the interface answered and what the ledgers say, brought before the judge."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from devices.protocol.units import SECOND
from firmware_sim.judge.reading import read_ledgers
from firmware_sim.judge.records import Accepted, Faults, Part, Viewed, ViewKey
from firmware_sim.judge.verdict import Verdict, judge

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HELD_UP = 5 * SECOND
"""How far a clock may be off behind a bad link: half of how much longer one way held up a whole burst, us."""


Shown = Mapping[str, Any]
"""A broadcast or alert as the interface shows it."""


def verdict_of(
    broadcasts: Sequence[Shown], alerts: Sequence[Shown], folder: Path, now: int, *, bad_link: bool = False
) -> Verdict:
    """Judge orders as the interface shows them now against the ledgers below `folder`.

    `bad_link`: a fault may have delayed every cancel, so it counts from when the speaker verified it; and all
    that told a speaker the time, so what it said of its clock's error counts.
    """
    faults = Faults(told_error=HELD_UP) if bad_link else Faults()
    accepted = [accepted_broadcast(order) for order in broadcasts] + [accepted_alert(order) for order in alerts]
    if bad_link:
        accepted = [replace(order, cancel_reachable=frozenset()) for order in accepted]
    view: dict[ViewKey, Viewed] = {}
    for order, record in zip([*broadcasts, *alerts], accepted, strict=True):
        view |= viewed(order, record)
    return judge(accepted, read_ledgers(folder), view, now, faults)


def accepted_broadcast(order: Shown) -> Accepted:
    stopped = order.get("stop_requested_at")
    return Accepted(
        order=order["id"], occurrence=order["occurrence"], kind="broadcast", accepted_at=micros(order["created_at"]),
        targets=frozenset(order["targets"]), start_at=micros(order["start_at"]), max_late=order["max_late_ms"] * 1_000,
        expires_at=micros(order["expires_at"]), parts={"body": (order["sha256"], order["duration_ms"])},
        repeats=order["repeats"], cancelled_at=micros(stopped) if stopped else None,
    )  # fmt: skip


def accepted_alert(order: Shown) -> Accepted:
    """An alert may start until it expires: who hears of it late plays it late."""
    parts: dict[Part, tuple[str, int]] = {"tone": (order["tone_sha256"], order["tone_ms"])}
    if order.get("speech_sha256"):
        parts["speech"] = (order["speech_sha256"], order["speech_ms"])
    start, expiry = micros(order["start_at"]), micros(order["expires_at"])
    cancelled = order.get("cancelled_at")
    return Accepted(
        order=order["id"], occurrence=order["id"], kind="alert", accepted_at=micros(order["created_at"]),
        targets=frozenset(order["targets"]), start_at=start, max_late=expiry - start, expires_at=expiry,
        parts=parts, repeats=order["repeats"], cancelled_at=micros(cancelled) if cancelled else None,
    )  # fmt: skip


def viewed(order: Shown, accepted: Accepted) -> dict[ViewKey, Viewed]:
    """What is shown for each speaker of one order."""
    return {
        (accepted.order, accepted.occurrence, row["device"]): Viewed(row["state"], row["heard_ms"])
        for row in order["deliveries"]
    }


def micros(text: str) -> int:
    """RFC 3339 to us UTC."""
    return (datetime.fromisoformat(text) - _EPOCH) // timedelta(microseconds=1)
