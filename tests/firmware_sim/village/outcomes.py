"""Outcomes of rehearsals put together by hand: what a report may have to tell."""

from firmware_sim.judge.evidence import Finding
from firmware_sim.judge.sets import SETS
from firmware_sim.judge.verdict import Verdict
from firmware_sim.village.faults.catalogue import PROGRAMMES
from firmware_sim.village.figures import Figures
from firmware_sim.village.rehearsal import SETTLING, Outcome, Wish
from firmware_sim.village.virtual_time import START

ALL = Wish(1, 0.1, 20, tuple(PROGRAMMES))
FULL = Figures(
    orders=12, refused=1, deliveries={"expired": 20, "played": 1_940}, reasons={"expired: late": 20},
    incidents={"offline": 146, "stale": 2}, messages=6_341, virtual_s=10_500.0, deaths=11,
    cuts=37,
    skew_ms={"p50": 5.5, "p99": 22.25, "pairs": 298}, alert_s={"p50": 0.475, "p99": 1.215, "heard": 90, "left_out": 12},
    skews=((0.001, 3.0), (0.05, 120.0), (0.09, 0.0)),
)  # fmt: skip
NOTHING = Figures(
    orders=0, refused=0, deliveries={}, reasons={}, incidents={}, messages=341, virtual_s=4_452.0, deaths=0,
    cuts=0,
    skew_ms={"pairs": 0}, alert_s={"heard": 0, "left_out": 0},
)  # fmt: skip


def clean(wish: Wish = ALL, figures: Figures = FULL) -> Outcome:
    return Outcome(wish, Verdict(dict.fromkeys(SETS, ())), "d" * 64, figures, wish.history())


def dirty(why: str = "heard twice", count: int = 1) -> Outcome:
    found = tuple(
        Finding(f"device-{number}", f"order-{number}", "occurrence", why, START + SETTLING + 90_000_000, "body", 0)
        for number in range(count)
    )
    verdict = Verdict({name: found if name == "duplicated" else () for name in SETS})
    return Outcome(ALL, verdict, "d" * 64, FULL, ALL.history())
