"""What a rehearsal measured: deliveries by end, skew between neighbours, incidents, messages."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np
from sqlmodel import select

from controller.deliveries.models import Delivery
from devices.models import Incident
from devices.protocol.units import DAY, MILLI, SECOND

if TYPE_CHECKING:
    from firmware_sim.village.deeds.stage import Stage
    from firmware_sim.village.village import Village


@dataclass(frozen=True)
class Figures:
    orders: int
    refused: int
    """Orders that the office was told no about."""
    deliveries: dict[str, int]
    """By end."""
    reasons: dict[str, int]
    """Why some failed, were refused or expired."""
    incidents: dict[str, int]
    messages: int
    virtual_s: float
    deaths: int
    """Of the controller."""
    cuts: int
    """Of single links, as the radio model has them."""
    skew_ms: dict[str, float]
    """Between two speakers of one commune that began the same bulletin on time: p50, p99, and how many pairs."""
    alert_s: dict[str, float]
    """From the call to the first sound at speakers that could hear it then: p50, p99, how many, and how many targets
    are left out: those that could not, or did not sound."""
    skews: tuple[tuple[float, float], ...] = field(repr=False, default=())
    """For each bulletin and commune: days after the beginning, and the p99 of its skew in ms."""


def figures(village: "Village", stage: "Stage") -> Figures:
    """Read from the ledgers and the tables at the end."""
    with village.office.database.read() as session:
        states = Counter(session.exec(select(Delivery.state)).all())
        reasons = Counter(
            f"{state}: {reason}" for state, reason in session.exec(select(Delivery.state, Delivery.reason)) if reason
        )
        incidents = Counter(session.exec(select(Incident.kind)).all())
    begun = _begun(village)
    heard = [(min(times), _pair_skews(times)) for times in begun.values() if len(times) > 1]
    pairs = [pair for _, pair in heard]
    return Figures(
        orders=len({accepted.key for accepted in village.accepted}), refused=stage.refused,
        deliveries=dict(sorted(states.items())), reasons=dict(sorted(reasons.items())),
        incidents=dict(sorted(incidents.items())), messages=village.broker.carried,
        virtual_s=(village.time.now - village.begin) / 1_000_000, deaths=sum(desk.deaths for desk in village.desks),
        cuts=stage.cuts,
        skew_ms=_percentiles(pairs) | {"pairs": int(sum(len(pair) for pair in pairs))},
        alert_s=_alerts(village, stage.called),
        skews=tuple(((first - village.begin) / DAY, float(np.percentile(pair, 99))) for first, pair in heard),
    )  # fmt: skip


def _begun(village: "Village") -> dict[tuple[str, str], list[int]]:
    """True instants at which a bulletin began on time, by commune and occurrence."""
    commune = {device: area for area in village.communes for device in village.members[area]}
    over = {
        one.occurrence: one.start_at + one.parts["body"][1] * MILLI for one in village.accepted if "body" in one.parts
    }
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for pole in village.poles:
        for line in village.sounds_of(pole):
            occurrence, begun = str(line["occurrence"]), cast(int, line["true"])
            if _is_beginning(line) and begun < over.get(occurrence, 0):
                found[commune[pole.identity.device], occurrence].append(begun)
    return found


def _is_beginning(line: Mapping[str, object]) -> bool:
    """Of a bulletin, once: who comes when it is over plays all of it alone, and is not in step with anybody."""
    return (line["part"], line["repeat"], line["from_ms"]) == ("body", 0, 0)


def _pair_skews(times: Iterable[int]) -> np.ndarray:
    """ms between any two of these instants."""
    instants = np.array(sorted(times), dtype=np.int64)
    one, other = np.triu_indices(len(instants), 1)
    return (instants[other] - instants[one]) / MILLI


def _percentiles(groups: list[np.ndarray]) -> dict[str, float]:
    values = np.concatenate(groups) if groups else np.array([])
    if not len(values):
        return {}
    return {"p50": round(float(np.percentile(values, 50)), 3), "p99": round(float(np.percentile(values, 99)), 3)}


def _alerts(village: "Village", hearing: Mapping[str, frozenset[str]]) -> dict[str, float]:
    """s from the 2xx of each alert to its first sound."""
    calls = {one.order: one for one in village.accepted if one.kind == "alert"}
    sounded = _first_sounds(village, calls)
    asked = {(order, device) for order, call in calls.items() for device in call.targets}
    able = {(order, device) for order, device in asked if device in hearing.get(order, ())}
    delays = [(sounded[one] - calls[one[0]].accepted_at) / SECOND for one in sorted(able & sounded.keys())]
    return _percentiles([np.array(delays)]) | {"heard": len(delays), "left_out": len(asked) - len(delays)}


def _first_sounds(village: "Village", calls: Container[object]) -> dict[tuple[str, str], int]:
    """True instants by alert and speaker."""
    firsts: dict[tuple[str, str], int] = {}
    for pole in village.poles:
        for line in village.sounds_of(pole):
            if line["order"] in calls:
                firsts.setdefault((str(line["order"]), pole.identity.device), cast(int, line["true"]))
    return firsts
