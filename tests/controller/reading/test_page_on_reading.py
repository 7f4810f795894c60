"""docs/reading.md tells the truth."""

import re
from pathlib import Path

import pytest

from controller.reading.data import load
from controller.reading.preview import read_as

PAGE = (Path(__file__).parents[3] / "docs" / "reading.md").read_text("utf-8")
ROWS = re.findall(r"^\| (.+?) \| (.+?\.) \|$", PAGE, re.MULTILINE)


def test_the_page_has_its_examples() -> None:
    assert len(ROWS) >= 20


@pytest.mark.parametrize(("typed", "heard"), ROWS)
def test_an_example_is_heard_as_the_page_says(typed: str, heard: str) -> None:
    assert read_as(typed, {}) == heard


def test_the_list_is_as_long_as_the_page_says() -> None:
    claimed = re.search(r"some (\d+) abbreviations", PAGE)
    assert claimed is not None
    assert abs(sum(map(len, load("abbreviations").values())) - int(claimed[1])) <= 15
