"""Which speakers a fleet registers, and where they stand."""

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from api.cli.enrolment import CRATE, Part, crates, villages
from api.cli.fleet import fault_names, part_of
from devices.protocol.keys import SigningKey
from firmware_sim.identity import Birth, Identity


@given(speakers=st.integers(0, 3_000), of=st.integers(1, 7))
def test_parts_share_all_speakers_and_none_twice(speakers: int, of: int) -> None:
    parts = [Part(number, of).numbers(speakers) for number in range(1, of + 1)]
    assert sorted(number for part in parts for number in part) == list(range(speakers))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@given(speakers=st.integers(0, 3_000), places=st.integers(1, 60), of=st.integers(1, 4))
def test_a_crate_goes_to_one_place_and_every_speaker_is_in_one(speakers: int, places: int, of: int) -> None:
    numbers = Part(of, of).numbers(speakers)
    found = list(crates(numbers, places))
    assert sorted(number for crate in found for number in crate) == list(numbers)
    assert all(len({number % places for number in crate}) == 1 and len(crate) <= CRATE for crate in found)


def test_villages_are_told_by_the_names_of_their_speakers() -> None:
    key = SigningKey(b"\x01" * 32)
    identity = "11111111-1111-4111-8111-111111111111"
    named = [
        Identity(Birth(tenant=identity, device=identity, root=key.verify_key.public, name=name), key)
        for name in ("Loa 01 Xã Tân Đông", "Loa 01 Ấp 2", "Loa 02 Xã Tân Đông", "Loa 100 Ấp 2")
    ]
    assert villages(named) == [[0, 2], [1, 3]]


@pytest.mark.parametrize(("said", "meant"), [("", ()), ("cuts", ("cuts",)), (" flood, cuts,,", ("cuts", "flood"))])
def test_faults_are_named_with_commas(said: str, meant: tuple[str, ...]) -> None:
    assert fault_names(said) == meant


@pytest.mark.parametrize("said", ["cuts,rain", "all"])
def test_an_unknown_fault_is_refused_with_those_there_are(said: str) -> None:
    with pytest.raises(typer.BadParameter, match="storm"):
        fault_names(said)


@pytest.mark.parametrize("said", ["", "1", "0/3", "4/3", "a/b", "1/2/3", "-1/2", "1/101"])
def test_what_is_no_part_is_refused(said: str) -> None:
    assert part_of("2/3") == Part(2, 3)
    with pytest.raises(typer.BadParameter):
        part_of(said)
