"""The numbers of a mobile link, read from a file: each with its unit and source there. Draws nothing."""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from firmware_sim.errors import BadRadioModel

OWN = Path(__file__).with_name("model.toml")

Amount = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, le=1e6, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]


def _in_order(span: tuple[float, float]) -> tuple[float, float]:
    if span[0] > span[1]:
        raise ValueError("the first of the two must not be the greater one")
    return span


Span = Annotated[tuple[Amount, Amount], AfterValidator(_in_order)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Way(_Table):
    """One direction, ms; asymmetries are standard deviations over speakers."""

    base_ms: Amount
    excess_median_ms: Positive
    asymmetry_ms: Amount
    foreign_asymmetry_ms: Amount


class Air(_Table):
    scheduling_ms: Annotated[tuple[Amount, ...], Field(min_length=1)]
    retransmission_ms: Amount
    retransmission_share: Share
    excess_sigma: Amount
    tail_share: Share
    tail_scale_ms: Positive
    tail_alpha: Positive
    tail_cap_ms: Amount


class Idle(_Table):
    after_s: Amount
    promotion_ms: Span
    paging_ms: Span


class Congested(_Table):
    base_factor: Positive
    excess_factor: Positive
    tail_share: Share


class Cuts(_Table):
    mean_between_s: Positive
    mean_outage_s: Positive


class Throughput(_Table):
    median_mbit_s: Positive
    sigma: Amount


class ClockModel(_Table):
    """A crystal: `drift_ppm` at most, and how far day and night move it."""

    drift_ppm: Amount
    swing_ppm: Span


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
