"""What each word of a history does to the village. Any part of a history can be run: what it names may be missing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from controller.errors import LoaError
from controller.programmes.reading import EPOCH
from devices.protocol.messages.trust import Role
from devices.protocol.units import HOUR, MINUTE, SECOND
from firmware_sim import runtime
from firmware_sim.judge.records import Accepted
from firmware_sim.runtime import Dice
from firmware_sim.village.desk import Killed
from firmware_sim.village.happenings import Happening
from firmware_sim.village.hostility import Hostility
from firmware_sim.village.pole import Pole
from firmware_sim.village.thief import Thief
from firmware_sim.village.village import Village
from scheduler.recurrence.walltime import shown
from scheduler.recurrence.zones import VIETNAM, zone_named

Deed = Callable[..., None]
DEEDS: dict[str, Deed] = {}
DAYS: Mapping[str, dict[str, object]] = {
    "daily": {"kind": "daily"}, "for_days": {"kind": "daily"},
    "working": {"kind": "daily"}, "not_on_holidays": {"kind": "daily"},
    "weekly": {"kind": "weekly", "days": ["tuesday", "friday", "sunday"]}, "moon": {"kind": "lunar", "days": [1, 15]},
    "tet": {"kind": "lunar", "days": [1, 2, 3], "months": [1]}, "month": {"kind": "monthly", "days": [1, -1]},
}  # fmt: skip
"""When a programme of a history sounds."""
ONLY_ON = {"working": "working_days", "not_on_holidays": "no_holidays"}
FOR_DAYS = timedelta(days=2)
"""How long after the story begins the last day of such a programme is: a plan holds more than the story sees, and
not a week of it in each of a thousand stories."""
TAIL = 5 * SECOND
"""How long after it ended a fault may still delay something: a speaker connects again, us."""


def deed(told: Deed) -> Deed:
    DEEDS[told.__name__] = told
    return told


@dataclass
class Stage:
    """A village on which a history is played."""

    village: Village
    hostility: Hostility
    thief: Thief = field(init=False)
    dice: Dice = field(default_factory=lambda: runtime.dice(0))
    """Of the happening that is being played: dropping another one changes nothing here."""
    orders: dict[int, Accepted] = field(default_factory=dict)
    programmes: dict[int, str] = field(default_factory=dict)
    refused: int = 0
    """Orders that the office was told no about."""
    troubled: list[tuple[int, int]] = field(default_factory=list)
    """From and to when something stood in everybody's way, us."""

    def __post_init__(self) -> None:
        self.thief = Thief(self.village)

    def play(self, happening: Happening, dice: Dice) -> None:
        self.dice = dice
        DEEDS[happening.deed](self, *happening.of)

    def heal(self) -> None:
        """Every fault is mended."""
        village, everybody = self.village, tuple(range(len(self.village.poles)))
        self.hostility.peace()
        village.desk.before_publish = village.desk.after_publish = lambda topic: None
        broker_returns(self)
        power_back(self, everybody)
        flash_well(self, everybody)
        radio_back(self, everybody)

    def hearing(self) -> frozenset[str]:
        """Speakers that nothing keeps from hearing what is said now."""
        village = self.village
        if not (village.desk.up and village.broker.up):
            return frozenset()
        return frozenset(pole.identity.device for pole in village.poles if pole.hears)

    def poles(self, numbers: Iterable[int]) -> list[Pole]:
        return [self.village.poles[number] for number in numbers]

    def trouble(self, span: int, poles: Iterable[Pole] | None = None) -> None:
        """From now on for `span` us nobody may count on these poles; None: on none of them."""
        interval = self.village.time.now, self.village.time.now + span + TAIL
        if poles is None:
            self.troubled.append(interval)
            return
        for pole in poles:
            pole.troubles.append(interval)


# The office


@deed
def order(
    stage: Stage, number: int, seconds: float, ahead: float, part: str, place: int, pitch: float, late_ms: int,
    repeats: int,
) -> None:  # fmt: skip
    areas, devices = _target(stage, part, place)
    start = stage.village.time.now + int(ahead * SECOND) if ahead else None
    try:
        stage.orders[number] = stage.village.broadcast(
            seconds, areas, pitch, devices, start_at=start, max_late_ms=late_ms, repeats=repeats
        )
    except LoaError:
        stage.refused += 1


@deed
def stop(stage: Stage, number: int) -> None:
    if number in stage.orders:
        stage.village.stop(stage.orders[number], stage.hearing())


@deed
def alert(stage: Stage, number: int, minutes: float, speech: float | None, part: str, place: int, repeats: int) -> None:
    areas, _ = _target(stage, part, place)
    try:
        stage.orders[number] = stage.village.alert(minutes, speech, repeats, areas)
    except LoaError:
        stage.refused += 1


@deed
def cancel(stage: Stage, number: int) -> None:
    if number in stage.orders:
        stage.village.cancel(stage.orders[number], stage.hearing())


# The office's calendar


@deed
def programme(
    stage: Stage, number: int, seconds: float, pitch: float, days: str, after: tuple[int, ...], part: str, place: int,
    late_ms: int,
) -> None:  # fmt: skip
    """`after`: its times, as minutes after the clock time at which the story begins."""
    areas, devices = _target(stage, part, place)
    bulletin = stage.village.office.bulletin(seconds, pitch)
    try:
        stage.programmes[number] = stage.village.schedule.programme(
            DAYS[days],
            *_walls(stage, after),
            bulletin=bulletin,
            areas=areas,
            devices=devices,
            max_late_ms=late_ms,
            only_on=ONLY_ON.get(days, "all_days"),
            last=f"{_begin(stage) + FOR_DAYS:%Y-%m-%d}" if days == "for_days" else None,
        )
    except LoaError:
        stage.refused += 1


@deed
def retold(stage: Stage, number: int, seconds: float, pitch: float) -> None:
    """The programme says something else from now on."""
    if number in stage.programmes:
        content = {"kind": "bulletin", "bulletin": stage.village.office.bulletin(seconds, pitch)}
        try:
            stage.village.schedule.change(stage.programmes[number], content=content)
        except LoaError:
            stage.refused += 1


@deed
def ended(stage: Stage, number: int) -> None:
    if number in stage.programmes:
        stage.village.schedule.end(stage.programmes[number])


@deed
def night(stage: Stage, begin: str, end: str) -> None:
    """The province is silent in these hours of the clock."""
    stage.village.schedule.quiet_hours(begin, end)


# The areas


@deed
def merged(stage: Stage, how: str) -> None:
    """The two communes become one: a `new` one, the `first` one, or one within which they are `kept`."""
    stage.village.units.merge(keep=how == "kept", into_first=how == "first")


@deed
def handed_over(stage: Stage, place: int) -> None:
    stage.village.units.hand_over(place % len(stage.village.hamlets))


@deed
def resettled(stage: Stage, pole: int, place: int) -> None:
    device = stage.village.poles[pole].identity.device
    stage.village.units.resettle(device, place % len(stage.village.hamlets))


def _walls(stage: Stage, after: tuple[int, ...]) -> list[str]:
    return sorted({f"{_begin(stage) + timedelta(minutes=minutes):%H:%M}" for minutes in after})


def _begin(stage: Stage) -> datetime:
    return shown(EPOCH + timedelta(microseconds=stage.village.begin), zone_named(VIETNAM))


def _target(stage: Stage, part: str, place: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Areas and speakers of `all`, one `commune`, one `hamlet`, or `some` speakers of one."""
    village = stage.village
    if part == "commune":
        return (village.communes[place % 2],), ()
    hamlet = [pole.identity.device for pole in village.hamlets[place % len(village.hamlets)]]
    if part == "hamlet":
        return (village.places[place % len(village.places)],), ()
    if part == "some":
        return (), tuple(hamlet[: 1 + place % len(hamlet)])
    return (village.province,), ()


# Radio, power, clock and flash of some speakers


@deed
def radio_lost(stage: Stage, poles: tuple[int, ...]) -> None:
    stage.trouble(TAIL, stage.poles(poles))
    for pole in stage.poles(poles):
        pole.lose_network()


@deed
def radio_back(stage: Stage, poles: tuple[int, ...]) -> None:
    stage.trouble(TAIL, stage.poles(poles))
    for pole in stage.poles(poles):
        pole.find_network()


@deed
def silent(stage: Stage, poles: tuple[int, ...], span: int) -> None:
    """Connected as it seems, but nothing passes."""
    stage.trouble(span + MINUTE, stage.poles(poles))
    for pole in stage.poles(poles):
        pole.fall_silent(span)


@deed
def power_lost(stage: Stage, poles: tuple[int, ...]) -> None:
    for pole in stage.poles(poles):
        pole.mains(0)


@deed
def power_back(stage: Stage, poles: tuple[int, ...]) -> None:
    stage.trouble(MINUTE, stage.poles(poles))
    for pole in stage.poles(poles):
        pole.mains(1)


@deed
def drift(stage: Stage, poles: tuple[int, ...], ppm: float) -> None:
    """The crystals run wrong by so much from now on."""
    for pole in stage.poles(poles):
        pole.quartz.run_at(stage.village.time.now, ppm)


@deed
def warmed(stage: Stage, poles: tuple[int, ...], ppm: float) -> None:
    """The crystals run faster by so much from now on."""
    for pole in stage.poles(poles):
        pole.quartz.warmed(stage.village.time.now, ppm)


@deed
def reboot(stage: Stage, poles: tuple[int, ...]) -> None:
    """Without a battery a clock begins anew: anywhere, and the speaker must not care."""
    stage.trouble(MINUTE, stage.poles(poles))
    for pole in stage.poles(poles):
        if pole.speaker is None:
            continue
        pole.power_cut()
        pole.quartz.restart(stage.village.time.now, stage.dice.choice((0, stage.dice.randrange(10**12))))
        pole.power_up()


@deed
def flash_full(stage: Stage, poles: tuple[int, ...]) -> None:
    for pole in stage.poles(poles):
        pole.flash.fill()


@deed
def flash_slow(stage: Stage, poles: tuple[int, ...], slowness: float) -> None:
    stage.trouble(HOUR, stage.poles(poles))
    for pole in stage.poles(poles):
        pole.flash.slow_down(slowness)


@deed
def flash_rot(stage: Stage, poles: tuple[int, ...]) -> None:
    """A bit of a stored sound turns over."""
    for pole in stage.poles(poles):
        held = sorted(pole.flash.held().items())
        if held:
            sha256, size = stage.dice.choice(held)
            pole.flash.rot(sha256, stage.dice.randrange(8 * size))


@deed
def flash_torn(stage: Stage, poles: tuple[int, ...], size: int) -> None:
    """The power goes after so many more bytes written, and comes back a little later."""
    stage.trouble(10 * MINUTE, stage.poles(poles))
    for pole in stage.poles(poles):
        pole.flash.die_in(size)


@deed
def flash_well(stage: Stage, poles: tuple[int, ...]) -> None:
    for pole in stage.poles(poles):
        pole.flash.lose_room(0)
        pole.flash.slow_down(0)
        pole.flash.die_in(None)
        pole.revive()


# Controller and broker


@deed
def kill(stage: Stage, counted: int, when: str) -> None:
    """The controller's process dies at its n-th publish from now, before or after it left."""
    desk, left = stage.village.desk, counted

    def count(_topic: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            stage.trouble(MINUTE)
            setattr(desk, f"{when}_publish", lambda _topic: None)
            raise Killed

    setattr(desk, f"{when}_publish", count)


@deed
def broker_dies(stage: Stage) -> None:
    stage.trouble(10 * MINUTE)
    stage.village.broker_dies()


@deed
def broker_returns(stage: Stage) -> None:
    stage.trouble(MINUTE)
    if not stage.village.broker.up:
        stage.village.broker_returns()


@deed
def rival(stage: Stage) -> None:
    """A second controller is started on the same database; once there, the one that works is killed."""
    stage.trouble(9 * MINUTE)
    if stage.village.rival is None:
        stage.village.second_controller(2 * MINUTE)
    else:
        working = next((desk for desk in stage.village.desks if desk.works), None)
        if working is not None:
            working.kill(stage.dice.randrange(5 * SECOND, 6 * MINUTE))


# Keys


@deed
def rotated(stage: Stage, role: Role, overlap: int) -> None:
    stage.village.rotate(role, overlap=overlap)


@deed
def leaked(stage: Stage, role: Role) -> None:
    """What sounds may fall silent for a moment: cancels are not the only thing on the way."""
    stage.trouble(MINUTE)
    stage.thief.steal(role)
    stage.village.rotate(role, overlap=0)


@deed
def new_root(stage: Stage) -> None:
    stage.village.new_root()


@deed
def thief(stage: Stage, role: Role) -> None:
    stage.thief.everywhere_it_is_known(role)


# A broker or a line that lies


@deed
def forge(stage: Stage, kind: str, place: int) -> None:
    stage.hostility.forge(kind, place, stage.dice)


@deed
def replay(stage: Stage, count: int) -> None:
    stage.hostility.replay(count, stage.dice)


@deed
def remember(stage: Stage) -> None:
    stage.hostility.remember()


@deed
def roll_back(stage: Stage) -> None:
    stage.hostility.roll_back()


@deed
def disorder(stage: Stage, share: float, held: int, span: int) -> None:
    """For `span` us this share of all messages is doubled, held back up to `held` us, or both."""
    stage.trouble(span + held)
    stage.hostility.disorder(share, held, span)


@deed
def tamper(stage: Stage, share: float, span: int) -> None:
    """For `span` us a bit is turned in this share of all pieces of audio."""
    stage.hostility.tamper(share, span)
