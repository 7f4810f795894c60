"""What was planned is counted once, on its own day, beside what was heard of it."""

import time
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from controller.alerts.models import AlertRow
from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery
from controller.deliveries.states import DeliveryState
from controller.reports.counting import Asked, count, names
from controller.reports.figures import COUNTED, By, Figures, Line, Per, Tally, lines
from controller.reports.tables import table
from devices.errors import AreaUnknown
from firmware_sim.village.office import Office
from scheduler.errors import PeriodInvalid
from scheduler.programmes.models import ProgrammeRow
from scheduler.recurrence.period import period

ZONE = "Asia/Ho_Chi_Minh"
NOVEMBER = period(date(2026, 11, 1), date(2026, 11, 30), ZONE)


def at(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp()) * 1_000_000


class Month:
    """Two hamlets of a commune, three speakers, one programme."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.commune = office.area("Xã Tân Đông")
        self.first, self.second = office.area("Ấp 1", self.commune), office.area("Ấp 2", self.commune)
        self.speakers = [office.speaker(self.first, "Loa 1"), office.speaker(self.first, "Loa 2")]
        self.away = office.speaker(self.second, "Loa 3")
        self.bulletin, self.sha256 = office.bulletin(), office.blob()
        self.programme = office.new_id()
        with office.database.write() as session:
            session.add(
                ProgrammeRow(id=self.programme, title="Thể dục", owner_id=self.commune, said={}, created_at=0,
                             created_by="", changed_at=0)
            )  # fmt: skip

    def airing(self, start_at: int, *ends: tuple[str, str, dict[str, int]], programme: str | None = None) -> None:
        order = self.office.new_id()
        row = Broadcast(
            id=order, bulletin_id=self.bulletin, occurrence_id=order, sha256=self.sha256, duration_ms=60_000,
            rank="normal", volume=80, repeats=1, gap_ms=0, start_at=start_at, ends_at=start_at + 60_000_000,
            max_late_ms=0, expires_at=start_at, created_at=0, created_by="", programme_id=programme,
        )  # fmt: skip
        with self.office.database.write() as session:
            session.add(row)
            session.add_all(delivery(order, "broadcast", *end) for end in ends)

    def alert(self, start_at: int, *ends: tuple[str, str, dict[str, int]]) -> None:
        order = self.office.new_id()
        row = AlertRow(
            id=order, text="Lũ", read_as="Lũ", created_at=0, created_by="", revised_at=0, start_at=start_at,
            expires_at=start_at, repeats=1, gap_ms=0, volume=100, tone_sha256="", tone_ms=1,
        )  # fmt: skip
        with self.office.database.write() as session:
            session.add(row)
            session.add_all(delivery(order, "alert", *end) for end in ends)

    def report(self, per: Per, by: By = "day", **asked: str) -> list[Line]:
        wanted: Any = asked
        with self.office.database.read() as session:
            return lines(count(session, Asked(NOVEMBER, **wanted), per), NOVEMBER, by, names(session, per))


def delivery(order: str, kind: str, device: str, state: str, more: dict[str, int]) -> Delivery:
    return Delivery(
        occurrence_id=order, device_id=device, order_id=order, kind=kind, state=state, changed_at=0, deadline_at=0,
        expected_ms=60_000, **more,
    )  # fmt: skip


@pytest.fixture
def month(office: Office) -> Month:
    return Month(office)


def said(line: Line) -> tuple[str, str, dict[str, int]]:
    return str(line.day), line.name, {name: many for name, many in line.figures.ended.items() if many}


def test_each_airing_counts_on_the_day_of_its_own_zone(month: Month) -> None:
    last_of_day, next_day = at("2026-11-01T23:59:59+07:00"), at("2026-11-02T00:00:00+07:00")
    before, after = at("2026-10-31T23:59:59+07:00"), at("2026-12-01T00:00:00+07:00")
    for start_at in (before, last_of_day, next_day, after):
        month.airing(start_at, (month.away, "played", {}))
    assert [said(line)[0] for line in month.report("area")] == ["2026-11-01", "2026-11-02"]
    (whole,) = month.report("area", by="month")
    assert said(whole) == ("2026-11-01", "Xã Tân Đông / Ấp 2", {"played": 2})


def test_every_end_has_its_column_and_what_has_not_ended_is_open(month: Month) -> None:
    noon = at("2026-11-23T12:00:00+07:00")
    for number, state in enumerate(DeliveryState):
        month.airing(noon + number, (month.away, state.value, {}))
    (line,) = month.report("speaker")
    assert line.figures.ended == dict.fromkeys(COUNTED, 1) | {"open": 4} and line.figures.planned == 10


def test_seconds_share_and_first_and_last_sound(month: Month) -> None:
    noon = at("2026-11-23T12:00:00+07:00")
    heard = {"heard_ms": 60_000, "started_at": noon + 1, "ended_at": noon + 60}
    part = {"heard_ms": 30_000, "started_at": noon - 5, "ended_at": noon + 30}
    month.airing(noon, (month.speakers[0], "played", heard), (month.speakers[1], "failed", part))
    (line,) = month.report("area")
    figures = line.figures
    assert (figures.planned_ms, figures.heard_ms, figures.share) == (120_000, 90_000, 0.75)
    assert (figures.first_at, figures.last_at) == (noon - 5, noon + 60)


def test_areas_programmes_speakers_and_emergencies_apart(month: Month) -> None:
    noon = at("2026-11-23T12:00:00+07:00")
    everybody = [(device, "played", {}) for device in (*month.speakers, month.away)]
    month.airing(noon, *everybody, programme=month.programme)
    month.airing(noon + 1, (month.away, "expired", {}))
    month.alert(noon + 2, (month.away, "played", {}))
    named = [(line.name, line.emergency, line.figures.planned) for line in month.report("area")]
    assert named == [
        ("Xã Tân Đông / Ấp 1", False, 2),
        ("Xã Tân Đông / Ấp 2", False, 2),
        ("Xã Tân Đông / Ấp 2", True, 1),
    ]
    programmes = [(line.name, line.emergency, line.figures.planned) for line in month.report("programme")]
    assert programmes == [("", False, 1), ("Thể dục", False, 3), ("", True, 1)]
    assert [line.name for line in month.report("speaker")] == ["Loa 1", "Loa 2", "Loa 3", "Loa 3"]
    assert [line.name for line in month.report("speaker", area=month.second)] == ["Loa 3", "Loa 3"]
    (only,) = month.report("programme", programme=month.programme)
    assert only.figures.planned == 3
    with pytest.raises(AreaUnknown):
        month.report("area", area=month.programme)


def test_what_a_plan_withdrew_is_not_missed(month: Month) -> None:
    noon = at("2026-11-23T12:00:00+07:00")
    month.airing(noon, (month.away, "expired", {"withdrawn_at": noon - 9}))
    assert month.report("area") == []
    month.airing(noon, (month.away, "played", {"withdrawn_at": noon - 9, "started_at": noon, "ended_at": noon + 1}))
    assert [line.figures.planned for line in month.report("area")] == [1]


def test_a_table_in_both_languages(month: Month) -> None:
    noon = at("2026-11-23T12:00:00+07:00")
    month.airing(noon, (month.away, "played", {"heard_ms": 59_400, "started_at": noon, "ended_at": noon + 59_400_000}))
    vi = table(month.report("programme"), NOVEMBER, "month", "programme", "vi")
    en = table(month.report("programme"), NOVEMBER, "month", "programme", "en")
    assert [column.heading for column in vi.columns][:3] == ["Tháng", "Chương trình", "Loại"]
    assert [column.heading for column in en.columns][:3] == ["Month", "Programme", "Kind"]
    row = dict(zip([column.heading for column in vi.columns], vi.rows[0], strict=True))
    assert row["Chương trình"] == "(phát lẻ)" and row["Loại"] == "Bản tin" and row["Tỷ lệ nghe"] == 0.99
    assert (row["Giây theo lịch"], row["Giây đã nghe"]) == (60, 59)
    assert str(row["Tiếng đầu"]) == "2026-11-23 12:00:00" and str(row["Tiếng cuối"]) == "2026-11-23 12:00:59"


@pytest.mark.parametrize(("first", "last"), [("2026-11-02", "2026-11-01"), ("2026-01-01", "2027-01-02")])
def test_a_period_is_whole_and_bounded(first: str, last: str) -> None:
    with pytest.raises(PeriodInvalid):
        period(date.fromisoformat(first), date.fromisoformat(last), ZONE)


def test_a_day_is_as_long_as_its_zone_makes_it() -> None:
    spring = period(date(2026, 3, 29), date(2026, 3, 29), "Europe/Berlin")
    assert spring.end - spring.begin == 23 * 3_600_000_000
    assert spring.wall(spring.begin).date() == spring.wall(spring.end - 1).date() == date(2026, 3, 29)
    assert datetime.fromtimestamp(spring.begin / 1e6, UTC).hour == 23


tallies = st.builds(
    Tally, start_at=st.integers(NOVEMBER.begin, NOVEMBER.end - 1), subject=st.sampled_from(["a", "b", None]),
    emergency=st.booleans(), state=st.sampled_from(["played", "failed", "have", "queued", "unreachable"]),
    count=st.integers(1, 9), planned_ms=st.integers(0, 9), heard_ms=st.integers(0, 9),
    first_at=st.none() | st.integers(1, 9), last_at=st.none() | st.integers(1, 9),
)  # fmt: skip


def firsts(found: Sequence[Tally | Figures]) -> list[int]:
    return [one.first_at for one in found if one.first_at is not None]


@given(st.lists(tallies, max_size=30))
def test_nothing_is_lost_between_days_months_and_all(found: list[Tally]) -> None:
    for by in ("day", "month"):
        made = [line.figures for line in lines(found, NOVEMBER, by, {})]  # type: ignore[arg-type]
        assert sum(one.planned for one in made) == sum(one.count for one in found)
        assert sum(one.heard_ms for one in made) == sum(one.heard_ms for one in found)
        firsts = [one.first_at for one in made if one.first_at is not None]
        assert min(firsts, default=None) == min(
            (one.first_at for one in found if one.first_at is not None), default=None
        )
    assert Figures().share is None


def test_a_month_of_200_speakers_is_counted(month: Month) -> None:
    begin, minute = NOVEMBER.begin, 60_000_000
    speakers = month.office.register(month.first, [f"Loa {number}" for number in range(200)])
    orders = [(month.office.new_id(), begin + number * 288 * minute) for number in range(150)]
    common = {"bulletin_id": month.bulletin, "sha256": month.sha256, "duration_ms": 1, "rank": "normal", "volume": 1,
              "repeats": 1, "gap_ms": 0, "max_late_ms": 0, "expires_at": 0, "created_at": 0,
              "created_by": ""}  # fmt: skip
    rows = [common | {"id": name, "occurrence_id": name, "start_at": at, "ends_at": at} for name, at in orders]
    sent = [
        {"occurrence_id": name, "device_id": device, "order_id": name, "kind": "broadcast", "state": "played",
         "changed_at": 0, "deadline_at": 0, "expected_ms": 60_000, "heard_ms": 60_000, "started_at": at,
         "ended_at": at + minute}
        for name, at in orders for device in speakers
    ]  # fmt: skip
    with month.office.database.write() as session:
        session.execute(insert(Broadcast), rows)
        session.execute(insert(Delivery), sent)
    began = time.thread_time()
    by_speaker = month.report("speaker")
    assert time.thread_time() - began < 10, "0.5 s on a quiet core; a query for each row would take minutes"
    by_area = month.report("area", by="month")
    assert len(by_speaker) == 6_000 and by_area[0].figures.planned == 30_000
