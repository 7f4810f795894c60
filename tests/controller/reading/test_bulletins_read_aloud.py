"""Whole sentences of bulletins, as an officer types them and as they shall be heard."""

from itertools import pairwise
from pathlib import Path

import pytest

from controller.reading.preview import read_as

TABLE = Path(__file__).with_name("bulletins.txt")


def cases() -> list[tuple[str, str]]:
    lines = TABLE.read_text("utf-8").splitlines()
    return [
        (typed[2:], heard[2:]) for typed, heard in pairwise(lines) if typed.startswith("< ") and heard.startswith("> ")
    ]


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len(cases()) >= 330
    assert len({typed for typed, _ in cases()}) == len(cases())


@pytest.mark.parametrize(("typed", "heard"), cases())
def test_is_heard_as_an_officer_would_say_it(typed: str, heard: str) -> None:
    assert read_as(typed, {}) == heard


@pytest.mark.parametrize(("typed", "heard"), cases())
def test_what_is_read_once_stays(typed: str, heard: str) -> None:
    assert read_as(heard, {}) == heard
