"""A commune's office for the controller's tests."""

from pathlib import Path

import pytest

from firmware_sim.village.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "office")
