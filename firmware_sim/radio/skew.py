"""How far apart the speakers of one commune begin and end, on a model of their mobile links: `loa bench sync`."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from devices.protocol.units import HOUR, MILLI, MINUTE, SECOND
from firmware_sim.radio.model import RadioModel
from firmware_sim.radio.trial import EPOCH, Trial
from firmware_sim.runtime import dice

BULLETIN = 600
"""Seconds."""
COLD = 3 * SECOND
SETTLED = range(20, 60, 10)
"""Minutes after power-up at which a bulletin begins."""
COLD_COMMUNES = 10
"""One speaker of a hundred is in 2 % of all pairs: the p99 of a single commune at a single instant is a lottery."""
ENOUGH = 1_000
"""Speakers; larger communes are fewer."""

Figures = dict[str, float | None]
"""ms; `silent`: how many speakers had no valid time when they were compared, so that nothing sounds there."""
Errors = Iterator[list[int | None]]
"""us by which each speaker of a commune is late, None: it has no valid time; once for each instant at which they are
compared."""


@dataclass(frozen=True)
class Case:
    """`operators`: how many a commune has; `measure` gives what its speakers are late by; `communes`: pairs are those
    of so many, each for itself."""

    name: str
    measure: Callable[[list[Trial]], Errors]
    p50_limit: int | None = None
    p99_limit: int | None = None
    operators: int = 1
    congested: bool = False
    communes: int = 1


def bench_sync(model: RadioModel, speakers: int, seed: int, only: Container[str] | None = None) -> dict[str, Figures]:
    """Figures of each case (or of some); raw: what no estimate can better, half of what up takes longer than down."""
    wanted = [case for case in CASES if only is None or case.name in only]
    return {case.name: _figures(case, _communes(case, model, speakers, seed)) for case in wanted}


def _communes(case: Case, model: RadioModel, speakers: int, seed: int) -> list[list[Trial]]:
    count = min(case.communes, max(1, ENOUGH // speakers))
    return [_commune(case, model, speakers, seed, number) for number in range(count)]


def _commune(case: Case, model: RadioModel, speakers: int, seed: int, commune: int) -> list[Trial]:
    return [
        Trial(
            model, dice(f"{seed}/{case.name}/{number}"),
            operator=1 + number % case.operators if case.operators > 1 else 0, congested=case.congested,
        )
        for number in range(commune * speakers, (commune + 1) * speakers)
    ]  # fmt: skip


def _figures(case: Case, communes: list[list[Trial]]) -> Figures:
    compared = [late for commune in communes for late in case.measure(commune)]
    skews = sorted(skew for late in compared for skew in _skews([one for one in late if one is not None]))
    raw = sorted(skew for commune in communes for skew in _skews([trial.radio.lean for trial in commune]))
    return {
        "p50_ms": _percentile(skews, 50), "p99_ms": _percentile(skews, 99),
        "p50_limit_ms": case.p50_limit, "p99_limit_ms": case.p99_limit,
        "raw_p50_ms": _percentile(raw, 50), "raw_p99_ms": _percentile(raw, 99),
        "silent": sum(late.count(None) for late in compared),
    }  # fmt: skip


def _skews(late: Sequence[int]) -> Iterator[int]:
    """Between all pairs, us."""
    return (abs(one - other) for one, other in combinations(late, 2))


def _percentile(ordered: Sequence[int], percent: int) -> float | None:
    """ms; None where there is no pair."""
    return round(ordered[len(ordered) * percent // 100] / MILLI, 2) if ordered else None


def _settled(commune: list[Trial]) -> Errors:
    for trial in commune:
        trial.connect()
    for minute in SETTLED:
        for trial in commune:
            trial.run_until(EPOCH + minute * MINUTE)
        yield [trial.error() for trial in commune]


def _cold(commune: list[Trial]) -> Errors:
    """Each as late as it is 3 s after its connection stands."""
    for trial in commune:
        trial.connect()
        trial.run_until_connected()
        trial.run_until(trial.connected_at + COLD)
    yield [trial.error() for trial in commune]


def _held_over(commune: list[Trial], hours: int = 1) -> Errors:
    for trial in commune:
        trial.connect()
        trial.run_until(EPOCH + 70 * MINUTE)
        trial.cut()
        trial.run_until(EPOCH + 70 * MINUTE + hours * HOUR)
    yield [trial.error() for trial in commune]


def _bulletin_end(commune: list[Trial]) -> Errors:
    for trial in commune:
        trial.connect()
        trial.run_until(EPOCH + 20 * MINUTE)
    yield [None if trial.error() is None else trial.play(BULLETIN)[1] for trial in commune]


CASES = (
    Case("same_operator", _settled, 2, 10),
    Case("mixed_operators", _settled, None, 20, operators=2),
    Case("congested", _settled, None, 20, congested=True),
    Case("cold_start", _cold, None, 15, communes=COLD_COMMUNES),
    Case("cold_start_mixed_operators", _cold, operators=2, communes=COLD_COMMUNES),
    Case("cold_start_congested", _cold, congested=True, communes=COLD_COMMUNES),
    Case("holdover_1h", _held_over, None, 20),
    Case("holdover_1h_congested", _held_over, congested=True),
    Case("holdover_6h", partial(_held_over, hours=6), None, 100),
    Case("holdover_6h_congested", partial(_held_over, hours=6), congested=True),
    Case("end_of_10min_bulletin", _bulletin_end, None, 10),
    Case("end_of_10min_bulletin_congested", _bulletin_end, congested=True),
)
