"""Two places for the firmware: a new version is tried, and stays only if the speaker says that it works. Pure.

As boot loaders of small Linux boxes do it (U-Boot's boot count, RAUC): the count goes up before the jump, so a
version that hangs takes itself out.
"""

from dataclasses import dataclass, replace

from devices.protocol.messages.speaker import Slot

TRIES = 3
"""How often a new version may be started before it has confirmed itself."""


@dataclass(frozen=True, slots=True)
class Slots:
    a: str
    """Version in slot a; empty: none."""
    b: str = ""
    good: Slot = "a"
    """The slot that has proved itself."""
    on_trial: bool = False
    """Whether the other slot is to be started next."""
    tries: int = 0
    running: Slot = "a"

    @property
    def version(self) -> str:
        """That runs."""
        return self.a if self.running == "a" else self.b


def installed(slots: Slots, version: str) -> Slots:
    """A new version was written, whole and verified, over the one that does not run; it is tried at the next boot."""
    fresh = replace(slots, on_trial=True, tries=0)
    return replace(fresh, b=version) if slots.good == "a" else replace(fresh, a=version)


def booted(slots: Slots) -> Slots:
    """Power came, or the watchdog bit: which slot starts now."""
    if slots.on_trial and slots.tries < TRIES:
        return replace(slots, running=_other(slots.good), tries=slots.tries + 1)
    return replace(slots, running=slots.good, on_trial=False)


def confirmed(slots: Slots) -> Slots:
    """What runs has reached its broker: it stays."""
    return replace(slots, good=slots.running, on_trial=False)


def _other(slot: Slot) -> Slot:
    return "b" if slot == "a" else "a"
