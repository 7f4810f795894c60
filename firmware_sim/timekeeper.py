"""When to ask for the time, and which answers count. Asks in bursts and drops the first of each."""

from collections.abc import Callable

from devices.protocol import base64url
from devices.protocol.errors import Stale
from devices.protocol.messages.time import TimeAnswer, TimeRequest
from devices.protocol.timesync import BURST_PROBES, FIRST_PROBES, PROBE_GAP, WINDOW, Sample, burst_interval
from devices.protocol.units import MILLI, MINUTE, SECOND
from firmware_sim.clock import Clock
from firmware_sim.ports import Chance

GOOD = 20 * MILLI
"""While the clock may be further off than this, the next bursts come sooner, us: a crowd may be joining."""
FAR = 100 * MILLI
"""A first burst that leaves the clock so unsure stood behind something, or the line is slow, us."""
MORE = 2
"""Questions that are asked after such a burst, one by one."""
LOST = 500 * MILLI
"""While the clock may be further off than this it is heard, us: then such questions go on."""
MOST = 20
"""Until so many were asked since the connection: a line may be that slow for good."""
HURRIED = 4
"""How often they come sooner for that: a slow line is slow."""
DOUBT = 10 * SECOND
"""How long a clock that may have jumped is doubted while nobody answers, us."""
FEW_PROBES = 3
"""Questions of the first burst of a slow start; the first answer is dropped, two are left."""
PENDING = 32
"""Questions remembered; an answer to an older one is no answer."""


class Timekeeper:
    """Sends questions through `ask`, gives answers to `clock`."""

    def __init__(
        self,
        clock: Clock,
        chance: Chance,
        ask: Callable[[TimeRequest], None],
        thinning: int = 1,
        slow_start: bool = False,
    ) -> None:
        """`thinning`: in the end so many times the usual pause. Until then each pause is twice the time that the kept
        answers span: the drift is learned from few bursts, each further from the first. With `slow_start` the
        first burst is short, and the pauses are an old connection's at once."""
        self._thinning = thinning
        self._slow_start = slow_start
        self._clock = clock
        self._chance = chance
        self._ask = ask
        self._young_since: int | None = None
        """Since when the clock learns: the first connection, or when it was set."""
        self._left = 0
        self._more = 0
        """Questions that may still be asked one by one."""
        self._first = False
        self._next: int | None = None
        self._fruitless = 0
        self._blind = False
        """Whether there was no time yet when the next burst was fixed; where few questions are asked, no good one."""
        self._pending: dict[str, tuple[int, bool]] = {}
        self._doubted_at: int | None = None

    def on_connected(self, mono: int) -> None:
        if self._young_since is None:
            self._young_since = mono
        self._begin_first(mono)

    def on_disconnected(self) -> None:
        self._next = self._doubted_at = None
        self._clock.trust()

    def begin_anew(self, mono: int) -> None:
        """Nothing that was answered counts any more: ask at once, where somebody can be asked."""
        if self._next is None:
            self._pending.clear()
            return
        self._young_since, self._fruitless, self._doubted_at = mono, 0, None
        self._begin_first(mono)

    def doubt(self, mono: int) -> None:
        """The clock may have jumped: where somebody can be asked, it does not count until he has answered."""
        if self._next is not None and self._clock.valid:
            self._clock.doubt()
            self._doubted_at = mono
            self._begin(BURST_PROBES, mono)

    def on_answer(self, answer: TimeAnswer, mono: int) -> bool:
        """Learn from a verified answer; whether the clock was set by it. Stale if nobody asked, or twice given."""
        t1, first = self._pending.pop(answer.nonce, (None, False))
        if t1 is None or answer.t1 != t1:
            raise Stale(nonce=answer.nonce)
        was_set = not first and self._clock.accept(Sample(t1, answer.t2, answer.t3, mono))
        if was_set:
            self._young_since, self._fruitless = mono, 0
        self._ask_more(mono)
        return was_set

    def do_once(self, mono: int) -> None:
        if self._doubted_at is not None and mono > self._doubted_at + DOUBT:
            self._doubted_at = None
            self._clock.trust()
        if self._next is None or mono < self._next:
            return
        if self._left == 0:
            if self._blind and not self._is_blind(mono) and (self._slow_start or self._thinning > 1):
                self._next = mono + self._pause(mono)  # the answers came, later than it looked for them
                return
            self._begin(BURST_PROBES, mono)
        self._probe(mono)
        self._left -= 1
        self._next = mono + (PROBE_GAP if self._left else self._pause(mono))

    def next_wakeup(self) -> int | None:
        return self._next

    def _begin_first(self, mono: int) -> None:
        self._pending.clear()
        self._more = 0 if self._slow_start else MOST
        self._begin(FEW_PROBES if self._slow_start else FIRST_PROBES, mono)

    def _ask_more(self, mono: int) -> None:
        """What holds up one answer holds up the whole burst behind it: the queue is empty only after the last."""
        if not self._more or self._left or self._pending:
            return
        if self._clock.error(mono) > (FAR if self._more > MOST - MORE else LOST):
            self._more -= 1
            self._probe(mono)

    def _begin(self, probes: int, mono: int) -> None:
        self._left, self._first, self._next = probes, True, mono

    def _probe(self, mono: int) -> None:
        nonce = base64url.encode(self._chance.getrandbits(128).to_bytes(16, "big"))
        self._pending[nonce] = (mono, self._first)
        self._first = False
        while len(self._pending) > PENDING:
            del self._pending[next(iter(self._pending))]
        self._ask(TimeRequest(nonce=nonce, t1=mono))

    def _pause(self, mono: int) -> int:
        """Until the next burst: by the rule, or sooner while there is no time, or no good one yet."""
        jitter = self._chance.uniform(0.8, 1.2)
        self._blind = self._is_blind(mono)
        thinning = 1 if self._blind else self._thinning
        patient = self._slow_start or thinning > 1 or self._fruitless >= HURRIED
        if self._clock.valid and (patient or self._clock.error(mono) <= GOOD):
            age = mono - (self._young_since or 0)
            usual = burst_interval(WINDOW if self._slow_start else age)
            return int(min(usual * thinning, max(usual, 2 * self._clock.reach)) * jitter)
        self._fruitless += 1
        return int(min(MINUTE, 5 * SECOND * 2 ** (self._fruitless - 1)) * jitter)

    def _is_blind(self, mono: int) -> bool:
        return not self._clock.valid or (self._thinning > 1 and self._clock.error(mono) > FAR)
