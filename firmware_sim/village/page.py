"""A rehearsal as one HTML file with plots, to be sent on: no script, nothing from anywhere else."""

from collections.abc import Mapping
from html import escape

from devices.protocol.units import SECOND
from firmware_sim.village.faults.catalogue import meaning
from firmware_sim.village.markup import document, element, pairs, row, section, table
from firmware_sim.village.pictures import pictures
from firmware_sim.village.rehearsal import SETTLING, Outcome
from firmware_sim.village.report import lasting, numbered, rerun, several, troubles

MEANINGS: Mapping[str, str] = {
    "lost": "an accepted order came to no end at a speaker",
    "unexpected": "a speaker sounded what nobody ordered",
    "duplicated": "the same thing was heard twice",
    "late": "something began too late, or sounded after its expiry",
    "after_cancel": "something sounded on after it was stopped",
    "wrong_content": "other audio was heard than was ordered",
    "wrong_device": "a speaker sounded that was not meant",
    "false_played": "shown as played, but not heard",
}
"""What stands in each of the judge's sets, in plain words."""
MOST_FINDINGS = 100


def page(outcome: Outcome, wall_s: float) -> str:
    """The whole file. `wall_s` is how many seconds of ours it took; the rest is the same for the same seed."""
    title = f"Rehearsal with seed {outcome.wish.seed}: {outcome.verdict.verdict}"
    return document(
        title,
        [
            element("h1", title), _verdict(outcome), section("What was rehearsed", _asked(outcome, wall_s)),
            section("Verdict", _sets(outcome), _findings(outcome)), section("Figures", _figures(outcome)),
            section("Plots", pictures(outcome)), section("What befell the village", _befell(outcome)),
            section("Every happening", _happenings(outcome)),
        ],
    )  # fmt: skip


def _verdict(outcome: Outcome) -> str:
    found = several(sum(outcome.verdict.counts.values()), "broken promise")
    said = "Clean: the judge found no broken promise." if outcome.clean else f"Dirty: {found}."
    return element("p", said, f"verdict {outcome.verdict.verdict}")


def _asked(outcome: Outcome, wall_s: float) -> str:
    wish, told, history = outcome.wish, outcome.figures, outcome.wish.history()
    whole = len(outcome.played) == len(history)
    rows = {
        "Village": f"{several(wish.speakers, 'speaker')} in {several(len(wish.scene.hamlets), 'hamlet')}",
        "Time": f"{lasting(wish.span)} of bulletins and faults, {lasting(int(told.virtual_s * SECOND))} with healing;"
        f" it took {wall_s:.0f} s",
        "Faults": ", ".join(wish.faults) or "none",
        **{f"- {name}": meaning(name) for name in wish.faults},
        "Thinned": f"heartbeats every {lasting(wish.thinning['heartbeat_s'] * SECOND)},"
        f" time asked {wish.thinning['probes']} times rarer than on the wire,"
        f" {several(told.cuts, 'cut')} of links, {wish.thinning['cuts']} times rarer than in the model",
        "Happenings": "all" if whole else f"{len(outcome.played)} of {len(history)}",
        "Digest": outcome.digest,
    }  # fmt: skip
    if wish.plant:
        rows["Planted"] = f"{wish.plant}: {MEANINGS.get(wish.plant, 'a nuisance that must break no promise')}"
    return f"{pairs(rows)}<p>Run it again: {element('code', rerun(wish, outcome.played))}</p>"


def _sets(outcome: Outcome) -> str:
    rows = [
        row(name, count, MEANINGS[name], looks="found" if count else "")
        for name, count in outcome.verdict.counts.items()
    ]
    return table("The judge's eight sets; every one must be empty.", ("set", "found", "what would stand in it"), rows)


def _findings(outcome: Outcome) -> str:
    found = [(name, one) for name, findings in outcome.verdict.sets.items() for one in findings]
    if not found:
        return ""
    rows = [
        row(
            name,
            one.why,
            one.device[:8],
            one.order[:8],
            one.part or "",
            _since(one.at, outcome.wish.begin),
        )
        for name, one in found[:MOST_FINDINGS]
    ]
    heads = ("set", "why", "speaker", "order", "part", "when")
    return table(f"Findings: {len(rows)} of {len(found)}.", heads, rows)


def _figures(outcome: Outcome) -> str:
    told = outcome.figures
    rows = {
        "Orders": f"{told.orders} accepted, {told.refused} refused by the office",
        "Messages": f"{told.messages:,}",
        "Controller": f"died {several(told.deaths, 'time')}",
    }
    if "p50" in told.skew_ms:
        rows["Skew"] = (
            f"p50 {told.skew_ms['p50']} ms, p99 {told.skew_ms['p99']} ms between two speakers of one commune"
            f" ({several(int(told.skew_ms['pairs']), 'pair')})"
        )
    if "p50" in told.alert_s:
        rows["Alerts"] = (
            f"p50 {told.alert_s['p50']} s, p99 {told.alert_s['p99']} s from the call to the first sound at"
            f" {told.alert_s['heard']} that could hear it then; {told.alert_s['left_out']} left out"
        )
    return pairs(rows) + _reasons(told.reasons)


def _reasons(reasons: Mapping[str, int]) -> str:
    if not reasons:
        return ""
    rows = [row(why, count) for why, count in reasons.items()]
    return table("Why deliveries did not end as played.", ("end: reason", "deliveries"), rows)


def _befell(outcome: Outcome) -> str:
    found = troubles(outcome)
    if not found:
        return element("p", "Nothing: no fault struck.")
    rows = [
        row(lane.name, len(lane.spells), len(lane.poles) or "all", lasting(lane.lasted) if lane.lasted else "")
        for lane in found
    ]
    heads = ("fault", "times", "speakers", "lasted, over all speakers")
    return table("What went wrong how often, where, and for how long.", heads, rows)


def _happenings(outcome: Outcome) -> str:
    places = numbered(outcome.wish.history(), outcome.played)
    rows = "".join(f'<li value="{place}">{escape(str(one))}</li>' for place, one in places.items())
    note = "Numbered as --only counts them; seconds after the beginning, which is a minute after the power came."
    return (
        f"<details>{element('summary', several(len(places), 'happening'))}{element('p', note)}<ol>{rows}</ol></details>"
    )


def _since(at: int | None, begin: int) -> str:
    """An instant (us UTC), if there is one, as time after the beginning."""
    return "" if at is None else f"{(at - begin - SETTLING) / SECOND:.1f} s"
