"""Records of a village for the judge's tests: one speaker's ledger at a time, written as a speaker would."""

from dataclasses import dataclass, field

from firmware_sim.judge.records import Accepted, Viewed
from firmware_sim.judge.verdict import Verdict, judge

SECOND = 1_000_000
MILLI = 1_000
T0 = 1_800_000_000 * SECOND
SHA = {"body": "b" * 64, "tone": "d" * 64, "speech": "e" * 64}
LATER = T0 + 86_400 * SECOND


def order(name="o1", *, targets=("s1",), **changes):
    """A bulletin of 10 s, 20 s after acceptance, that may start 5 s late and expires after ten minutes."""
    fields = {
        "order": name,
        "occurrence": name + "-1",
        "kind": "broadcast",
        "accepted_at": T0,
        "targets": frozenset(targets),
        "start_at": T0 + 20 * SECOND,
        "max_late": 5 * SECOND,
        "expires_at": T0 + 600 * SECOND,
        "parts": {"body": (SHA["body"], 10_000)},
    }
    return Accepted(**(fields | changes))


def alert(name="a1", *, targets=("s1",), **changes):
    """A tone of 4 s and a speech of 6 s, once."""
    parts = {"tone": (SHA["tone"], 4_000), "speech": (SHA["speech"], 6_000)}
    told = {"kind": "alert", "occurrence": name, "parts": parts, "max_late": 580 * SECOND}
    return order(name, targets=targets, **(told | changes))


@dataclass
class Ledger:
    """The lines of one speaker; instants are us after T0."""

    lines: list = field(default_factory=list)
    boot_at: int = 0

    def _line(self, at, **fields):
        stamps = {"mono": at - self.boot_at, "wall": T0 + at + 7, "true": T0 + at}
        self.lines.append(stamps | fields)

    def boot(self, at=0):
        self.boot_at = at
        self._line(at, kind="boot", boot=f"boot-{at}")
        return self

    def start(self, asked, at, part="body", repeat=1, from_ms=0, resumed=False, restart=False, sha256=None, **more):
        about = {"order": asked.order, "occurrence": asked.occurrence, "part": part, "repeat": repeat}
        content = {"sha256": sha256 or asked.parts[part][0], "from_ms": from_ms}
        self._line(at, kind="started", **about, **content, resumed=resumed, restart=restart, **more)
        return self

    def end(self, at, heard_ms, why="finished"):
        """The end of what was started last."""
        begun = next(line for line in reversed(self.lines) if line["kind"] == "started")
        about = {name: begun[name] for name in ("order", "occurrence", "part", "repeat")}
        self._line(at, kind="ended", **about, heard_ms=heard_ms, why=why)
        return self

    def sound(self, asked, at, part="body", ms=None, **how):
        """A stretch from start to end."""
        length = asked.parts[part][1] - how.get("from_ms", 0) if ms is None else ms
        why = how.pop("why", "finished")
        return self.start(asked, at, part, **how).end(at + length * MILLI, length, why)

    def cancel(self, asked, at):
        self._line(at, kind="cancel", order=asked.order, occurrence=asked.occurrence)
        return self


def played(asked, at=20 * SECOND):
    """The ledger of a speaker that played all repeats of a bulletin, one second apart."""
    ledger = Ledger().boot()
    for repeat in range(1, asked.repeats + 1):
        ledger.sound(asked, at, repeat=repeat)
        at += (asked.parts["body"][1] + 1_000) * MILLI
    return ledger


def shown(asked, state="played", device="s1"):
    return {(asked.order, asked.occurrence, device): Viewed(state)}


def tried(accepted, ledgers, view, now=LATER, faults=None) -> Verdict:
    """The verdict over ledgers by speaker."""
    return judge(accepted, {name: ledger.lines for name, ledger in ledgers.items()}, view, now, faults)


def dirty(verdict: Verdict) -> dict[str, int]:
    """The sets that are not empty, with counts."""
    return {name: count for name, count in verdict.counts.items() if count}
