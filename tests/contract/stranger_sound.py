"""When a stranger's speaker sounds, and how that ends: sections 11 to 13 of docs/protocol.md. Pure; us UTC."""

from dataclasses import dataclass, field

from tests.contract.stranger_planning import UNBOUND

SLIVER = 50_000
TWO_MINUTES = 120_000_000
RANKS = {"normal": 1, "priority": 2}


@dataclass
class Stretch:
    """Something that sounds from `at` on."""

    part: str
    repeat: int
    sha256: str
    at: int
    offset: int
    until: int
    origin: int = 0

    @property
    def content(self):
        """How much of it there is, us."""
        return self.until - self.at


@dataclass
class Task:
    """One order or alert that was believed, with what has sounded of it."""

    said: dict
    end: str | None = None
    have: bool = False
    first: int | None = None
    last: int | None = None
    heard: int = 0
    flaw: str = "partial"
    origin: int | None = None
    mark: int = 0
    done: list = field(default_factory=list)
    aired: list = field(default_factory=list)
    planned: bool = False
    doubted: bool = False
    instead: list = field(default_factory=list)

    @property
    def is_alert(self):
        return self.said["type"] == "alert"

    @property
    def key(self):
        said = self.said
        return (said["alert"],) * 2 if self.is_alert else (said["order"], said["occurrence"])

    @property
    def rank(self):
        return 3 if self.is_alert else RANKS[self.said["rank"]]

    @property
    def begun(self):
        return self.first is not None

    @property
    def blob(self):
        """What must be held for `have`; None: not known yet."""
        said = self.said
        if not self.is_alert:
            return said["sha256"]
        return said["tone"] if said.get("silent_speech") else said.get("speech")


def next_of_bulletin(task, trim, now, air=UNBOUND):
    """The next stretch, at `now` or later, given that its blob is held; None."""
    found = _next_by_clock(task, trim, now)
    while found and _before_silence(found, air) < min(SLIVER, found.content):
        again = air.open_from(air.silent_from(found.at))
        found = _next_by_clock(task, trim, again) if task.begun and again is not None else None
    if found is None:
        return None
    silent = air.silent_from(found.at)
    alone = not task.begun and found.origin != task.said["start_at"] + trim
    if alone and silent < found.at + _whole(task.said):
        return None
    found.until = min(found.until, silent)
    return found


def _before_silence(found, air):
    return min(found.until, air.silent_from(found.at)) - found.at


def _next_by_clock(task, trim, now):
    said = task.said
    origin = said["start_at"] + trim if task.origin is None else task.origin
    found = _on_clock(said, origin, max(now, origin + task.mark))
    if task.begun:
        return found
    whole = _whole(said)
    if found is None and now + whole <= said["expires_at"]:
        found = _stretch(said, now, 0, 0)
    return found if found and found.at <= latest(said, trim) else None


def latest(said, trim):
    return said["start_at"] + trim + said["max_late"] * 1_000


def over(task, trim):
    """When a bulletin is over by the clock."""
    origin = task.said["start_at"] + trim if task.origin is None else task.origin
    return min(origin + _whole(task.said), task.said["expires_at"])


def end_of_bulletin(task, trim, now, held, air=UNBOUND):
    """Its end and reason, asked while it does not sound; None."""
    said = task.said
    if task.begun:
        if now < over(task, trim):
            return None
        enough = task.heard * 100 >= said["repeats"] * said["duration"] * 1_000 * 95
        quiet = task.flaw == "partial" and air.silent_from(task.first) < over(task, trim)
        return ("played", "none") if enough else ("failed", "quiet_hours" if quiet else task.flaw)
    if now > latest(said, trim) or now >= said["expires_at"]:
        return "expired", "late" if held else "no_content"
    if now >= said["start_at"] + trim and air.cap(now) == 0:
        return "refused", "plan_over" if now >= air.runs_out else "quiet_hours"
    return None


def rest_of_bulletin(task, trim, now):
    """Begin and end of what it may still sound, from `now` on."""
    said = task.said
    origin = said["start_at"] + trim if task.origin is None else task.origin
    for repeat in range(said["repeats"]):
        begin = origin + repeat * (said["duration"] + said["gap"]) * 1_000
        yield max(begin, now, origin + task.mark), min(begin + said["duration"] * 1_000, said["expires_at"])


def _whole(said):
    return (said["repeats"] * (said["duration"] + said["gap"]) - said["gap"]) * 1_000


def _on_clock(said, origin, at):
    period, length = (said["duration"] + said["gap"]) * 1_000, said["duration"] * 1_000
    repeat, offset = divmod(max(0, at - origin), period)
    if length - offset < min(SLIVER, length):
        repeat, offset = repeat + 1, 0
    return None if repeat >= said["repeats"] else _stretch(said, origin, repeat, offset)


def _stretch(said, origin, repeat, offset):
    begin = origin + repeat * (said["duration"] + said["gap"]) * 1_000
    until = min(begin + said["duration"] * 1_000, said["expires_at"])
    if until <= begin + offset:
        return None
    return Stretch("body", repeat, said["sha256"], begin + offset, offset, until, origin)


# Alerts


def parts_of(said):
    return ("tone",) if said.get("silent_speech") else ("tone", "speech")


def place_of(said, part, cycle, tone):
    """Where a part stands; `tone` is the length of the tone, us."""
    speech, gap = said.get("speech_duration", 0) * 1_000, said["gap"] * 1_000
    if said.get("silent_speech"):
        return said["start_at"] + cycle * (tone + gap)
    first = max(said["start_at"] + tone, said.get("speech_at", 0))
    if cycle == 0:
        return said["start_at"] if part == "tone" else first
    begin = first + speech + gap + (cycle - 1) * (tone + speech + gap)
    return begin if part == "tone" else begin + tone


def next_of_alert(task, held, lengths, trim, now):
    """The next part, at `now` or later; None: nothing is left, or it waits. `lengths`: blob to us."""
    said = task.said
    for cycle in range(_reached(task), said["repeats"]):
        for part in parts_of(said):
            sha256 = said["tone"] if part == "tone" else said.get("speech")
            if _has_sounded(task, cycle, part, sha256):
                continue
            if sha256 is None or sha256 not in held:
                if part == "tone" and "speech" in parts_of(said):
                    continue
                return None
            at = max(now, place_of(said, part, cycle, lengths.get(said["tone"], 0)) + trim)
            until = min(at + lengths[sha256], said["expires_at"])
            return Stretch(part, cycle, sha256, at, 0, until) if until - at >= min(SLIVER, lengths[sha256]) else None
    return None


def _reached(task):
    return max((cycle for cycle, *_ in task.done), default=0)


def _has_sounded(task, cycle, part, sha256):
    """A speech counts in its content; a tone in any, and where its speech has sounded."""
    for done_cycle, done_part, done_sha256, *_ in task.done:
        if done_cycle == cycle and (part == "tone" or (done_part, done_sha256) == (part, sha256)):
            return True
    return False


def end_of_alert(task, held, now):
    """Its end and reason, asked while it does not sound; None."""
    said = task.said
    final = said["repeats"] - 1
    last = ("tone", said["tone"]) if said.get("silent_speech") else ("speech", said.get("speech"))
    if any((cycle, part, sha256) == (final, *last) for cycle, part, sha256, *_ in task.done):
        return _heard(task)
    if now < said["expires_at"]:
        return None
    missing = not said.get("silent_speech") and said.get("speech") not in held
    reason = "speech_missing" if missing else "tone_missing" if said["tone"] not in held else "partial"
    return ("failed" if task.begun else "expired"), reason


def _heard(task):
    for cycle in range(task.said["repeats"]):
        for part in parts_of(task.said):
            found = [one for one in task.done if one[:2] == (cycle, part)]
            if not found:
                return "failed", f"{part}_missing"
            if not any(heard * 100 >= length * 95 for *_, heard, length in found):
                return "failed", task.flaw
    return "played", "none"


def keeps_others_silent(task, held, lengths, trim, now):
    """Section 13: whether lower ranks wait for an alert that has begun."""
    if not task.begun or task.end:
        return False
    coming = next_of_alert(task, held, lengths, trim, now)
    if coming:
        return coming.at < now + TWO_MINUTES
    return now < (task.last or now) + TWO_MINUTES
