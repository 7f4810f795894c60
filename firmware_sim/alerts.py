"""When the parts of an alert sound, and how it ends: pure decisions about one alert.

Cycle 0: the tone at `start_at` (at once if late), then the speech at the latest of `speech_at`, the tone's end
and the moment its clip is whole, from its beginning. Later cycles stand on a grid, or follow what came before.
While the speech is still being made, it waits in silence. All instants and lengths are us, UTC.
"""

from collections.abc import Container
from dataclasses import dataclass

from devices.protocol.messages.alerts import Alert
from devices.protocol.units import MILLI, MINUTE
from firmware_sim.entries import AlertEntry, Done, PartName
from firmware_sim.orders import HEARD_PERCENT, End

PATIENCE = 2 * MINUTE
"""How long a silence in an alert may be for lower ranks to stay silent too, us."""
AT_ONCE = 100 * MILLI
"""A speech that stands this soon after its tone follows it before anything else, us."""


@dataclass(frozen=True)
class Next:
    """The part that comes next."""

    cycle: int
    part: PartName
    sha256: str
    restart: bool = False


@dataclass(frozen=True)
class Lengths:
    """Of this alert's clips, us."""

    tone: int
    speech: int


def next_part(entry: AlertEntry, held: Container[str]) -> Next | None:
    """What sounds next, given the clips at hand; None if nothing is left or it must wait.

    A tone that is not at hand does not hold up a speech that is. Parts that have sounded do not repeat, but a
    new speech is heard at least once, in the cycle that was reached.
    """
    if entry.redo:
        again = entry.redo
        return Next(again.repeat, again.part, again.sha256, restart=True) if again.sha256 in held else None
    reached = cycle_reached(entry)
    for cycle in (reached, reached + 1):
        if cycle >= entry.alert.repeats:
            return None
        waiting, part = _in_cycle(entry, cycle, held)
        if waiting or part:
            return part
    return None


def cycle_reached(entry: AlertEntry) -> int:
    cycles = [*(done.cycle for done in entry.done), *(sounding.repeat for sounding in entry.sounding)]
    return max(cycles, default=0)


def starts_at(alert: Alert, part: Next, lengths: Lengths) -> int:
    """When a part stands on the alert's timeline; it may be later, never earlier."""
    first_speech = max(alert.start_at + lengths.tone, alert.speech_at or 0)
    if part.cycle == 0:
        return alert.start_at if part.part == "tone" else first_speech
    first_end = first_speech + lengths.speech if not alert.silent_speech else alert.start_at + lengths.tone
    one = lengths.tone + lengths.speech + alert.gap * MILLI
    begin = first_end + alert.gap * MILLI + (part.cycle - 1) * one
    return begin if part.part == "tone" else begin + lengths.tone


def expected(alert: Alert, lengths: Lengths) -> int:
    """Sound that the alert asks for, us."""
    return alert.repeats * (lengths.tone + lengths.speech)


def all_done(entry: AlertEntry) -> bool:
    """Whether the last part of the last cycle has sounded, in its latest content."""
    alert, last = entry.alert, entry.alert.repeats - 1
    if entry.redo or entry.sounding:
        return False
    if alert.silent_speech:
        return _has(entry, last, "tone")
    return alert.speech is not None and _has(entry, last, "speech", alert.speech)


def verdict(entry: AlertEntry, now: int, held: Container[str]) -> End | None:
    """How it ended, asked while none of it is on air; None if it goes on."""
    if all_done(entry):
        return _heard(entry)
    if now < entry.expires_at:
        return None
    lacking = _lacking(entry, held)
    if entry.started:
        return End("failed", lacking or "partial")
    return End("expired", lacking or "late")


def holds(entry: AlertEntry, now: int, held: Container[str], lengths: Lengths) -> bool:
    """Whether lower ranks stay silent for it between its sounds: its next part comes, or must come, soon."""
    if not entry.started:
        return False
    part = next_part(entry, held)
    if part:
        return starts_at(entry.alert, part, lengths) < now + PATIENCE
    return now < (entry.last or now) + PATIENCE


def in_mid_cycle(entry: AlertEntry, held: Container[str]) -> bool:
    """Whether its speech is next to follow its tone: no other alert comes between."""
    part = next_part(entry, held)
    return entry.started and part is not None and part.part == "speech"


def free_after(entry: AlertEntry, busy: int, held: Container[str], lengths: Lengths) -> int:
    """When another alert may begin, where this one sounds until `busy`: not between tone and speech."""
    part = next_part(entry, held)
    if part is None or not in_mid_cycle(entry, held):
        return busy
    speech_at = starts_at(entry.alert, part, lengths)
    return max(busy, speech_at) + lengths.speech if speech_at < busy + AT_ONCE else busy


def _in_cycle(entry: AlertEntry, cycle: int, held: Container[str]) -> tuple[bool, Next | None]:
    """Whether the cycle must wait, and its next part; (False, None) once it is through."""
    alert = entry.alert
    speech = None if alert.silent_speech else alert.speech
    spoken = speech is not None and _has(entry, cycle, "speech", speech)
    toned = _has(entry, cycle, "tone") or _has(entry, cycle, "speech")
    if not toned and alert.tone in held:
        return False, Next(cycle, "tone", alert.tone)
    if alert.silent_speech:
        return not toned, None
    if spoken:
        return False, None
    if speech is None or speech not in held:
        return True, None
    return False, Next(cycle, "speech", speech)


def _has(entry: AlertEntry, cycle: int, part: PartName, sha256: str | None = None) -> bool:
    """Whether a part has sounded or sounds, in this content or (None) in any."""
    done = ((one.cycle, one.part, one.sha256) for one in entry.done)
    now = ((one.repeat, one.part, one.sha256) for one in entry.sounding)
    return any(found[:2] == (cycle, part) and sha256 in (None, found[2]) for found in (*done, *now))


def _heard(entry: AlertEntry) -> End:
    """Each part of each cycle must have been heard in some content, and the latest speech at least once."""
    parts: tuple[PartName, ...] = ("tone",) if entry.alert.silent_speech else ("tone", "speech")
    for cycle in range(entry.alert.repeats):
        for part in parts:
            sounded = [one for one in entry.done if (one.cycle, one.part) == (cycle, part)]
            if not sounded:
                return End("failed", f"{part}_missing")
            if not any(_whole(one) for one in sounded):
                return _partial(entry)
    latest = [one for one in entry.done if one.sha256 == entry.alert.speech]
    return End("played") if entry.alert.silent_speech or any(_whole(one) for one in latest) else _partial(entry)


def _partial(entry: AlertEntry) -> End:
    return End("failed", "partial" if entry.flaw == "none" else entry.flaw)


def _whole(done: Done) -> bool:
    return done.heard * 100 >= done.length * HEARD_PERCENT


def _lacking(entry: AlertEntry, held: Container[str]) -> str | None:
    """What is not at hand."""
    alert = entry.alert
    if not alert.silent_speech and (alert.speech is None or alert.speech not in held):
        return "speech_missing"
    return "tone_missing" if alert.tone not in held else None
