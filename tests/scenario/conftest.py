"""A village for each scenario."""

from pathlib import Path

import pytest

from tests.fakes.village import Village


@pytest.fixture
def village(tmp_path: Path) -> Village:
    return Village(tmp_path / "village").settle()
