"""Any correct history is clean; any single fault planted in it is found in the right set."""

from dataclasses import dataclass, replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from firmware_sim.judge.records import Accepted, Faults, Viewed
from tests.firmware_sim.histories import MILLI, SECOND, T0, Ledger, alert, order, tried

SPEAKERS = ("s1", "s2", "s3")
WINDOW = 900 * SECOND
"""Orders do not meet: each has a quarter of an hour of its own."""


@dataclass
class History:
    """Three records of one village, and what the judge must allow for."""

    accepted: list[Accepted]
    ledgers: dict[str, Ledger]
    view: dict
    cuts: dict[str, list[int]]
    now: int

    def sets(self):
        faults = Faults(cuts={name: tuple(cuts) for name, cuts in self.cuts.items()})
        return tried(self.accepted, self.ledgers, self.view, self.now, faults).counts

    def lines(self, kind):
        """Every line of one kind, with its speaker."""
        return [(s, line) for s in SPEAKERS for line in self.ledgers[s].lines if line["kind"] == kind]


@dataclass
class Telling:
    """One order at one speaker: what it wrote, what is shown."""

    draw: object
    history: History
    asked: Accepted
    device: str
    begin: int

    @property
    def ledger(self):
        return self.history.ledgers[self.device]

    def show(self, state):
        self.history.view[self.asked.order, self.asked.occurrence, self.device] = Viewed(state)

    def pieces(self):
        """Every part of every repeat with its instant, us after T0."""
        at = self.begin
        for repeat in range(1, self.asked.repeats + 1):
            for part, (_, ms) in self.asked.parts.items():
                yield part, repeat, at, ms
                at += ms * MILLI
            at += SECOND

    def whole(self, skip=0):
        """All of it, joined `skip` ms after the start."""
        for part, repeat, at, ms in self.pieces():
            self.ledger.sound(self.asked, at + skip * MILLI, part, repeat=repeat, from_ms=skip, ms=ms - skip)
            skip = 0

    def plays(self):
        self.whole()
        self.show("played")

    def joins_late(self):
        self.whole(skip=self.draw(st.integers(0, 190)))
        self.show("played")

    def is_interrupted(self):
        """Pre-empted in the first part, taken up at the clock position."""
        (part, repeat, at, ms), *rest = self.pieces()
        left, back = sorted(self.draw(st.tuples(st.integers(1, ms - 1), st.integers(1, ms - 1))))
        self.ledger.sound(self.asked, at, part, repeat=repeat, ms=left, why="preempted")
        self._take_up(part, repeat, at, back)
        for later, number, then, _ in rest:
            self.ledger.sound(self.asked, then, later, repeat=number)
        lost = back - left
        whole = self.asked.repeats * sum(length for _, length in self.asked.parts.values())
        self.show("played" if lost * 100 <= whole * 5 else "failed")

    def _take_up(self, part, repeat, at, back):
        self.ledger.sound(self.asked, at + back * MILLI, part, repeat=repeat, from_ms=back, resumed=True)

    def loses_power(self):
        """Cut in the first part: an alert is begun again, a bulletin taken up at the clock position."""
        part, repeat, at, ms = next(iter(self.pieces()))
        cut, boot, again = sorted(self.draw(st.lists(st.integers(1, ms - 1), min_size=3, max_size=3)))
        self.ledger.start(self.asked, at, part, repeat=repeat)
        self.history.cuts[self.device].append(T0 + at + cut * MILLI)
        self.ledger.boot(at + boot * MILLI)
        if self.asked.kind == "alert":
            self.ledger.sound(self.asked, at + again * MILLI, part, repeat=repeat, restart=True)
        else:
            self._take_up(part, repeat, at, again)
        self.show("failed")

    def is_cancelled(self):
        """Heard for a while, then the cancel comes, at most two seconds after its 2xx."""
        part, repeat, at, ms = next(iter(self.pieces()))
        heard = self.draw(st.integers(1, ms - 1))
        self.ledger.start(self.asked, at, part, repeat=repeat)
        self.ledger.cancel(self.asked, at + heard * MILLI).end(at + heard * MILLI, heard, "cancelled")
        self.show("cancelled")
        delay = self.draw(st.integers(0, 2_000))
        self._cancel(T0 + at + (heard - delay) * MILLI)

    def never_hears_the_cancel(self):
        self.plays()
        self._cancel(T0 + self.begin - SECOND)

    def _cancel(self, at):
        index = next(i for i, one in enumerate(self.history.accepted) if one.key == self.asked.key)
        before = self.history.accepted[index]
        told = min(at, before.cancelled_at or at)
        reached = (before.cancel_reachable or frozenset()) if told < at else frozenset()
        self.history.accepted[index] = replace(before, cancelled_at=told, cancel_reachable=reached)

    def is_silent(self):
        self.show(self.draw(st.sampled_from(["failed", "refused", "expired", "unreachable"])))

    def plays_unheard(self):
        self.whole()
        self.show("unreachable")


FATES = (
    Telling.plays, Telling.joins_late, Telling.is_interrupted, Telling.loses_power,
    Telling.is_cancelled, Telling.never_hears_the_cancel, Telling.is_silent, Telling.plays_unheard,
)  # fmt: skip


@st.composite
def histories(draw, fates=FATES):
    history = History([], {s: Ledger().boot() for s in SPEAKERS}, {}, {s: [] for s in SPEAKERS}, T0 + 9 * WINDOW)
    for number in range(draw(st.integers(1, 3))):
        _one_order(draw, history, number, fates)
    return history


def _one_order(draw, history, number, fates):
    begin = number * WINDOW + draw(st.integers(0, 60)) * SECOND
    targets = draw(st.sets(st.sampled_from(SPEAKERS), min_size=1))
    make = draw(st.sampled_from([order, alert]))
    times = {
        "start_at": T0 + begin,
        "accepted_at": T0 + begin - SECOND,
        "expires_at": T0 + begin + WINDOW // 2,
    }
    asked = make(f"o{number}", targets=targets, repeats=draw(st.integers(1, 3)), **times)
    history.accepted.append(asked)
    for device in sorted(targets):
        draw(st.sampled_from(fates))(Telling(draw, history, asked, device, begin))


@given(histories())
@settings(max_examples=200, deadline=None)
def test_a_correct_history_is_clean(history):
    assert not any(history.sets().values()), history.sets()


HEARD = (Telling.plays, Telling.joins_late, Telling.is_interrupted, Telling.loses_power)


def planted(name):
    """A test that plants one fault in a correct history and looks for it in the set `name`."""

    def wrap(plant):
        @given(histories(fates=HEARD), st.data())
        @settings(max_examples=60, deadline=None)
        def test(history, data):
            plant(history, data.draw)
            assert history.sets()[name], (name, history.sets())

        return test

    return wrap


@planted("lost")
def test_lost(history, draw):
    key = draw(st.sampled_from(sorted(history.view)))
    if draw(st.booleans()):
        del history.view[key]
    else:
        history.view[key] = Viewed(draw(st.sampled_from(["queued", "ordered", "have", "playing"])))


@planted("unexpected")
def test_unexpected(history, draw):
    _, line = draw(st.sampled_from(history.lines("started")))
    line["order" if draw(st.booleans()) else "occurrence"] = "nobody's"


@planted("duplicated")
def test_duplicated(history, draw):
    speaker, line = draw(st.sampled_from(history.lines("started")))
    asked = next(one for one in history.accepted if one.order == line["order"])
    ledger = history.ledgers[speaker]
    again = 8 * WINDOW + draw(st.integers(0, 100)) * SECOND
    ms = draw(st.integers(1, 4_000))
    ledger.sound(asked, again, line["part"], repeat=line["repeat"], ms=ms, from_ms=line["from_ms"])


@planted("late")
def test_late(history, draw):
    speaker, line = draw(st.sampled_from(history.lines("started")))
    if draw(st.booleans()):
        index = next(i for i, one in enumerate(history.accepted) if one.order == line["order"])
        history.accepted[index] = replace(history.accepted[index], expires_at=line["true"] - 300 * MILLI)
    else:
        lines = [one for one in history.ledgers[speaker].lines if one.get("order") == line["order"]]
        first = lines[0]
        assume(lines[1]["kind"] == "ended")
        asked = next(one for one in history.accepted if one.order == line["order"])
        first["true"] += asked.max_late + draw(st.integers(751, 10**6)) * MILLI


@planted("after_cancel")
def test_after_cancel(history, draw):
    speaker, line = draw(st.sampled_from(history.lines("ended")))
    index = next(i for i, one in enumerate(history.accepted) if one.order == line["order"])
    asked = history.accepted[index]
    if draw(st.booleans()):
        told = line["true"] - 2_251 * MILLI - draw(st.integers(0, 10**6))
        history.accepted[index] = replace(asked, cancelled_at=told)
    else:
        history.ledgers[speaker].lines.insert(1, {
            "kind": "cancel", "order": asked.order, "occurrence": asked.occurrence, "mono": 0, "wall": T0,
        })  # fmt: skip


@planted("wrong_content")
def test_wrong_content(history, draw):
    _, line = draw(st.sampled_from(history.lines("started")))
    line["sha256"] = draw(st.text("0123456789abcdef", min_size=64, max_size=64))


@planted("wrong_device")
def test_wrong_device(history, draw):
    speaker, line = draw(st.sampled_from(history.lines("started")))
    index = next(i for i, one in enumerate(history.accepted) if one.order == line["order"])
    asked = history.accepted[index]
    history.accepted[index] = replace(asked, targets=asked.targets - {speaker})


@planted("false_played")
def test_false_played(history, draw):
    key = draw(st.sampled_from(sorted(history.view)))
    history.view[key] = Viewed("played")
    taken = [line for line in history.ledgers[key[2]].lines if line.get("order") == key[0]]
    assume(any(line["kind"] == "ended" for line in taken))
    for line in taken:
        if line["kind"] == "ended":
            line["heard_ms"] = line["heard_ms"] * draw(st.integers(0, 80)) // 100
