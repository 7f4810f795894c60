"""The numbers of a mobile link, read from a file: each with its unit and source there. Draws nothing."""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from firmware_sim.errors import BadRadioModel

OWN = Path(__file__).with_name("model.toml")

Ms = Annotated[float, Field(ge=0, le=60_000)]
"""A message that is a minute under way has lost its connection."""
Seconds = Annotated[float, Field(ge=0, le=1e6)]
Positive = Annotated[float, Field(gt=0, le=60_000)]
Sigma = Annotated[float, Field(ge=0, le=5)]
"""Of a log-normal: at 5 one in six is 150 times its median and more."""
Factor = Annotated[float, Field(gt=0, le=100)]
Share = Annotated[float, Field(ge=0, le=1)]


def _in_order(span: tuple[float, float]) -> tuple[float, float]:
    if span[0] > span[1]:
        raise ValueError("the first of the two must not be the greater one")
    return span


Span = Annotated[tuple[Ms, Ms], AfterValidator(_in_order)]
Ppm = Annotated[float, Field(ge=0, le=1_000)]
"""A clock that is a second off after a quarter of an hour is broken, not wrong."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Way(_Table):
    """One direction, ms; asymmetries are standard deviations over speakers."""

    base_ms: Ms
    excess_median_ms: Positive
    asymmetry_ms: Ms
    foreign_asymmetry_ms: Ms


class Air(_Table):
    scheduling_ms: Annotated[tuple[Ms, ...], Field(min_length=1)]
    retransmission_ms: Ms
    retransmission_share: Share
    excess_sigma: Sigma
    tail_share: Share
    tail_scale_ms: Positive
    tail_alpha: Annotated[float, Field(ge=0.2, le=100)]
    tail_cap_ms: Ms


class Idle(_Table):
    after_s: Seconds
    promotion_ms: Span
    paging_ms: Span


class Congested(_Table):
    base_factor: Factor
    excess_factor: Factor
    tail_share: Share


class Cuts(_Table):
    mean_between_s: Annotated[float, Field(ge=1, le=1e6)]
    mean_outage_s: Annotated[float, Field(gt=0, le=1e6)]


class Throughput(_Table):
    median_mbit_s: Annotated[float, Field(ge=0.001, le=1e5)]
    sigma: Sigma


class ClockModel(_Table):
    """A crystal: `drift_ppm` at most, and how far day and night move it."""

    drift_ppm: Ppm
    swing_ppm: Annotated[tuple[Ppm, Ppm], AfterValidator(_in_order)]


class RadioModel(_Table):
    uplink: Way
    downlink: Way
    air: Air
    idle: Idle
    congested: Congested
    cuts: Cuts
    throughput: Throughput
    clock: ClockModel

    @classmethod
    def read(cls, path: Path | None = None) -> "RadioModel":
        """The model in a TOML file, or the one shipped here; BadRadioModel if it cannot be read or is not whole."""
        file = path or OWN
        try:
            return cls.model_validate(tomllib.loads(file.read_text("utf-8")))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise BadRadioModel(file=str(file), field=where, reason=first["msg"]) from error
        except (OSError, ValueError) as error:
            raise BadRadioModel(file=str(file), field="", reason=str(error)) from error
