"""The box on the pole, put together: what it measures at a heartbeat, and what can go wrong with it.

Nothing happens between two looks: time is made up for when somebody asks. It outlives the power of its speaker.
"""

from dataclasses import replace

from devices.protocol.messages.speaker import AmplifierWord
from devices.protocol.units import DAY, MINUTE
from firmware_sim.errors import UnknownFault
from firmware_sim.flash import Flash
from firmware_sim.hardware import amplifier, clock_chip, firmware_slots, heat, power, weather
from firmware_sim.hardware.data_meter import DataMeter, MeteredLine
from firmware_sim.hardware.faulty_flash import FaultyFlash
from firmware_sim.hardware.horn import Horn
from firmware_sim.hardware.microphone import Heard, Wave, listen
from firmware_sim.hardware.profile import Profile
from firmware_sim.health import Readings
from firmware_sim.ports import Chance, SpeakerLink
from firmware_sim.sinks import Sink

STEP = 15 * MINUTE
"""The longest step in which sun and load count as even, us."""
MADE_UP = 7 * DAY
"""More than this is not made up for, us: a box that was away for weeks is where a week would have brought it."""
FAULTS = frozenset(
    (
        "dead_horn", "howling_horn", "cut_wire", "relay_stuck_off", "relay_stuck_on", "amplifier_dead",
        "blocked_vent", "old_battery", "covered_panel", "flash_full", "flash_slow",
    )
)  # fmt: skip
"""What `fail` and `repair` know."""
FLASH = frozenset(("flash_full", "flash_slow"))
OLD = 0.2
"""What is left of an old battery's capacity."""
SLOW = 20.0
"""A worn flash writes so many times as slowly."""
BUSY, BUSY_DBFS = 0.03, -28.0
"""Share of moments in which a motorbike passes or a cock crows, and how loud that is at the microphone."""
SIGNAL = -70
"""dBm at first; it wavers between the two below."""
WEAKEST, STRONGEST = -105.0, -50.0


class Hardware:
    """One box. `now` is always the true time, us UTC; `chance` makes it repeatable."""

    __slots__ = (
        "_air", "_at", "_bad_versions", "_chance", "_chip", "_degrees", "_flash", "_horn", "_power", "_signal",
        "_slots", "_supply", "_word", "faults", "meter", "profile",
    )  # fmt: skip

    def __init__(self, profile: Profile, chance: Chance, now: int | None = None, firmware: str | None = None) -> None:
        """`now`: when it was put up; without, at the first look."""
        self.profile = profile
        self.faults: frozenset[str] = frozenset()
        self.meter = DataMeter()
        self._chance = chance
        self._at: int | None = None
        self._supply = profile.supply
        self._power = power.Power()
        self._degrees = 0.0
        self._air = amplifier.air(self.faults)
        self._word: AmplifierWord = "standby"
        self._signal = float(SIGNAL)
        self._chip = clock_chip.set_right(profile.clock_battery, now or 0)
        self._slots = firmware_slots.Slots(firmware or profile.firmware)
        self._bad_versions: frozenset[str] = frozenset()
        self._horn: Horn | None = None
        self._flash: FaultyFlash | None = None
        if now is not None:
            self._put_up(now)

    # What it is built into

    def horn(self, inner: Sink) -> Sink:
        """The speaker's way out; the microphone listens there. A new one at every boot."""
        self._horn = Horn(inner)
        return self._horn

    def line(self, inner: SpeakerLink) -> SpeakerLink:
        """The speaker's way up, with the SIM card's meter in it."""
        return MeteredLine(inner, self.meter)

    def received(self, topic: str, payload_bytes: int) -> None:
        """A message came down."""
        self.meter.received(topic, payload_bytes)

    def flash(self, inner: Flash) -> FaultyFlash:
        """The speaker's flash with this box's faults in it."""
        self._flash = FaultyFlash(inner)
        self._fit_flash()
        return self._flash

    # Power

    def boot(self, now: int) -> None:
        """Power came: the clock chip starts, the boot loader picks a version that starts."""
        self._chip = clock_chip.power_came(self._chip, now)
        self._slots = firmware_slots.booted(self._slots)
        while self._slots.version in self._bad_versions and self._slots.on_trial:
            self._slots = firmware_slots.booted(self._slots)

    def confirm(self) -> None:
        """The speaker has reached its broker."""
        self._slots = firmware_slots.confirmed(self._slots)

    @property
    def firmware(self) -> str:
        """Version that runs."""
        return self._slots.version

    def install(self, version: str, boots: bool = True) -> None:
        """A new version lies in the other slot; with `boots` False it never comes up."""
        self._slots = firmware_slots.installed(self._slots, version)
        if not boots:
            self._bad_versions |= {version}

    def mains(self, level: float) -> None:
        """Voltage in the street as a share of what it should be: 0 or False a cut, 0.6 a brown-out, 1 or True whole."""
        self._power = power.after(replace(self._power, mains=float(level)), self._supply, self._load(0.0), 0.0, 0.0)

    def refill(self, charge: float) -> None:
        """The battery holds this share of its charge; without one nothing changes."""
        self._power = power.after(replace(self._power, charge=charge), self._supply, self._load(0.0), 0.0, 0.0)

    @property
    def powered(self) -> bool:
        """Whether the box runs, as of the last look; `mains` and `advance` change it."""
        return self._power.on

    def power_change(self, now: int, horizon: int = 2 * DAY) -> int | None:
        """When it goes off or comes on by itself if nothing changes and nothing plays, us UTC, to five minutes."""
        self.advance(now)
        if not self._supply.battery_ah or (self._power.mains >= 1 and self._supply.mains_volts):
            return None  # it follows the mains, and those are as they are
        state, at, load = self._power, now, self._load(0.0)
        while at < now + horizon:
            at += 5 * MINUTE
            state = power.after(state, self._supply, load, self._on_panel(weather.sun(at)), 1 / 12)
            if state.on != self._power.on:
                return at
        return None

    # Faults

    def fail(self, fault: str) -> None:
        """Something breaks, see FAULTS; UnknownFault for anything else. It stays broken until `repair`."""
        if fault not in FAULTS:
            raise UnknownFault(fault=fault)
        self._set_faults(self.faults | {fault})

    def repair(self, fault: str | None = None) -> None:
        """Somebody climbed the pole; without a name everything is repaired."""
        self._set_faults(self.faults - {fault} if fault else frozenset())

    def rot_flash(self) -> None:
        """One bit turns in every blob that is whole; the speaker must be built on `flash(...)`."""
        if self._flash is not None:
            for sha256 in self._flash.whole():
                self._flash.rot(sha256, self._chance.getrandbits(32) % (8 * self._flash.held()[sha256]))

    def jump_chip(self, by: int, now: int) -> None:
        """The clock chip shows `by` us more."""
        self._chip = clock_chip.jumped(self._chip, by, now)

    def chip(self, now: int) -> int:
        """What the clock chip shows, us UTC; nothing in the speaker believes it."""
        return self._chip.utc(now)

    # Looks

    def advance(self, now: int, sounded: int = 0) -> None:
        """Let the time since the last look pass; of it, sound left the amplifier for `sounded` us."""
        if self._at is None:
            self._put_up(now)
        passed = min(now - (self._at or 0), MADE_UP)
        if passed <= 0:
            return
        share = min(1.0, sounded / passed)
        begin, load = now - passed, self._load(share)
        losses = self.profile.power.idle_watts + amplifier.lost(self.profile.rated_watts, self._share(share))
        for done in range(0, passed, STEP):
            step = min(STEP, passed - done)
            self._pass(begin + done + step, step / (60 * MINUTE), losses, load)
        self._at = now

    def readings(self, mono: int, now: int, playing: bool) -> Readings:
        """What it measures at a heartbeat at `now`, `mono` by the speaker's own clock."""
        sounded, looks = self._horn.take(mono) if self._horn else (0, None)
        self.advance(now, sounded)
        self.meter.turn_to(now, self.profile.link.reset_day)
        heard = None if looks is None else self._listen(now, looks)
        quiet = None if playing else self._listen(now, None)
        watches = self.profile.sound.line_monitor
        self._word = amplifier.word(self.faults, self._word, sounded > 0, playing, watches)
        stored, budget = self._supply.battery_ah > 0, self.profile.link.budget_mb * 1_000_000
        return Readings(
            temperature=round(self._degrees + self._chance.uniform(-0.2, 0.2), 1),
            supply=max(0.0, round(self._power.volts + self._chance.uniform(-0.05, 0.05), 2)),
            signal=self._waver(),
            slot=self._slots.running,
            feed=self._power.feed,
            battery=round(self._power.charge * 100) if stored else None,
            battery_volts=round(power.rest_volts(self._supply, self._power.charge), 2) if stored else None,
            charging=self._power.charging if stored else None,
            amplifier=self._word,
            drive=heard.drive if heard else None,
            heard=heard.matched if heard else None,
            noise=quiet.level if quiet else None,
            tone=quiet.tone if quiet else None,
            data_used=self.meter.used,
            data_share=self.meter.used * 100 // budget if budget else None,
        )

    def _put_up(self, now: int) -> None:
        """As warm as the day makes it, its battery full."""
        self._at = now
        self._degrees = heat.bound_for(weather.shade(now), weather.sun(now), self.profile.power.idle_watts, False)
        self._power = power.after(self._power, self._supply, self._load(0.0), self._on_panel(weather.sun(now)), 0.0)

    def _pass(self, now: int, hours: float, losses: float, load: float) -> None:
        """`losses`, `load`: watts that become heat in the box, and that it draws."""
        sun = weather.sun(now)
        bound = heat.bound_for(weather.shade(now), sun, losses * self._power.on, "blocked_vent" in self.faults)
        self._degrees = heat.after(self._degrees, bound, hours)
        self._power = power.after(self._power, self._supply, load, self._on_panel(sun), hours)

    def _share(self, share: float) -> float:
        """Of the time for which the output stage works: a stuck relay or a howl keep it at work."""
        return 1.0 if amplifier.NOISY & self.faults else share

    def _load(self, share: float) -> float:
        return self.profile.power.idle_watts + amplifier.draw(self.profile.rated_watts, self._share(share))

    def _on_panel(self, sun: float) -> float:
        """Behind the clouds of an average day."""
        return 0.0 if "covered_panel" in self.faults else sun * weather.CLEAR

    def _listen(self, now: int, looks: Wave | None) -> Heard | None:
        """What the microphone makes of sound that was sent, or of silence; None without a microphone."""
        if not self.profile.sound.microphone:
            return None
        busy = self._chance.random() < BUSY
        noise = (BUSY_DBFS if busy else weather.murmur(now)) + self._chance.uniform(-3, 3)
        return listen(looks, self._air, noise, self._chance.getrandbits(16))

    def _waver(self) -> int:
        """dBm, a little other than before."""
        self._signal = min(STRONGEST, max(WEAKEST, self._signal + self._chance.uniform(-3, 3)))
        return round(self._signal)

    def _set_faults(self, faults: frozenset[str]) -> None:
        flash_changed, self.faults = FLASH & (self.faults ^ faults), faults
        self._air = amplifier.air(faults)
        whole = self.profile.supply
        self._supply = replace(whole, battery_ah=whole.battery_ah * OLD) if "old_battery" in faults else whole
        if flash_changed:
            self._fit_flash()

    def _fit_flash(self) -> None:
        if self._flash is not None:
            self._flash.lose_room(0)
            if "flash_full" in self.faults:
                self._flash.fill()
            self._flash.slow_down(SLOW if "flash_slow" in self.faults else 0.0)
