"""The one sentence about a speaker at an instant: each verdict from its evidence, and a chain without gaps."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.sayings import said_of, sayings
from controller.deliveries.states import DeliveryState
from controller.why.chain import chain
from controller.why.known import Evidence, Foreseen, Happened, Meant, Word
from controller.why.verdict import Verdict, verdict

AT = 1_000_000_000
MINUTE = 60_000_000


def order(state: str = "ordered", **fields: Any) -> Meant:
    given = {
        "order": "o", "kind": "programme", "title": "Tin", "start_at": AT, "expires_at": AT + MINUTE, "sha256": "s",
        "expected_ms": 2_000, "told_at": AT - MINUTE,
    } | fields  # fmt: skip
    return Meant(state=state, **given)


def known(*meant: Meant, **fields: Any) -> Evidence:
    return Evidence(**{"at": AT, "now": AT + 10 * MINUTE, "last_seen": AT - MINUTE, "meant": meant} | fields)


SILENT = Foreseen("Tin", AT, None, "quiet_hours")


@pytest.mark.parametrize(
    ("evidence", "code"),
    [
        (known(order("played", started_at=AT, heard_ms=2_000)), "why_played"),
        (known(order("playing", started_at=AT)), "why_playing"),
        (known(order("failed", reason="amplifier")), "why_failed"),
        (known(order("refused", reason="quiet")), "why_refused"),
        (known(order("expired", reason="too_late")), "why_expired"),
        (known(order("cancelled", reason="stopped")), "why_cancelled"),
        (known(order("ordered")), "why_no_word"),
        (known(order("unreachable")), "why_no_word"),
        (known(order("unreachable"), last_seen=None), "why_never_seen"),
        (known(order("queued", told_at=None)), "why_not_told"),
        (known(order("have"), now=AT - MINUTE), "why_waits"),
        (known(order("ordered", withdrawn_at=AT - MINUTE)), "why_withdrawn"),
        (known(order("cancelled", withdrawn_at=AT - MINUTE)), "why_cancelled"),
        (known(foreseen=[SILENT]), "why_silent"),
        (known(foreseen=[SILENT], retired_at=AT - 1), "why_retired"),
        (known(foreseen=[SILENT], retired_at=AT + 1), "why_silent"),
        (known(foreseen=[Foreseen("Tin", AT, AT)]), "why_not_ordered"),
        (known(foreseen=[Foreseen("Tin", AT, AT)], now=AT - 1), "why_foreseen"),
        (known(nearest=order("played", start_at=AT - 90 * MINUTE)), "why_nothing_near"),
        (known(), "why_nothing"),
    ],
)
def test_each_verdict_has_its_evidence(evidence: Evidence, code: str) -> None:
    assert verdict(evidence).code == code


def test_the_verdict_says_when_and_how_much() -> None:
    found = verdict(known(order("played", started_at=AT + 5, heard_ms=1_950)))
    assert isinstance(found, Verdict) and (found.data["started_at"], found.data["percent"]) == (AT + 5, 98)
    found = verdict(known(order("unreachable"), last_seen=7))
    assert (found.data["told_at"], found.data["last_seen_at"]) == (AT - MINUTE, 7)
    assert verdict(known(foreseen=[SILENT])).data["reason"] == "quiet_hours"


def test_what_sounded_then_decides_over_what_was_nearer() -> None:
    long = order("played", order="long", start_at=AT - 10 * MINUTE, started_at=AT - 10 * MINUTE, heard_ms=900_000)
    near = order("cancelled", order="near")
    assert verdict(known(near, long)).data["order"] == "long"
    assert verdict(known(near, order("played", order="far", start_at=AT + MINUTE))).data["order"] == "near"


def test_a_withdrawn_version_gives_way_to_the_one_in_its_place() -> None:
    old, new = order("ordered", order="old", withdrawn_at=AT - 1), order("have", order="new", start_at=AT + MINUTE)
    assert verdict(known(old, new)).data["order"] == "new"
    assert verdict(known(old, foreseen=[SILENT])).code == "why_withdrawn"


def test_the_chain_goes_from_plan_to_receipt() -> None:
    words = (Word(AT - 2, "have", None, 4), Word(AT + 3, "played", None, 5))
    evidence = known(
        order("played", words=words, instead=("older",), stopped_at=AT + 1), foreseen=[Foreseen("Tin", AT, AT)],
        told_seq=9, held_seq=9, incidents=[Happened("overheated", AT - 1)], loudest=60, rules=("Đêm",),
    )  # fmt: skip
    links = chain(evidence)
    assert [one.code for one in links] == [
        "meant_programme", "decided_on_time", "air_cap", "order_programme", "order_stopped", "audio_held", "word_have",
        "word_played", "plan_held", "presence_away", "incident",
    ]  # fmt: skip
    assert links[3].data["instead"] == ["older"] and links[7].data["receipt"] == 5
    assert links[2].data["rules"] == ["Đêm"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"last_seen": None}, "presence_never"),
        ({"online": True, "online_changed_at": AT - MINUTE}, "presence_there"),
        ({"online": True, "online_changed_at": AT + MINUTE}, "presence_unknown"),
        ({"online": False, "online_changed_at": AT - MINUTE}, "presence_away"),
        ({"online": False, "online_changed_at": AT + MINUTE}, "presence_unknown"),
        ({"online": True, "online_changed_at": AT + 9, "incidents": [Happened("offline", AT - 9, AT + 9)]},
         "presence_away"),
        ({"online": True, "online_changed_at": AT - 8, "incidents": [Happened("offline", AT - 9, AT - 8)]},
         "presence_there"),
    ],
)  # fmt: skip
def test_presence_is_claimed_only_as_far_as_it_is_known(fields: dict[str, Any], code: str) -> None:
    assert [one.code for one in chain(known(**fields)) if one.step == "presence"] == [code]


def test_missing_audio_is_said_unless_it_came() -> None:
    def audio(meant: Meant) -> list[str]:
        return [one.code for one in chain(known(meant, missing=frozenset({"s"}))) if one.step == "audio"]

    assert audio(order("ordered")) == ["audio_missing"]
    assert audio(order("have", words=(Word(AT, "have"),))) == ["audio_held"]
    assert audio(order("ordered", sha256="other")) == []


@pytest.mark.parametrize(
    ("start_at", "by", "code"),
    [(AT, "", "decided_on_time"), (AT + 9, "", "decided_turn"), (AT + 10, "X", "decided_waits")],
)
def test_a_later_start_is_the_turn_or_what_it_waits_for(start_at: int, by: str, code: str) -> None:
    links = chain(known(foreseen=[Foreseen("Tin", AT, start_at, by=by, turn_at=AT + 9)]))
    assert [one.code for one in links if one.step == "decided"] == [code]


TIMES = st.none() | st.integers(0, 2 * AT)
ORDERS = st.builds(
    order, st.sampled_from([state.value for state in DeliveryState]), start_at=st.integers(0, 2 * AT),
    withdrawn_at=TIMES, started_at=TIMES, told_at=TIMES, kind=st.sampled_from(["programme", "broadcast", "alert"]),
)  # fmt: skip


@given(st.lists(ORDERS, max_size=3), st.integers(0, 2 * AT), TIMES)
def test_every_evidence_has_a_verdict_with_words_and_a_chain(meant: list[Meant], now: int, seen: int | None) -> None:
    evidence = known(*meant, now=now, last_seen=seen)
    found = verdict(evidence)
    links = chain(evidence)
    for one in (found, *links):
        assert not said_of(one.code, "en", one.data).startswith("The reason"), "words for it, and all that they name"
    codes = [one.code for one in links]
    assert set(codes) <= set(sayings())
    assert sum(codes.count(f"order_{kind}") for kind in ("programme", "broadcast", "alert")) == len(meant)
