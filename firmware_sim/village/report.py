"""A rehearsal told to a person, and as numbers for a program."""

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from devices.protocol.units import DAY, HOUR, MINUTE
from firmware_sim.village.happenings import Happening
from firmware_sim.village.rehearsal import Outcome, Wish
from firmware_sim.village.timeline import SAID, Lane, lanes
from firmware_sim.village.virtual_time import START

OFFICE = frozenset(("order", "stop", "alert", "cancel", "programme", "retold", "ended", "night"))
MOST_FINDINGS = 10


def as_json(outcome: Outcome, wall_s: float) -> dict[str, object]:
    """Everything but the plots; the same for the same seed but for `wall_s`."""
    wish, told = outcome.wish, asdict(outcome.figures)
    del told["skews"]
    return (
        asked(wish)
        | outcome.verdict.as_json()
        | {"digest": outcome.digest, "wall_s": round(wall_s, 2), "thinned": wish.thinning}
        | {"happenings": len(outcome.played), "befell": befell(outcome)}
        | {"again": rerun(wish, outcome.played)}
        | told
    )


def asked(wish: Wish) -> dict[str, object]:
    return {"seed": wish.seed, "days": wish.days, "speakers": wish.speakers, "faults": list(wish.faults)}


def befell(outcome: Outcome) -> dict[str, int]:
    """How often each fault struck."""
    return dict(Counter(one.deed for one in outcome.played if one.deed not in OFFICE))


def troubles(outcome: Outcome) -> tuple[Lane, ...]:
    """What went wrong, by kind of trouble, with its spells."""
    return tuple(lane for lane in lanes(outcome.played, outcome.wish.span) if lane.name not in SAID)


def in_words(outcome: Outcome, wall_s: float) -> list[str]:
    """What happened, what each fault did, figures, verdict."""
    wish, told = outcome.wish, outcome.figures
    lines = [
        f"seed {wish.seed}: {wish.speakers} speakers, {told.virtual_s / 3600:.1f} h of their time in {wall_s:.0f} s",
        f"thinned: heartbeats every {wish.thinning['heartbeat_s']} s, time asked {wish.thinning['probes']} times rarer",
        f"links     {several(told.cuts, 'cut')} by the radio model, {wish.thinning['cuts']} times rarer than it says",
        f"office    {_counted(Counter(one.deed for one in outcome.played if one.deed in OFFICE))}",
        f"faults    {', '.join(wish.faults) or 'none'}; the controller died {several(told.deaths, 'time')}",
        *(f"  {_struck(lane)}" for lane in troubles(outcome)),
        f"heard     {_counted(told.deliveries)} ({told.messages} messages)",
    ]
    if told.reasons:
        lines.append(f"because   {_counted(told.reasons)}")
    if told.incidents:
        lines.append(f"incidents {_counted(told.incidents)}")
    if "p50" in told.skew_ms:
        lines.append(f"skew      p50 {told.skew_ms['p50']} ms, p99 {told.skew_ms['p99']} ms between two of one commune")
    if "p50" in told.alert_s:
        lines.append(
            f"alerts    p50 {told.alert_s['p50']} s, p99 {told.alert_s['p99']} s from the call to the first sound at"
            f" {told.alert_s['heard']} that could hear it then, {told.alert_s['left_out']} left out"
        )
    return [*lines, f"digest    {outcome.digest}", *_verdict(outcome)]


def again(wish: Wish, only: Iterable[int] | None = None) -> str:
    """The command that runs it again."""
    words = [f"loa rehearse --seed {wish.seed} --days {wish.days!r} --speakers {wish.speakers}"]
    words += [f"--faults {','.join(wish.faults)}"] if wish.faults else []
    words += [f"--plant {wish.plant}"] if wish.plant else []
    words += [f"--begin {datetime.fromtimestamp(wish.begin // 1_000_000, UTC):%Y-%m-%d}"] if wish.begin != START else []
    words += [f"--model {shlex.quote(str(wish.model))}"] if wish.model else []
    words += ["--only " + ",".join(str(number) for number in only)] if only is not None else []
    return " ".join(words)


def rerun(wish: Wish, played: tuple[Happening, ...]) -> str:
    """The same with what was played of its history."""
    history = wish.history()
    return again(wish, None if len(played) == len(history) else numbered(history, played))


def numbered(history: tuple[Happening, ...], kept: Iterable[Happening]) -> dict[int, Happening]:
    """The kept happenings by their place in the whole history."""
    left = Counter(kept)
    places = {}
    for place, one in enumerate(history):
        if left[one]:
            left[one] -= 1
            places[place] = one
    return places


def lasting(span: int) -> str:
    """us in words."""
    if span >= 2 * DAY:
        return f"{span / DAY:.1f} days"
    return f"{span / HOUR:.1f} h" if span >= HOUR else f"{span / MINUTE:.1f} min"


def several(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _struck(lane: Lane) -> str:
    who = f" at {several(len(lane.poles), 'speaker')}" if lane.poles else ""
    over = " over all speakers" if lane.poles else ""
    lasted = f", {lasting(lane.lasted)}{over}" if lane.lasted else ""
    return f"{lane.name:18}{several(len(lane.spells), 'time')}{who}{lasted}"


def _verdict(outcome: Outcome) -> list[str]:
    if outcome.clean:
        return ["verdict   clean: all eight sets are empty"]
    found = [(name, one) for name, findings in outcome.verdict.sets.items() for one in findings]
    lines = [f"verdict   DIRTY: {_counted({name: count for name, count in outcome.verdict.counts.items() if count})}"]
    return lines + [
        f"  {name}: {one.why}, {one.device[:8]}, order {one.order[:8]}" for name, one in found[:MOST_FINDINGS]
    ]


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())
