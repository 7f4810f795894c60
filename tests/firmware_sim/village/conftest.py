"""A small village that has joined and knows the time."""

from pathlib import Path

import pytest

from firmware_sim.village.village import Village


@pytest.fixture
def village(tmp_path: Path) -> Village:
    return Village(tmp_path / "village", speakers=2).settle()
