"""The people of a province for the tests of second persons."""

from pathlib import Path

import pytest

from tests.controller.approvals.staff import Staff


@pytest.fixture
def staff(tmp_path: Path) -> Staff:
    return Staff(tmp_path)
