"""Makes of speaker: what is in the box, one file each in `profiles/`. Read once and shared."""

import tomllib
from dataclasses import replace
from functools import cache, cached_property
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from firmware_sim.errors import BadProfile, UnknownProfile
from firmware_sim.hardware.power import Chemistry, Supply
from firmware_sim.settings import MIB, SpeakerSettings

PACKAGE = "firmware_sim.hardware.profiles"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


class Flash(_Section):
    mib: int = Field(64, ge=1, le=65_536)
    """Room for audio, MiB."""


class Codec(_Section):
    """The most that its decoder takes; more is refused as `unknown_codec`."""

    kbit_s: int = Field(512, ge=6)
    longest_s: int = Field(86_400, ge=1)


class Link(_Section):
    window_kib: int = Field(256, ge=1)
    """Audio asked for at a time, KiB; one piece at least. Weak links take 16."""
    budget_mb: int = Field(0, ge=0)
    """Of the SIM card a month, MB of a million bytes; 0: no limit."""
    reset_day: int = Field(1, ge=1, le=28)


class SoundParts(_Section):
    horns: int = Field(2, ge=1, le=16)
    horn_watts: float = Field(30.0, gt=0)
    microphone: bool = True
    line_monitor: bool = True
    """Whether the amplifier measures the line to its horns."""


class PowerParts(_Section):
    """See `Supply`."""

    volts: float = 24.0
    mains_volts: float = Field(24.1, ge=0)
    battery_ah: float = Field(0.0, ge=0)
    chemistry: Chemistry = "lead_acid"
    charger_watts: float = Field(0.0, ge=0)
    solar_watts: float = Field(0.0, ge=0)
    idle_watts: float = Field(4.0, ge=0)
    off_volts: float = Field(20.0, ge=0)
    on_volts: float = Field(22.0, ge=0)


class Profile(_Section):
    name: str
    about: str
    model: str
    firmware: str
    clock_battery: bool = True
    """Whether its clock chip runs on without power."""
    flash: Flash = Flash()
    codec: Codec = Codec()
    link: Link = Link()
    sound: SoundParts = SoundParts()
    power: PowerParts = PowerParts()

    @classmethod
    def read(cls, name: str) -> "Profile":
        """The make of that name; UnknownProfile, or BadProfile with the field that is wrong."""
        return _read(name)

    @property
    def rated_watts(self) -> float:
        """Of all horns."""
        return self.sound.horns * self.sound.horn_watts

    @cached_property
    def supply(self) -> Supply:
        return Supply(**self.power.model_dump(exclude={"idle_watts"}))

    def settings(self, common: SpeakerSettings | None = None) -> SpeakerSettings:
        """What the speaker's core must know of its box; the rest as it is in `common`."""
        return replace(
            common or SpeakerSettings(),
            model=self.model,
            firmware=self.firmware,
            flash_bytes=self.flash.mib * MIB,
            window_bytes=self.link.window_kib * 1_024,
            longest=self.codec.longest_s * 1_000,
            kbit_s=self.codec.kbit_s,
        )


def profiles() -> list[str]:
    """Names of all makes."""
    return sorted(file.name.removesuffix(".toml") for file in files(PACKAGE).iterdir() if file.name.endswith(".toml"))


@cache
def _read(name: str) -> Profile:
    if name not in profiles():
        raise UnknownProfile(profile=name, known=profiles())
    try:
        return Profile(name=name, **tomllib.loads((files(PACKAGE) / f"{name}.toml").read_text("utf-8")))
    except ValidationError as error:
        raise BadProfile(profile=name, field=".".join(map(str, error.errors()[0]["loc"]))) from error
