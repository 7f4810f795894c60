"""From the plan to the receipt, link by link, and the one sentence that it comes to. Pure; instants us UTC."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from controller.deliveries.states import SIGNED_ENDS, DeliveryState

Step = Literal["meant", "decided", "air", "order", "plan", "audio", "presence", "word", "incident"]

_SIGNED = {state.value for state in SIGNED_ENDS}


@dataclass(frozen=True)
class Word:
    """One step of a delivery."""

    at: int
    event: str
    reason: str | None = None
    receipt: int | None = None


@dataclass(frozen=True)
class Meant:
    """An order that was for the speaker."""

    order: str
    kind: Literal["programme", "broadcast", "alert"]
    title: str
    start_at: int
    expires_at: int
    sha256: str
    state: str
    nominal_at: int | None = None
    instead: tuple[str, ...] = ()
    told_at: int | None = None
    """When it last left for the speaker."""
    stopped_at: int | None = None
    withdrawn_at: int | None = None
    reason: str | None = None
    heard_ms: int = 0
    expected_ms: int = 0
    started_at: int | None = None
    words: tuple[Word, ...] = ()

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.heard_ms / self.expected_ms)) if self.expected_ms else 100


@dataclass(frozen=True)
class Foreseen:
    """What the planner says of one time of a programme at the speaker; without `reason` it sounds at `start_at`."""

    title: str
    nominal_at: int
    start_at: int | None = None
    reason: str | None = None
    by: str = ""


@dataclass(frozen=True)
class Happened:
    """An incident of the speaker around that time."""

    kind: str
    opened_at: int
    closed_at: int | None = None


@dataclass(frozen=True)
class Evidence:
    """All that is known of one speaker around an instant."""

    at: int
    now: int
    retired_at: int | None = None
    last_seen: int | None = None
    online: bool = False
    online_changed_at: int | None = None
    meant: Sequence[Meant] = ()
    foreseen: Sequence[Foreseen] = ()
    nearest: Meant | None = None
    """Of other times, where nothing was meant for this one."""
    loudest: int = 100
    """%, by the rules of the air at that instant."""
    rules: tuple[str, ...] = ()
    told_seq: int = 0
    held_seq: int = 0
    held_at: int | None = None
    valid_to: int = 0
    missing: frozenset[str] = frozenset()
    incidents: Sequence[Happened] = ()


@dataclass(frozen=True)
class Link:
    """One step of the chain: a stable code, when it was where that is known, and what was seen."""

    step: Step
    code: str
    at: int | None = None
    data: Mapping[str, object] = field(default_factory=dict)


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


def _foreseen(known: Evidence) -> Iterator[Link]:
    for one in known.foreseen:
        yield Link("meant", "meant_programme", one.nominal_at, {"title": one.title, "nominal_at": one.nominal_at})
        if one.reason is not None:
            data = {"title": one.title, "reason": one.reason, "by": one.by}
            yield Link("decided", one.reason, one.nominal_at, data)
        elif one.start_at is not None:
            late = one.start_at != one.nominal_at
            seen: dict[str, object] = {"title": one.title, "start_at": one.start_at, "by": one.by}
            yield Link("decided", "decided_waits" if late else "decided_on_time", one.start_at, seen)


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
