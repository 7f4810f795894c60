"""Rules reach a speaker through its areas, through circles on the ground, and by its name."""

from dataclasses import replace
from math import asin, atan2, cos, degrees, pi, radians, sin

from hypothesis import given
from hypothesis import strategies as st

from scheduler.air.circles import EARTH_M, Circle, Circles, Point, metres
from scheduler.air.places import Places, binding, zones_of

PARENTS = {"province": None, "commune": "province", "hamlet": "commune", "neighbour": "province"}
SCHOOL = (10.3830, 106.6940)
PLACES = Places(
    parents=PARENTS,
    circles=Circles([Circle("school", SCHOOL, 200), Circle("market", SCHOOL, 50)]),
    of_area={"province": ["night"], "hamlet": ["noon", "rest"], "neighbour": ["other"]},
    of_zone={"school": ["lessons"], "market": ["crowd", "night"]},
    of_device={"horn": ["soft"]},
)


def test_a_speaker_has_the_rules_of_all_areas_around_it_and_its_own() -> None:
    assert binding("horn", "hamlet", None, PLACES) == ("night", "noon", "rest", "soft")
    assert binding("other horn", "commune", None, PLACES) == ("night",)


def test_a_speaker_without_coordinates_is_in_no_zone() -> None:
    assert binding("a", "commune", SCHOOL, PLACES) == ("crowd", "lessons", "night")
    assert binding("a", "commune", None, PLACES) == ("night",)


def test_a_circle_ends_where_its_metres_do() -> None:
    """A thousandth of a degree of latitude is 111.2 m."""
    north = (SCHOOL[0] + 0.001, SCHOOL[1])
    assert 111.1 < metres(SCHOOL, north) < 111.3
    assert binding("a", "commune", north, PLACES) == ("lessons", "night")
    assert binding("a", "commune", (SCHOOL[0] + 0.002, SCHOOL[1]), PLACES) == ("night",)


def test_metres_of_a_known_distance() -> None:
    """Hà Nội to Thành phố Hồ Chí Minh: some 1,140 km through the air."""
    assert 1_130_000 < metres((21.0285, 105.8542), (10.7769, 106.7009)) < 1_150_000


POINTS = st.tuples(
    st.one_of(st.floats(-90, 90), st.sampled_from([-90.0, 0.0, 10.1, 89.99, 90.0])),
    st.one_of(st.floats(-180, 180), st.sampled_from([-180.0, 0.0, 106.7, 180.0])),
)
CIRCLES = st.builds(Circle, st.uuids().map(str), POINTS, st.integers(1, 50_000))


@given(CIRCLES, st.floats(0, 2 * pi), st.floats(0, 1.5))
def test_a_circle_is_found_from_every_place_in_it(circle: Circle, bearing: float, part: float) -> None:
    point = walked(circle.center, bearing, part * circle.radius_m)
    assert bool(Circles([circle]).around(point)) is circle.holds(point)


@given(st.lists(CIRCLES, max_size=8), POINTS)
def test_no_circle_hides_another(circles: list[Circle], point: Point) -> None:
    assert set(Circles(circles).around(point)) == {circle.zone for circle in circles if circle.holds(point)}


def walked(start: Point, bearing: float, length: float) -> Point:
    """Where somebody stands who walks so many metres in a direction."""
    latitude, longitude, angle = radians(start[0]), radians(start[1]), length / EARTH_M
    arrived = asin(max(-1, min(1, sin(latitude) * cos(angle) + cos(latitude) * sin(angle) * cos(bearing))))
    east = atan2(sin(bearing) * sin(angle) * cos(latitude), cos(angle) - sin(latitude) * sin(arrived))
    return degrees(arrived), (degrees(longitude + east) + 180) % 360 - 180


def test_a_zone_of_a_place_binds_nobody_beyond_it() -> None:
    owned = replace(PLACES, zone_owners={"school": "hamlet", "market": None})
    assert binding("a", "hamlet", SCHOOL, owned) == binding("a", "hamlet", SCHOOL, PLACES)
    assert binding("a", "commune", SCHOOL, owned) == ("crowd", "night")
    assert zones_of("commune", SCHOOL, owned) == ["market"] and zones_of("commune", None, owned) == []
