"""What a rehearsal measured: deliveries by end, skew between neighbours, incidents, messages."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import numpy as np
from sqlmodel import select

from controller.deliveries.models import Delivery
from devices.models import Incident
from devices.protocol.units import DAY, MILLI

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
    """From the call to the first sound at a speaker that nothing kept from it: p50, p99."""
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
        alert_s=_percentiles([np.array(_alert_delays(village))]),
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


def _alert_delays(village: "Village") -> list[float]:
    """s from the 2xx of an alert to its first sound, where it began within its first minute."""
    called = {one.order: one.accepted_at for one in village.accepted if one.kind == "alert"}
    delays = []
    for pole in village.poles:
        firsts: dict[str, int] = {}
        for line in pole.ledger.lines:
            if line["kind"] == "started" and line["order"] in called:
                firsts.setdefault(str(line["order"]), cast(int, line["true"]))
        delays += [(true - called[order]) / 1_000_000 for order, true in firsts.items()]
    return [delay for delay in delays if delay < 60]
