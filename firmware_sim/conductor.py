"""Who gets the amplifier, and when: alerts over priority over normal, and the one that plays goes on.

Asks the pure rules of orders and alerts, arms the player a little ahead, and closes what is over. Knows no
message and no topic; works on what memory holds and the shelf can play.
"""

from devices.protocol.units import MILLI, MINUTE, SECOND
from firmware_sim import alerts, orders, permits, progress
from firmware_sim.airtime import fits
from firmware_sim.books import Books
from firmware_sim.casting import Active, Proposal, deadline, precedence, propose_bulletin, propose_part, rank
from firmware_sim.clock import Clock
from firmware_sim.configuration import Configuration
from firmware_sim.entries import AlertEntry, Key, PlayEntry, Sounding, Why
from firmware_sim.loudness import gain
from firmware_sim.orders import End
from firmware_sim.plan import HeldPlan
from firmware_sim.player import Cue, Player, rate_for
from firmware_sim.shelf import Shelf
from firmware_sim.sinks import Run, samples_in

LEAD = 20 * MILLI
"""What starts at once starts so much later: time to hand it over."""
WARM = 10 * SECOND
"""How long before a start its sound is decoded."""
SOON = 10 * MINUTE
"""What starts later than this, us, is left alone until then: a plan names hundreds of airings."""
LENGTH_SLACK = samples_in(40 * MILLI)
"""How much a sound may be longer or shorter than its order says, samples."""
GRACE = 5 * SECOND
"""How long what sounds goes on after its key is trusted no more, us: what is true is said again by then."""
NOTED = 2 * SECOND
"""How often what was heard is noted in flash while something sounds."""


class Conductor:
    def __init__(
        self,
        books: Books,
        player: Player,
        shelf: Shelf,
        clock: Clock,
        configuration: Configuration,
        plan: HeldPlan,
        ahead: int,
    ) -> None:
        """`ahead`: how long before its first sample a stretch is handed to the amplifier, us."""
        self._ahead = ahead
        self._books = books
        self._memory = books.memory
        self._player = player
        self._shelf = shelf
        self._clock = clock
        self._configuration = configuration
        self._plan = plan
        self._wakes: list[int] = []
        """When somebody may begin or end."""
        self._doubts_end: int | None = None
        """Until when what sounds and is doubted may go on, us monotonic."""
        self._noted_at = 0
        """Since when what is heard is not in flash, us monotonic; may lie ahead, at a start."""

    def look_again(self, mono: int) -> None:
        """Something changed: an order, a blob, the time."""
        self._wakes = [mono]

    def next_wakeup(self) -> int | None:
        noting = [] if self._player.idle else [self._noted_at + NOTED]
        return min([*self._wakes, *noting], default=None)

    def do_once(self, mono: int) -> None:
        if mono >= self._noted_at + NOTED and not self._player.idle:
            self._note(mono)
        if not self._wakes or mono < min(self._wakes):
            return
        self._wakes = []
        self._follow(mono)
        self._hush(mono)
        now = self._clock.utc(mono)
        if now is not None:
            self._settle(mono, now)
            self._cast(mono, now)
            self._wake_for_the_next(now)
        self._wake_with_the_player()

    def _wake_for_the_next(self, now: int) -> None:
        """What starts later than soon is not even looked at before."""
        start = self._memory.next_start(now + SOON)
        if start is not None:
            self._wakes.append(self._clock.mono(start - SOON))

    def stop(self, key: Key, why: Why, mono: int) -> None:
        """Silence one order at once, and close its stretch."""
        if self._player.of(key):
            self._player.stop(mono, why, key)
            self._follow(mono)
        self.look_again(mono)

    def doubt(self, mono: int) -> None:
        """Some of what memory holds is doubted now: what has not begun to sound is taken back at once."""
        for cue in self._player.cues:
            if not cue.begun and self._memory.active_entry(cue.key).doubted:
                self.stop(cue.key, "revoked", mono)
        self._doubts_end = mono + GRACE
        self.look_again(mono)

    def recover(self, mono: int) -> None:
        """After a power cut: close the stretches that it left open, with what was surely heard."""
        for entry in self._memory.active():
            for stretch in entry.sounding:
                heard = stretch.heard
                open_entry = self._memory.active_entry(entry.key)
                closed = progress.closed(open_entry, stretch.mono, heard, "power_cut")
                self._books.closed(closed, stretch, heard, "power_cut")
        self.look_again(mono)

    def playing(self) -> str | None:
        """The occurrence that sounds now."""
        return next((cue.key[1] for cue in self._player.cues if cue.begun), None)

    def _hush(self, mono: int) -> None:
        """Nobody has vouched for it in time."""
        if self._doubts_end is None:
            return
        if mono < self._doubts_end:
            self._wakes.append(self._doubts_end)
            return
        self._doubts_end = None
        for key in {cue.key for cue in self._player.cues}:
            if self._memory.active_entry(key).doubted:
                self.stop(key, "revoked", mono)

    # What the amplifier did

    def _follow(self, mono: int) -> None:
        for cue in self._player.begun(mono):
            self._begin(cue, mono)
        for cue in self._player.finished(mono):
            self._close(cue, mono)

    def _note(self, mono: int) -> None:
        """Note what was heard, and keep in step; who ends otherwise for that is looked at again."""
        self._noted_at = mono
        self._player.steer(self._clock, mono)
        for cue in self._player.cues:
            if cue.begun:
                entry = self._memory.active_entry(cue.key)
                self._memory.put(progress.noted(entry, cue.sounding.mono, self._player.heard(cue, mono)))
                self._keep_limits(entry, mono)
        self._wake_with_the_player()

    def _wake_with_the_player(self) -> None:
        sounding = self._player.next_wakeup()
        if sounding is not None:
            self._wakes.append(sounding)

    def _begin(self, cue: Cue, mono: int) -> None:
        entry = progress.begun(self._memory.active_entry(cue.key), cue.sounding.mono)
        self._memory.put(entry)
        self._books.playing(entry, mono)

    def _close(self, cue: Cue, mono: int) -> None:
        heard = self._player.heard(cue, mono)
        if heard and not cue.begun:
            self._begin(cue, mono)
        entry = progress.closed(self._memory.active_entry(cue.key), cue.sounding.mono, heard, cue.why)
        self._books.closed(entry, cue.sounding, heard, cue.why, cue.run.left_at(samples_in(heard)))
        self._shelf.played(cue.sounding.sha256)

    # What has ended, by the clock

    def _settle(self, mono: int, now: int) -> None:
        for entry in self._memory.near(now + SOON):
            if self._player.of(entry.key):
                self._keep_limits(entry, mono)
                continue
            end = self._verdict(entry, now)
            if end:
                self._books.end(entry, end, mono)
            else:
                at = deadline(entry, self._configuration.trim, self._plan.rules, now)
                self._wakes.append(self._clock.mono(at))

    def _verdict(self, entry: Active, now: int) -> End | None:
        if isinstance(entry, AlertEntry):
            return alerts.verdict(entry, now, self._shelf)
        play = entry.play
        if self._shelf.is_bad(play.sha256):
            return End("failed", "decode_failed")
        trim, air = self._configuration.trim, self._plan.rules
        end = orders.verdict(entry, trim, now, play.sha256 in self._shelf)
        if end:
            return permits.reason_of(end, entry, trim, air)
        return permits.refusal(entry, trim, now, air, self._memory.get)

    def _keep_limits(self, entry: Active, mono: int) -> None:
        """A stretch was armed by the clock and the rules of that moment; others may end it sooner."""
        self._keep_limit(entry, entry.expires_at, "expired", mono)
        if isinstance(entry, PlayEntry):
            now = self._clock.utc(mono) or 0
            begin = max(now, min((one.wall for one in entry.sounding), default=now))
            self._keep_limit(entry, self._plan.rules.silent_from(begin), "quiet_hours", mono)

    def _keep_limit(self, entry: Active, limit: int, why: Why, mono: int) -> None:
        at = max(mono, self._clock.mono(limit))
        if self._player.busy_until(entry.key) > at + MILLI:
            self._player.stop(at, why, entry.key)
            self._wakes.append(mono)

    # Who comes next

    def _cast(self, mono: int, now: int) -> None:
        near = self._memory.near(now + SOON)
        holders = [entry for entry in near if entry.started and (self._player.of(entry.key) or not entry.doubted)]
        believed = [entry for entry in near if not entry.doubted]
        for entry in sorted(believed, key=lambda one: precedence(one, self._shelf)):
            proposal = self._propose(entry, holders, now)
            if proposal is None:
                continue
            at = self._clock.mono(proposal.at)
            if self._is_time(proposal, at, mono) and self._is_within_budget(entry, proposal, mono, now):
                armed = self._arm(entry, proposal, at)
                holders += [armed] if armed else []
                self._wakes += [] if armed else [mono]

    def _is_time(self, proposal: Proposal, at: int, mono: int) -> bool:
        """Whether to arm now; if not, when to look again."""
        warm = max(WARM, self._ahead)
        if at > mono + warm:
            self._wakes.append(at - warm)
        elif not self._shelf.warm(proposal.sha256, samples_in(proposal.offset), mono):
            self._wakes.append(mono)
        elif at > mono + self._ahead:
            self._wakes.append(at - self._ahead)
        else:
            return True
        return False

    def _is_within_budget(self, entry: Active, proposal: Proposal, mono: int, now: int) -> bool:
        """Whether the day has room for a bulletin that has not begun; it has ended if not."""
        if isinstance(entry, AlertEntry) or entry.started:
            return True
        trim, air = self._configuration.trim, self._plan.rules
        if fits(entry, proposal.at, self._memory.known(), air, trim, now):
            return True
        self._books.end(entry, End("refused", "budget"), mono)
        return False

    def _propose(self, entry: Active, holders: list[Active], now: int) -> Proposal | None:
        earliest = self._earliest(entry, holders, now)
        trim = self._configuration.trim
        if earliest is None:
            return None
        if isinstance(entry, AlertEntry):
            return propose_part(entry, earliest, trim, self._shelf, self._books.lengths(entry))
        if entry.play.sha256 not in self._shelf:
            return None
        return propose_bulletin(entry, earliest, trim, self._configuration.volume, self._plan.rules)

    def _earliest(self, entry: Active, holders: list[Active], now: int) -> int | None:
        """From when the amplifier is free for `entry`, us UTC; None if nobody can say."""
        earliest = max(now + LEAD, self._busy_until(entry))
        for holder in holders:
            if holder.key == entry.key or rank(holder) < rank(entry):
                continue
            free = self._free_after(holder, entry, now)
            if free is None:
                return None
            earliest = max(earliest, free)
        return earliest

    def _free_after(self, holder: Active, entry: Active, now: int) -> int | None:
        """When `holder` lets one of at most its own rank play; None while an alert keeps others silent."""
        busy = self._busy_until(holder)
        if isinstance(holder, PlayEntry):
            return max(busy, orders.over_at(holder, self._configuration.trim))
        lengths = self._books.lengths(holder)
        if isinstance(entry, AlertEntry):
            torn = alerts.in_mid_cycle(entry, self._shelf)
            return busy if torn else alerts.free_after(holder, max(now, busy), self._shelf, lengths)
        if not alerts.holds(holder, now, self._shelf, lengths):
            return busy
        self._wakes.append(self._clock.mono(now + SECOND))
        return None

    def _busy_until(self, entry: Active) -> int:
        until = self._player.busy_until(entry.key)
        return (self._clock.utc(until) or 0) if until else 0

    def _arm(self, entry: Active, proposal: Proposal, at: int) -> Active | None:
        """Hand a stretch to the amplifier; None if that is not possible, and the order has ended for it."""
        sound = self._shelf.sound(proposal.sha256)
        if sound is None:
            return None
        if isinstance(entry, PlayEntry) and abs(sound.length - samples_in(proposal.full)) > LENGTH_SLACK:
            self._books.end(entry, End("failed", "wrong_duration"), at)
            return None
        stretch = self._stretch(proposal, at)
        after = progress.armed(entry, stretch, proposal.origin)
        if not self._books.armed(after, stretch) and isinstance(entry, PlayEntry):
            self._books.end(entry, End("failed", "no_space"), at)
            return None
        first = samples_in(proposal.offset)
        last = min(sound.length, first + samples_in(proposal.length))
        rate = rate_for(self._clock.drift, 0)
        run = Run(entry.occurrence, sound, at, first, last, gain(proposal.volume), rate)
        self._noted_at = max(self._noted_at, at)
        self._player.arm(Cue(entry.key, stretch, run, proposal.why))
        return after

    def _stretch(self, proposal: Proposal, at: int) -> Sounding:
        return Sounding(
            part=proposal.part,
            repeat=proposal.repeat,
            sha256=proposal.sha256,
            from_ms=proposal.offset // MILLI,
            position=proposal.position,
            length=proposal.full,
            mono=at,
            wall=proposal.at,
            true=self._books.true_time(at),
            resumed=proposal.resumed,
            restart=proposal.restart,
        )
