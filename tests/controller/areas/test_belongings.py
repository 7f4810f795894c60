"""Two communes become one: nothing of theirs is left in a place that is no more."""

import pytest

from controller.library.glossary import read_glossary, replace_glossary
from controller.library.models import Bulletin
from controller.people.models import Person
from devices.models import ClaimCode
from firmware_sim.village.office import Office
from firmware_sim.village.virtual_time import START
from tests.controller.areas.units import SECOND, Units


@pytest.fixture
def units(office: Office) -> Units:
    return Units(office)


def leave(units: Units) -> None:
    """A bulletin, somebody and a code of the first commune; words of both, of which they read one differently."""
    with units.office.database.write() as session:
        session.get_one(Bulletin, units.bulletin).owner_id = units.first
        session.add(
            Person(
                id="hoa", login="hoa", name="Hoa", area_id=units.first, created_at=START, created_by="",
                changed_at=START,
            )
        )  # fmt: skip
        for name, ends in (("open", units.now + 100 * SECOND), ("over", units.now - SECOND)):
            session.add(
                ClaimCode(
                    id=name, digest=name, area_id=units.first, name=name, created_at=START, created_by="",
                    expires_at=ends,
                )
            )  # fmt: skip
        act = units.office.act(units.now)
        replace_glossary(session, units.first, {"VNPT": "vê en pê tê", "QL50": "quốc lộ năm mươi"}, act)
        replace_glossary(session, units.second, {"VNPT": "vi en pi ti", "TL": "tỉnh lộ"}, act)


def test_bulletins_words_people_and_open_codes_go_over(units: Units) -> None:
    leave(units)
    new = units.merge()
    with units.office.database.read() as session:
        assert session.get_one(Bulletin, units.bulletin).owner_id == new
        assert session.get_one(Person, "hoa").area_id == new
        assert {row.id: row.area_id for row in units.rows(ClaimCode)} == {"open": new, "over": units.first}
        words = read_glossary(session, new)
    assert words.keys() == {"VNPT", "QL50", "TL"} and words["QL50"] == "quốc lộ năm mươi"


def test_what_goes_over_is_seen_before(units: Units) -> None:
    leave(units)
    seen = units.do(kind="merge", areas=[units.first, units.second], name="Xã Gò Công").belongings
    told = {one.area: one for one in seen}
    first, second = told[units.first], told[units.second]
    assert (first.bulletins, first.people, first.claim_codes, second.bulletins) == (1, 1, 1, 0)
    assert first.words + second.words == 3
    assert sorted(first.words_that_differ + second.words_that_differ) == ["VNPT"]
