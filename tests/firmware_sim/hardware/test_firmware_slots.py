"""Two slots: a version that does not come up, or never reaches its broker, takes itself out."""

from firmware_sim.hardware.firmware_slots import TRIES, Slots, booted, confirmed, installed


def test_a_new_version_runs_after_the_next_boot_and_stays_once_confirmed() -> None:
    slots = installed(Slots("1"), "2")
    assert slots.version == "1"
    slots = confirmed(booted(slots))
    assert (slots.version, slots.running) == ("2", "b")
    for _ in range(10):
        slots = booted(slots)
    assert slots.version == "2"


def test_unconfirmed_it_falls_back_after_its_tries_and_for_good() -> None:
    slots, ran = installed(Slots("1"), "2"), []
    for _ in range(TRIES + 2):
        slots = booted(slots)
        ran.append(slots.version)
    assert ran == ["2"] * TRIES + ["1", "1"]
    assert confirmed(slots).version == "1"


def test_the_next_one_goes_over_what_does_not_run() -> None:
    slots = installed(confirmed(booted(installed(Slots("1"), "2"))), "3")
    assert (slots.a, slots.b) == ("3", "2")
    again = installed(Slots("1", "broken", "a"), "4")
    assert (again.a, again.b) == ("1", "4")
