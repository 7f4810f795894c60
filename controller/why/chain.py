"""From the plan to the receipt, link by link. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from controller.why.known import Evidence, Foreseen, Meant, Word

Step = Literal["meant", "decided", "air", "order", "plan", "audio", "presence", "word", "incident"]


@dataclass(frozen=True)
class Link:
    """One step of the chain: a stable code, when it was where that is known, and what was seen."""

    step: Step
    code: str
    at: int | None = None
    data: Mapping[str, object] = field(default_factory=dict)


def chain(known: Evidence) -> list[Link]:
    """Every link, from what was meant to what was heard of it."""
    links = [*_foreseen(known), *_air(known)]
    for order in known.meant:
        links += _order(order)
        links += _audio(order, known)
        links += (Link("word", f"word_{one.event}", one.at, _words(one)) for one in order.words)
    if not known.meant and known.nearest is not None:
        links += _order(known.nearest)
    return [*links, *_plan(known), _presence(known), *_incidents(known)]


def _foreseen(known: Evidence) -> Iterator[Link]:
    for one in known.foreseen:
        yield Link("meant", "meant_programme", one.nominal_at, {"title": one.title, "nominal_at": one.nominal_at})
        if one.reason is not None:
            data = {"title": one.title, "reason": one.reason, "by": one.by}
            yield Link("decided", one.reason, one.nominal_at, data)
        elif one.start_at is not None:
            seen: dict[str, object] = {"title": one.title, "start_at": one.start_at, "by": one.by}
            yield Link("decided", _decided(one), one.start_at, seen)


def _decided(one: Foreseen) -> str:
    if one.start_at == one.nominal_at:
        return "decided_on_time"
    return "decided_turn" if one.start_at == one.turn_at else "decided_waits"


def _air(known: Evidence) -> Iterator[Link]:
    code = {0: "air_quiet", 100: "air_free"}.get(known.loudest, "air_cap")
    yield Link("air", code, known.at, {"percent": known.loudest, "rules": list(known.rules)})


def _order(order: Meant) -> Iterator[Link]:
    data = {
        "order": order.order, "title": order.title, "start_at": order.start_at, "instead": list(order.instead),
        "told_at": order.told_at,
    }  # fmt: skip
    yield Link("order", f"order_{order.kind}", order.start_at, data)
    for code, at in (("order_withdrawn", order.withdrawn_at), ("order_stopped", order.stopped_at)):
        if at is not None:
            yield Link("order", code, at, {"order": order.order, "title": order.title})


def _audio(order: Meant, known: Evidence) -> Iterator[Link]:
    had = next((one.at for one in order.words if one.event == "have"), None)
    if had is not None:
        yield Link("audio", "audio_held", had, {"sha256": order.sha256, "title": order.title})
    elif order.sha256 in known.missing:
        yield Link("audio", "audio_missing", known.held_at, {"sha256": order.sha256, "title": order.title})


def _plan(known: Evidence) -> Iterator[Link]:
    if known.told_seq:
        code = "plan_held" if known.held_seq == known.told_seq else "plan_not_held"
        data = {"told_seq": known.told_seq, "held_seq": known.held_seq, "valid_to": known.valid_to}
        yield Link("plan", code, known.held_at, data)


def _presence(known: Evidence) -> Link:
    if known.last_seen is None:
        return Link("presence", "presence_never")
    if _was_away(known):
        return Link("presence", "presence_away", known.last_seen, {"last_seen_at": known.last_seen})
    if known.online and known.online_changed_at is not None and known.online_changed_at <= known.at:
        return Link("presence", "presence_there", known.online_changed_at, {"since_at": known.online_changed_at})
    return Link("presence", "presence_unknown", known.last_seen, {"last_seen_at": known.last_seen})


def _was_away(known: Evidence) -> bool:
    """By an incident that spans the instant, or because it has been away since before."""
    spans = any(
        one.kind == "offline" and one.opened_at <= known.at and (one.closed_at is None or known.at <= one.closed_at)
        for one in known.incidents
    )
    return spans or (not known.online and (known.online_changed_at or 0) <= known.at)


def _incidents(known: Evidence) -> Iterator[Link]:
    for one in known.incidents:
        yield Link("incident", "incident", one.opened_at, {"kind": one.kind, "closed_at": one.closed_at})


def _words(one: Word) -> dict[str, object]:
    return {"reason": one.reason or "none", "receipt": one.receipt}
