"""The plots of a rehearsal: which of its numbers are drawn, and how each is described in words."""

from collections.abc import Mapping

from devices.protocol.units import DAY, SECOND
from firmware_sim.village import plots
from firmware_sim.village.markup import element, figure
from firmware_sim.village.rehearsal import SETTLING, Outcome
from firmware_sim.village.timeline import BULLETINS, SAID, Lane, lanes

GOOD, BAD, DULL, WARM, STORMY = "#2e7d4f", "#b3261e", "#8a8a8a", "#c77700", "#6a4c93"
ENDS = {"played": GOOD, "cancelled": DULL, "expired": WARM, "failed": BAD, "refused": BAD, "unreachable": STORMY}
FAINT, STRONG = 0.3, 0.9
"""How dark a spell is that strikes nearly nobody, and everybody."""


def pictures(outcome: Outcome) -> str:
    """All of them, as figures of a page."""
    told = outcome.figures
    drawn = [
        _bars("Deliveries by end", told.deliveries, "deliveries", ENDS),
        _bars("Incidents by kind", told.incidents, "incidents", {}),
        _timeline(outcome),
        _skew(outcome),
    ]
    return f'<div class="plots">{"".join(drawn)}</div>'


def _bars(name: str, counts: Mapping[str, int], unit: str, colours: Mapping[str, str]) -> str:
    if not counts:
        return figure(name, element("p", f"No {unit}."))
    ordered = dict(sorted(counts.items(), key=lambda one: -one[1]))
    described = ", ".join(f"{word} {count}" for word, count in ordered.items())
    return figure(name, plots.bars(name, described, ordered, unit, colours))


def _timeline(outcome: Outcome) -> str:
    name, found = "What happened when", lanes(outcome.played, outcome.wish.span)
    if not found:
        return figure(name, element("p", "Nothing happened."))
    rows = {lane.name: (_colour(lane), _stretches(lane, outcome.wish.speakers)) for lane in found}
    described = ", ".join(f"{lane.name} {len(lane.spells)} times" for lane in found)
    note = element("p", "Darker: more speakers. At the dashed line every fault is mended.")
    return figure(name, plots.lanes(name, described, rows, _axis(outcome)) + note)


def _skew(outcome: Outcome) -> str:
    name, told = "Skew of each bulletin", outcome.figures.skews
    if not told:
        return figure(name, element("p", "No bulletin began at two speakers of one commune."))
    least, most = min(skew for _, skew in told), max(skew for _, skew in told)
    described = f"{len(told)} beginnings, their 99th percentiles from {least:.1f} to {most:.1f} ms"
    values = [(int(days * DAY) - SETTLING, skew) for days, skew in told]
    return figure(name, plots.points(name, described, values, "p99 of skew, ms", _axis(outcome)))


def _colour(lane: Lane) -> str:
    return {BULLETINS: plots.PLAIN, "alerts": BAD}.get(lane.name, DULL if lane.name in SAID else STORMY)


def _stretches(lane: Lane, speakers: int) -> list[plots.Bar]:
    shares = [(spell, (len(spell.poles) or speakers) / speakers) for spell in lane.spells]
    return [plots.Bar(spell.begin, spell.end, FAINT + (STRONG - FAINT) * share) for spell, share in shares]


def _axis(outcome: Outcome) -> plots.TimeAxis:
    return plots.TimeAxis(int(outcome.figures.virtual_s * SECOND) - SETTLING, outcome.wish.span)
