"""The audio room's tools, and a maker of files in a folder of the test's own."""

from pathlib import Path

import pytest

from controller.audio.tools import AudioTools, bundled_tools
from tests.controller.audio.zoo import Maker


@pytest.fixture(scope="session")
def tools() -> AudioTools:
    return bundled_tools()


@pytest.fixture
def maker(tools: AudioTools, tmp_path: Path) -> Maker:
    return Maker(tools.ffmpeg, tmp_path)
