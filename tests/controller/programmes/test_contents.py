"""Which sound is heard where: the version of the place's language, the newest of a category, and nothing unready."""

import pytest

from devices.models import Area
from firmware_sim.village.office import Office
from firmware_sim.village.virtual_time import START
from scheduler.timetable import wanted
from tests.controller.programmes.commune import Commune


@pytest.fixture
def commune(office: Office) -> Commune:
    return Commune(office)


def speak(commune: Commune, area: str, *languages: str) -> None:
    with commune.office.database.write() as session:
        session.get_one(Area, area).languages = list(languages)
        wanted(session)


def heard(commune: Commune) -> dict[str, set[str]]:
    """Bulletin to the speakers that hear it first."""
    first = min(commune.starts())
    airings = [one for one in commune.airings() if one.start_at == first]
    return {commune.order(one).bulletin_id: commune.targets(one) for one in airings}


def test_each_place_hears_its_language(commune: Commune) -> None:
    hamlet = commune.office.area("Bản Tày", commune.area)
    (there,) = commune.office.register(hamlet, ["loa bản"])
    tay = commune.set_bulletin(
        commune.office.bulletin(3.0, 600), original_id=commune.bulletin, language="tyz", created_at=START + 1
    )
    commune.keep()
    commune.plan()
    assert heard(commune) == {commune.bulletin: {*commune.speakers, there}}, "nobody has asked for another language"
    speak(commune, hamlet, "hmn", "tyz")
    commune.plan()
    assert heard(commune) == {commune.bulletin: set(commune.speakers), tay: {there}}
    speak(commune, commune.province, "tyz")
    speak(commune, hamlet, "vi")
    commune.plan()
    assert heard(commune) == {tay: set(commune.speakers), commune.bulletin: {there}}, "inherited, the nearest wins"


def test_a_version_that_is_not_ready_is_not_waited_for(commune: Commune) -> None:
    tay = commune.set_bulletin(
        commune.office.bulletin(3.0, 600), original_id=commune.bulletin, language="tyz", state="rendering"
    )
    speak(commune, commune.area, "tyz")
    commune.keep()
    commune.plan()
    assert heard(commune) == {commune.bulletin: set(commune.speakers)}
    commune.set_bulletin(tay, state="ready")
    commune.plan()
    assert heard(commune) == {tay: set(commune.speakers)}


def test_the_newest_of_a_category_replaces_the_one_before(commune: Commune) -> None:
    commune.set_bulletin(commune.bulletin, category="thời tiết")
    commune.keep(content={"kind": "newest", "category": "thời tiết"})
    commune.plan()
    old = commune.airings()
    newer = commune.set_bulletin(commune.office.bulletin(3.0, 600), category="thời tiết", created_at=START + 1)
    commune.plan()
    assert heard(commune) == {newer: set(commune.speakers)}
    assert [one.instead for one in commune.airings()] == [[one.order_id] for one in old]
    commune.set_bulletin(commune.office.bulletin(3.0, 700), category="khác", created_at=START + 2)
    commune.set_bulletin(
        commune.office.bulletin(3.0, 800), category="thời tiết", created_at=START + 3, state="rendering"
    )
    commune.plan()
    assert heard(commune) == {newer: set(commune.speakers)}, "another category, and one that is not ready"


def test_a_version_in_another_language_is_not_newer_than_its_original(commune: Commune) -> None:
    commune.set_bulletin(commune.bulletin, category="thời tiết")
    tay = commune.set_bulletin(
        commune.office.bulletin(3.0, 600), category="thời tiết", original_id=commune.bulletin, language="tyz",
        created_at=START + 9,
    )  # fmt: skip
    commune.keep(content={"kind": "newest", "category": "thời tiết"})
    commune.plan()
    assert heard(commune) == {commune.bulletin: set(commune.speakers)}
    speak(commune, commune.area, "tyz")
    commune.plan()
    assert heard(commune) == {tay: set(commune.speakers)}


def test_a_category_without_bulletins_is_silent_until_one_comes(commune: Commune) -> None:
    commune.keep(content={"kind": "newest", "category": "nông vụ"})
    commune.plan()
    assert commune.airings() == []
    commune.set_bulletin(commune.bulletin, category="nông vụ")
    commune.plan()
    assert len(commune.airings()) == 7
