"""The controller's process in virtual time: its link, its wake-ups, its death and its return from the tables."""

from collections.abc import Callable, Mapping

from controller.controller import Controller
from controller.programmes.almanac import Almanac
from controller.runtime.composition import World, build_almanac, build_controller
from controller.settings import AirSettings, Settings
from devices.link import Inbound
from devices.protocol.topics import Topics
from devices.protocol.units import HOUR, MILLI, SECOND
from firmware_sim.village.broker import Client, MemoryBroker
from firmware_sim.village.office import Office
from firmware_sim.village.virtual_time import VirtualTime

RETRY = 2 * SECOND
"""How long a cut controller waits before it connects again, us."""
BACK_AFTER = 3 * SECOND
"""How long a killed process is away, us."""
AT_HAND = MILLI
"""From the broker to the controller, us."""
GATHERED = 250 * MILLI
"""Words that arrive so close together are booked together, as by a thread that was busy so long, us."""

HEARTBEATS_GATHERED = 600 * SECOND
"""Heartbeats are not waited for by anybody, but for so long at most, nor for more than a sixth of their pause, us."""
NEVER = 2**62


class Killed(BaseException):
    """The controller's process dies here."""


class Desk:
    """`before_publish` and `after_publish` may raise Killed: then it starts again from its tables."""

    def __init__(
        self, time: VirtualTime, broker: MemoryBroker, office: Office, air: AirSettings, name: str = "controller",
        lease: int = 2 * HOUR,
    ) -> None:  # fmt: skip
        """`lease`: how long another controller on the same database does not take over, us."""
        self._name, self._lease, self._gone = name, lease, False
        self.client = Client(name, self._deliver, self._on_cut, lambda _size: AT_HAND)
        self.controller: Controller | None = None
        self.almanac: Almanac | None = None
        self.before_publish: Callable[[str], None] = lambda topic: None
        self.after_publish: Callable[[str], None] = lambda topic: None
        self.remake: Callable[[Controller], None] = lambda controller: None
        """Called with each new controller, before it runs."""
        self.deaths = self.rings = 0
        """How often the process died, and how often its controller was asked to do what is due."""
        self._time, self._broker, self._office = time, broker, office
        self._settings = Settings(data=office.folder, air=air)
        self._topics = Topics(office.keyring.tenant)
        self._wake: int | None = None
        self._armed: set[int] = set()
        self._inbox: list[Inbound] = []
        self._take_at = self._plan_at = NEVER

    @property
    def up(self) -> bool:
        return self.client.up

    @property
    def works(self) -> bool:
        """Whether it is the one that works, where there are several."""
        return self.controller is not None and self.controller.leadership.holds(self._time.now)

    def start(self) -> None:
        if self._gone:
            return
        office, world = self._office, World(self._time.clock, self._office.new_id)
        self.controller = build_controller(
            self._settings, office.database, office.store, lambda: office.keyring, self, world, self._arm, self._name,
            self._lease,
        )  # fmt: skip
        self.controller.longest_sleep = HOUR
        self.almanac = build_almanac(self.controller, world)
        self.remake(self.controller)
        self.connect()
        self.ring()

    def share(self, lease: int) -> None:
        """There is another one: keep the lease by so much at a time, us."""
        self._lease = lease
        if self.controller is not None:
            self.controller.leadership.span, self.controller.leadership.until = lease, self._time.now
        self.ring()

    def kill(self, away: int = BACK_AFTER) -> None:
        """Everything that is not in the tables is gone; it is started again after so long, us."""
        self.deaths += 1
        self.controller, self.almanac, self._wake = None, None, None
        self._inbox.clear()
        self._take_at = NEVER
        self._broker.cut(self.client)
        self._time.after(away, self.start)

    def retire(self) -> None:
        """Killed for good."""
        self.kill()
        self._gone = True

    def sleep(self) -> None:
        """The process stands still: it hears and does nothing, and believes what it believed."""
        self._gone = True
        self._broker.cut(self.client)

    def connect(self) -> None:
        if self._gone or self.controller is None or self.client.up or not self._broker.up:
            return
        self._broker.connect(self.client)
        self._broker.subscribe(self.client, self._topics.up_all, 1)
        self._broker.subscribe(self.client, self._topics.time_requests, 0)
        self.controller.on_link(True, self._time.now)
        self.ring()

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> bool:
        if not self.client.up:
            return False
        self.before_publish(topic)
        self._broker.publish(topic, payload, retain)
        self.after_publish(topic)
        return True

    def ring(self) -> None:
        """Somebody wrote into the tables, or it is time."""
        if self._gone:
            return
        self.rings += 1
        self._guarded(lambda controller: controller.do_once(self._time.now))
        if self.almanac is not None and self.almanac.do_once(self._time.now):
            self._guarded(lambda controller: controller.do_once(self._time.now))
        if self.controller is not None:
            self._wake_at(self._next_wakeup(self.controller))

    def on_keys(self) -> None:
        """The root has signed new keys."""
        self._guarded(lambda controller: controller.on_keys())
        self.ring()

    def _next_wakeup(self, controller: Controller) -> int:
        with self._office.database.read() as session:
            self._plan_at = self.almanac.next_wakeup(session, self._time.now) if self.almanac else NEVER
        return min(controller.next_wakeup(self._time.now), self._plan_at)

    def _guarded(self, deed: Callable[[Controller], None]) -> None:
        try:
            if self.controller is not None:
                deed(self.controller)
        except Killed:
            self.kill()

    def _wake_at(self, at: int) -> None:
        """Ring at that instant, unless an earlier ring comes first and says anew when."""
        if self._wake == at:
            return
        self._wake = at

        def due() -> None:
            if self._wake == at:
                self._wake = None
                self._look()

        self._time.at(at, due)

    def _look(self) -> None:
        """It is time, and nobody rang."""
        kept = self.controller.keep(self._time.now) if self.controller is not None and not self._gone else None
        if kept is None or self._time.now >= self._plan_at:
            self.ring()
        else:
            self._wake_at(min(kept, self._plan_at))

    def _deliver(self, topic: str, payload: bytes, retained: bool) -> None:
        message = Inbound(topic, payload, retained, self._time.now)
        if "/time/" in topic:
            self._hand_over([message])
            return
        self._inbox.append(message)
        if not topic.endswith("/health"):
            self._take_after(GATHERED)
        else:
            self._take_after(min(HEARTBEATS_GATHERED, self._settings.air.heartbeat_s * SECOND // 6))

    def _take_after(self, span: int) -> None:
        due = self._time.now + span
        if due < self._take_at:
            self._take_at = due
            self._time.at(due, lambda: self._take(due))

    def _take(self, due: int) -> None:
        if due == self._take_at:
            batch, self._inbox, self._take_at = self._inbox, [], NEVER
            self._hand_over(batch)

    def _hand_over(self, batch: list[Inbound]) -> None:
        if self._gone:
            return

        def book(controller: Controller) -> None:
            if controller.on_messages(batch, self._time.now):
                wanted = controller.next_wakeup(self._time.now)
                self._wake_at(wanted if self._wake is None else min(self._wake, wanted))

        self._guarded(book)

    def _on_cut(self) -> None:
        if self.controller is not None:
            self.controller.on_link(False, self._time.now)
        self._time.after(RETRY, self.connect)

    def _arm(self, instants: Mapping[str, int]) -> None:
        for at in set(instants.values()) - self._armed:
            self._armed.add(at)
            self._time.at(at, self.ring)
