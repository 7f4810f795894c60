"""Is a speaker well? Every rule at its thresholds, in its gap, and without the part that it is about."""

import pytest

from devices.condition import RULES, shown, wrong
from devices.protocol.messages.speaker import Health

KINDS = [rule.kind for rule in RULES]
PLAYING = "53633039-36b0-4175-84a9-3ddd2e18bc4a"


def health(**fields: object) -> Health:
    plain = {
        "boot": "4509beb0-ab40-4d71-8a4a-5cd94a55c9a7", "uptime": 60, "volume": 80, "temperature": 40.0, "supply": 24.1,
        "signal": -70, "flash_free": 1_000, "clock_error": 1_000,
    }  # fmt: skip
    return Health(**(plain | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "fields", "tells"),
    [
        ("battery_low", {"battery": 20, "feed": "battery"}, True),
        ("battery_low", {"battery": 20, "feed": "mains"}, None),
        ("battery_low", {"battery": 21, "feed": "battery"}, None),
        ("battery_low", {"battery": 34, "feed": "solar"}, None),
        ("battery_low", {"battery": 35, "feed": "battery"}, False),
        ("battery_low", {"feed": "mains"}, None),
        ("overheated", {"temperature": 75.0}, True),
        ("overheated", {"temperature": 74.9}, None),
        ("overheated", {"temperature": 68.0}, None),
        ("overheated", {"temperature": 67.9}, False),
        ("amplifier_fault", {"amplifier": "stuck_on"}, True),
        ("amplifier_fault", {"amplifier": "stuck_off"}, True),
        ("amplifier_fault", {"amplifier": "fault"}, True),
        ("amplifier_fault", {"amplifier": "line_open"}, True),
        ("amplifier_fault", {"amplifier": "on"}, False),
        ("amplifier_fault", {"amplifier": "standby"}, False),
        ("amplifier_fault", {}, None),
        ("dead_horn", {"drive": -20.0, "heard": -44.0}, True),
        ("dead_horn", {"drive": -20.0, "heard": -40.0}, None),
        ("dead_horn", {"drive": -20.0, "heard": -37.0}, False),
        ("dead_horn", {"drive": -31.0, "heard": -90.0}, None),
        ("dead_horn", {"drive": -20.0}, None),
        ("dead_horn", {}, None),
        ("howling_horn", {"noise": -30.0, "tone": 1_180}, True),
        ("howling_horn", {"noise": -33.0, "tone": 1_180}, None),
        ("howling_horn", {"noise": -37.0, "tone": 1_180}, False),
        ("howling_horn", {"noise": -20.0}, False),
        ("howling_horn", {"noise": -20.0, "tone": 1_180, "playing": PLAYING}, None),
        ("howling_horn", {}, None),
        ("flash_failing", {"flash_faults": 3}, True),
        ("flash_failing", {"flash_faults": 2, "uptime": 90_000}, None),
        ("flash_failing", {"flash_faults": 0}, None),
        ("flash_failing", {"flash_faults": 0, "uptime": 86_400}, False),
        ("data_budget", {"data_share": 90}, True),
        ("data_budget", {"data_share": 80}, None),
        ("data_budget", {"data_share": 79}, False),
        ("data_budget", {"data_used": 10**9}, None),
    ],
)
def test_a_rule_tells(kind: str, fields: dict[str, object], tells: bool | None) -> None:
    others = [other for other in KINDS if other != kind]
    for before in ([], [kind], others, KINDS):
        expected = kind in before if tells is None else tells
        assert (kind in wrong(health(**fields), before)) is expected


def test_what_is_shown_is_what_the_rule_looked_at() -> None:
    told = health(drive=-20.0, heard=-60.0)
    assert shown("dead_horn", told) == {"drive": -20.0, "heard": -60.0}
    assert all(set(rule.shows) <= set(Health.model_fields) for rule in RULES)


def test_a_kind_that_is_no_more_is_forgotten() -> None:
    assert wrong(health(), ["something of an older version"]) == frozenset()
