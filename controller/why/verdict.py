"""The one sentence that the evidence comes to: by the order that decides, else by what the planner says. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from controller.deliveries.states import SIGNED_ENDS, DeliveryState
from controller.why.known import Evidence, Meant

_SIGNED = {state.value for state in SIGNED_ENDS}


@dataclass(frozen=True)
class Verdict:
    code: str
    data: Mapping[str, object]


def verdict(known: Evidence) -> Verdict:
    """The sentence: by the order that sounded then, else by the nearest one, else by what the planner says."""
    order = _decisive(known)
    if order is not None:
        return _of_order(order, known)
    if known.retired_at is not None and known.retired_at <= known.at:
        return Verdict("why_retired", {"retired_at": known.retired_at})
    silent = next((one for one in known.foreseen if one.reason is not None), None)
    if silent is not None:
        return Verdict("why_silent", {"title": silent.title, "reason": silent.reason, "by": silent.by})
    if known.foreseen:
        one = known.foreseen[0]
        code = "why_not_ordered" if known.at <= known.now else "why_foreseen"
        return Verdict(code, {"title": one.title, "start_at": one.start_at or one.nominal_at})
    if known.nearest is not None:
        return Verdict("why_nothing_near", {"title": known.nearest.title, "start_at": known.nearest.start_at})
    return Verdict("why_nothing", {})


def _decisive(known: Evidence) -> Meant | None:
    """Who sounded at the instant; else what was not withdrawn before what was, the nearest in time first."""

    def rank(one: Meant) -> tuple[bool, bool, int]:
        sounded = one.started_at is not None and one.started_at <= known.at <= one.started_at + one.heard_ms * 1_000
        return not sounded, one.withdrawn_at is not None and one.state not in _SIGNED, abs(one.start_at - known.at)

    return min(known.meant, key=rank, default=None)


def _of_order(order: Meant, known: Evidence) -> Verdict:
    seen: dict[str, object] = {
        "title": order.title, "order": order.order, "start_at": order.start_at, "percent": order.percent,
        "reason": order.reason or "none", "started_at": order.started_at or order.start_at,
    }  # fmt: skip
    if order.state in _SIGNED or order.state == DeliveryState.PLAYING.value:
        return Verdict(f"why_{order.state}", seen)
    if order.withdrawn_at is not None:
        return Verdict("why_withdrawn", seen | {"withdrawn_at": order.withdrawn_at})
    if known.now < order.start_at and order.stopped_at is None:
        return Verdict("why_waits", seen)
    return _without_word(order, known, seen)


def _without_word(order: Meant, known: Evidence, seen: dict[str, object]) -> Verdict:
    if order.told_at is None:
        return Verdict("why_not_told", seen)
    if known.last_seen is None:
        return Verdict("why_never_seen", seen | {"told_at": order.told_at})
    return Verdict("why_no_word", seen | {"told_at": order.told_at, "last_seen_at": known.last_seen})
