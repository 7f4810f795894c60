"""The controller as a machine: messages in, orders out, by a clock that is handed to it. It never waits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from controller.agenda import next_instant
from controller.alerts.sounding import Siren
from controller.broadcast.outbox import Outbox
from controller.db import DatabaseError, Transactions
from controller.deliveries.tracking import close_silent
from controller.inbox import Inbox
from controller.leadership import Leadership
from controller.monitoring.dead_air import DeadAir
from controller.monitoring.watch import Watch
from controller.people.retention import Retention
from controller.programmes.plans import Plans
from controller.quiet import is_quiet
from controller.retained import Retained
from devices.link import Inbound
from devices.protocol.errors import ProtocolError
from devices.protocol.messages.speaker import Hello
from devices.protocol.topics import Address, Topics
from devices.protocol.units import MILLI, SECOND
from scheduler.occurrences import upcoming

log = structlog.get_logger()

TICK = SECOND
"""How often the tables are looked at while words are awaited, us."""
BETWEEN_LOTS = 20 * MILLI
"""Plans leave in lots; so long others get their turn, us."""
LONGEST_SLEEP = 60 * SECOND
"""How long it sleeps at most, us: what somebody wrote without ringing is found then."""


@dataclass
class Controller:
    """`on_link`, `on_messages` and `do_once` are called by one thread, or by a queue of virtual time."""

    database: Transactions
    leadership: Leadership
    topics: Topics
    inbox: Inbox
    outbox: Outbox
    siren: Siren
    retained: Retained
    plans: Plans
    watch: Watch
    dead_air: DeadAir
    retention: Retention
    clock: Callable[[], int]
    arm: Callable[[Mapping[str, int]], None]
    """Told of the instants (us UTC, by occurrence) at which `do_once` is wanted."""
    longest_sleep: int = LONGEST_SLEEP
    to_restore: bool = False
    to_say_again: bool = False
    to_sign_again: bool = False
    """There are new keys: what speakers hold must be told again under them."""
    work_at: int = 0
    """When there was work next, as far as was known when `next_wakeup` was asked last, us UTC."""

    def on_link(self, up: bool, now: int) -> None:
        """The link came up (all must be said again: the broker may be new) or went down."""
        log.info("link", up=up)
        self.watch.listening_since = now if up else None
        self.to_restore = self.to_say_again = up

    def on_keys(self) -> None:
        """The keys have changed: speakers hear whom to believe before anything under a new key."""
        self.retained.introduce()
        self.to_sign_again = True

    def on_messages(self, messages: Sequence[Inbound], now: int) -> bool:
        """Time requests are answered first; the rest is booked together, then answered.

        True: what was said may have changed when there is work next.
        """
        if not self.leadership.take(now):
            return False
        batch = []
        for message, address in self._parsed(messages):
            if address.kind == "time_req":
                self.inbox.answer_time(message, address, self.clock)
            else:
                batch.append((message, address))
        return self._book(batch, now) if batch else False

    def do_once(self, now: int) -> None:
        """Do all that is due, if this is the controller that works. Emergencies leave first, whatever else waits."""
        if not self.leadership.take(now):
            self.to_restore = self.to_say_again = True
            return
        if self.to_restore or self.retained.to_introduce:
            self.retained.introduce()
        if self.to_sign_again:
            self._sign_again(now)
        again, self.to_say_again = self.to_say_again, False
        self.siren.do_once(now, again=again)
        if self.to_restore:
            self.to_restore = False
            self.retained.begin(now)
            self.plans.begin()
        self.retained.go_on()
        self.outbox.do_once(now, again=again)
        self.plans.do_once(now)
        self.retained.welcome(now)
        self.retained.collect(now)
        with self.database.write() as session:
            close_silent(session, now)
            self.watch.tick(session, now)
            self.dead_air.tick(session, now, self.watch.listening_since)
            instants = upcoming(session, now)
        self.arm(instants)
        self.retention.do_once(now)

    def next_wakeup(self, now: int) -> int:
        """When `do_once` wants to be called again, us UTC; sooner if somebody rings."""
        if self.leadership.token is None:
            return max(now + TICK, self.leadership.until)
        self.work_at = self._next_work(now)
        return min(self.work_at, max(now + TICK, self.leadership.next_wakeup()))

    def keep(self, now: int) -> int | None:
        """Where nobody rang and nothing but the lease is due: keep it, and when to wake next, us UTC.

        None: call `do_once`.
        """
        if now >= self.work_at or not self.leadership.holds(now) or not self.leadership.take(now):
            return None
        return min(self.work_at, self.leadership.next_wakeup())

    def _next_work(self, now: int) -> int:
        if self.retained.busy or self.to_restore:
            return now + TICK
        if self.plans.busy:
            return now + BETWEEN_LOTS
        with self.database.read() as session:
            others = (
                self.watch.next_silence(session), self.plans.next_wakeup(session, now),
                self.dead_air.next_check(session, now),
            )  # fmt: skip
            return next_instant(session, now, others, TICK, self.longest_sleep)

    def would_renew(self, most: int | None, now: int) -> bool:
        """Whether the broker has seen more than `most` topics of audio, and this is a moment to start it anew."""
        if most is None or self.retained.carrier.topics_used <= most:
            return False
        with self.database.read() as session:
            return is_quiet(session, now)

    def _sign_again(self, now: int) -> None:
        """Everything under the new keys: what sounds first. A speaker that misses some of it says hello again."""
        self.to_sign_again = False
        self.siren.do_once(now, again=True)
        self.outbox.do_once(now, again=True, held=True)
        self.plans.begin()
        self.retained.sign_again(now)

    def _book(self, batch: list[tuple[Inbound, Address]], now: int) -> bool:
        try:
            answers = self.inbox.take(batch, now)
        except DatabaseError as error:
            # Nothing was acknowledged: every speaker sends its receipts again.
            log.error("batch_not_stored", code=error.code, messages=len(batch))
            return False
        self.inbox.give(answers, now)
        if answers.hellos:
            self._catch_up(answers.hellos, now)
        return bool(answers.hellos)

    def _catch_up(self, hellos: Mapping[str, Hello], now: int) -> None:
        """Tell who came back of all that still lacks its signed end, alerts first."""
        self.siren.answer(hellos, now)
        self.outbox.answer({device_id: said.open_orders for device_id, said in hellos.items()}, now)

    def _parsed(self, messages: Sequence[Inbound]) -> list[tuple[Inbound, Address]]:
        found = []
        for message in messages:
            try:
                found.append((message, self.topics.parse(message.topic)))
            except ProtocolError as error:
                log.warning("topic_refused", code=error.code, topic=message.topic[:200])
        return found
