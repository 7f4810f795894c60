"""The microphone: true to what is in the air, deaf to what was said."""

import inspect
import math
import typing
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.protocol.messages.speaker import Health
from firmware_sim.hardware import microphone
from firmware_sim.hardware.amplifier import HOWL_DBFS, HOWL_HZ, Air
from firmware_sim.hardware.microphone import (
    COUPLING,
    RATE,
    WINDOW,
    WINDOWS,
    Heard,
    dbfs,
    listen,
    steady_tone,
    tone_share,
)

LONG = WINDOW * WINDOWS
QUIET = -55.0


def tone(hertz: float, level: float) -> np.ndarray:
    """A sine of that level."""
    wave = np.sin(np.arange(LONG) * 2 * np.pi * hertz / RATE) * math.sqrt(2) * 10 ** (level / 20)
    return wave.astype(np.float32)


def speech(level: float, seed: int = 3) -> np.ndarray:
    """Noise that swells and fades like syllables."""
    wave = np.random.default_rng(seed).standard_normal(LONG) * (1 + np.sin(np.arange(LONG) / 400))
    return (wave / np.sqrt(np.mean(wave**2)) * 10 ** (level / 20)).astype(np.float32)


def test_levels_are_decibels_of_full_scale() -> None:
    assert dbfs(tone(1_000, -20)) == pytest.approx(-20, abs=0.1)
    assert dbfs(np.zeros(10, np.float32)) == -120


@pytest.mark.parametrize("hertz", [440.0, 1_000.0, 3_333.0])
def test_goertzel_finds_a_tone_at_its_place_only(hertz: float) -> None:
    wave = tone(hertz, -20)
    assert tone_share(wave, hertz) > 0.99 and tone_share(wave, hertz + 200) < 0.01
    assert tone_share(np.zeros(600, np.float32), 440) == 0


@given(st.floats(320, 3_980), st.floats(-30, 0))
def test_a_steady_tone_is_found_wherever_it_lies(hertz: float, level: float) -> None:
    found = steady_tone(tone(hertz, level) + speech(level - 20))
    assert found is not None and abs(found - hertz) <= 20


@given(st.integers(0, 1_000))
def test_speech_and_noise_are_no_tone(seed: int) -> None:
    assert steady_tone(speech(-20, seed)) is None


def test_a_tone_that_wanders_is_none() -> None:
    wave = np.concatenate([tone(400 + 300 * look, -20)[:WINDOW] for look in range(WINDOWS)])
    assert steady_tone(wave) is None


def test_a_sound_horn_is_heard_as_loud_as_it_was_driven() -> None:
    heard = listen(speech(-18), Air(1.0), QUIET, 0)
    assert heard.drive == pytest.approx(-18, abs=0.2) and heard.matched == pytest.approx(-18 + COUPLING, abs=0.2)


@pytest.mark.parametrize("noise", [-55.0, -35.0, -25.0])
@pytest.mark.parametrize("place", [0, 777, 65_535])
def test_noise_is_not_taken_for_the_horn(noise: float, place: int) -> None:
    alive, dead = (listen(speech(-18), Air(gain), noise, place) for gain in (1.0, 0.0))
    assert alive.matched is not None and dead.matched is not None
    assert alive.matched > -31 and dead.matched < min(noise - 15, alive.matched - 15)


def test_a_howl_is_a_tone_and_loud() -> None:
    heard = listen(None, Air(1.0, howl=True), QUIET, 5)
    assert heard.tone is not None and abs(heard.tone - HOWL_HZ) <= 20
    assert heard.level == pytest.approx(HOWL_DBFS, abs=0.3) and heard.drive is heard.matched is None


def test_quiet_is_quiet() -> None:
    assert listen(None, Air(1.0), QUIET, 9) == Heard(pytest.approx(QUIET, abs=0.5))


# No recording ever leaves


def test_only_numbers_come_out() -> None:
    for field in fields(Heard):
        kinds = set(typing.get_args(field.type) or (field.type,))
        assert kinds <= {int, float, type(None)}, field.name
    assert not hasattr(Heard(0.0), "__dict__"), "nothing can be hung on it"


def test_nothing_that_listens_gives_samples_back() -> None:
    """Public functions of the room answer with numbers; the room holds nothing between two calls."""
    public = [(name, it) for name, it in inspect.getmembers(microphone, inspect.isfunction)
              if it.__module__ == microphone.__name__ and not name.startswith("_")]  # fmt: skip
    answers = {name: typing.get_type_hints(it)["return"] for name, it in public}
    assert answers == {"listen": Heard, "dbfs": float, "tone_share": float, "steady_tone": int | None}
    before = {name: id(value) for name, value in vars(microphone).items()}
    listen(speech(-18), Air(1.0), QUIET, 1)
    assert {name: id(value) for name, value in vars(microphone).items()} == before


def test_the_heartbeat_has_no_place_for_a_recording() -> None:
    """Nothing in it repeats, and the only free text are names of a fixed shape or list."""
    for name, field in Health.model_fields.items():
        kinds = str(field.annotation)
        assert not any(word in kinds for word in ("bytes", "tuple", "list", "dict")), name
    heard = [Health.model_fields[name].annotation for name in ("drive", "heard", "noise", "tone")]
    assert all("str" not in str(kind) for kind in heard)
