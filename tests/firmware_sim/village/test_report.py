"""What a person is told of a rehearsal: in words, as JSON, and as a page that stands by itself."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from firmware_sim.village import report
from firmware_sim.village.page import MEANINGS, MOST_FINDINGS, page
from firmware_sim.village.planted import BUGS, NUISANCES
from firmware_sim.village.rehearsal import Wish
from tests.firmware_sim.village.outcomes import ALL, FULL, NOTHING, clean, dirty

EVIL = """<script>alert('&"1"')</script>"""
VOID = {"meta", "!doctype"}


class Reader(HTMLParser):
    """Reads a page as a browser does, and holds what it said."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == [], "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def said(self) -> str:
        return " ".join(self.words)


# In words


def test_a_clean_rehearsal_tells_what_happened_and_that_all_is_well() -> None:
    told = "\n".join(report.in_words(clean(), 12.3))
    assert "verdict   clean: all eight sets are empty" in told and "DIRTY" not in told
    assert "seed 1: 20 speakers, 2.9 h of their time in 12 s" in told
    assert "heartbeats every 3600 s" in told and "the controller died 11 times" in told
    assert "skew      p50 5.5 ms, p99 22.25 ms" in told and "alerts    p50 0.475 s" in told
    for name in ("radio gone", "broker down", "fail point armed"):
        assert name in told, "what each fault did"
    assert re.search(r"radio gone +\d+ times at \d+ speakers, [\d.]+ h over all speakers", told)
    assert re.search(r"broker down +\d+ times, [\d.]+ min$", told, re.M)


def test_a_quiet_rehearsal_says_so() -> None:
    told = "\n".join(report.in_words(clean(Wish(1, 0.03, 6), NOTHING), 1))
    assert "faults    none; the controller died 0 times" in told
    assert "skew" not in told and "because" not in told


def test_a_dirty_one_names_what_was_found_and_not_too_much_of_it() -> None:
    told = report.in_words(dirty(count=300), 1)
    assert "verdict   DIRTY: duplicated 300" in told
    assert sum("heard twice" in line for line in told) == report.MOST_FINDINGS


# As JSON


def test_numbers_for_programs() -> None:
    told = json.loads(json.dumps(report.as_json(dirty(), 12.345)))
    assert (told["verdict"], told["sets"]["duplicated"], sum(told["sets"].values())) == ("dirty", 1, 1)
    assert (told["seed"], told["digest"], told["wall_s"]) == (1, "d" * 64, 12.35)
    assert told["cuts"] == 37
    assert told["thinned"] == {"heartbeat_s": 3_600, "probes": 12, "cuts": 12}
    assert told["findings"]["duplicated"][0]["why"] == "heard twice"
    assert told["skew_ms"] == {"p50": 5.5, "p99": 22.25, "pairs": 298} and "skews" not in told
    assert not {"order", "alert"} & told["befell"].keys() and sum(told["befell"].values()) < told["happenings"]


# How to run it again


def test_a_command_runs_it_again() -> None:
    assert report.again(Wish(7, 0.5, 30)) == "loa rehearse --seed 7 --days 0.5 --speakers 30"
    assert "--days 0.020833333333333332 " in report.again(Wish(7, 0.5 / 24, 30)), "to the last digit"
    assert report.again(Wish(7, 2, 30, ("storm", "kill"), "late"), (3, 5)) == (
        "loa rehearse --seed 7 --days 2 --speakers 30 --faults storm,kill --plant late --only 3,5"
    )


def test_happenings_are_known_by_their_place_in_the_whole() -> None:
    history = ALL.history()
    kept = (history[3], history[11], history[-1])
    assert report.numbered(history, kept) == dict(zip((3, 11, len(history) - 1), kept, strict=True))
    twice = (history[0], history[1], history[0])
    assert list(report.numbered(twice, twice)) == [0, 1, 2] and list(report.numbered(twice, twice[:1])) == [0]


def test_spans_are_told_in_words() -> None:
    minute = 60_000_000
    assert [report.lasting(span * minute) for span in (3, 90, 60 * 72)] == ["3.0 min", "1.5 h", "3.0 days"]
    assert report.several(1, "time") == "1 time" and report.several(1_200, "time") == "1,200 times"


# As a page


def test_a_page_stands_by_itself_and_tells_everything() -> None:
    text = page(clean(), 12.3)
    read = Reader(text)
    assert not {"script", "link", "img", "iframe"} & read.tags and not {"href", "src"} & read.attributes
    assert "http" not in text and "url(" not in text and "@import" not in text
    assert "Rehearsal with seed 1: clean" in read.said and "the judge found no broken promise" in read.said
    assert report.again(ALL) in read.said and "d" * 64 in read.said
    for told in (*MEANINGS.values(), "20 speakers in 2 hamlets", "expired: late", "1,940", "p99 22.25 ms"):
        assert told in read.said
    assert all(str(one) in text or str(one).replace('"', "&quot;") in text for one in ALL.history())


def test_its_plots_are_four_and_told_in_words() -> None:
    text = page(clean(), 1)
    plots = [ET.fromstring("<svg" + part.split("</svg>")[0] + "</svg>") for part in text.split("<svg")[1:]]  # noqa: S314 - our own
    names = [plot.findtext("title") for plot in plots]
    assert names == ["Deliveries by end", "Incidents by kind", "What happened when", "Skew of each bulletin"]
    assert plots[0].findtext("desc") == "played 1940, expired 20"
    assert len(list(plots[3].iter("circle"))) == len(FULL.skews)
    assert all(name in Reader(text).said for name in ("deliveries", "p99 of skew, ms", "hours after the beginning"))


def test_a_dirty_page_is_red_and_shows_what_was_found() -> None:
    text = page(dirty("louder than asked", 300), 1)
    read = Reader(text)
    assert 'class="verdict dirty"' in text and "Dirty: 300 broken promises." in read.said
    assert f"Findings: {MOST_FINDINGS} of 300." in read.said and "90.0 s" in read.said
    assert read.said.count("louder than asked") == MOST_FINDINGS


def test_words_from_outside_cannot_break_out() -> None:
    figures = replace(FULL, deliveries={EVIL: 3}, incidents={EVIL: 2}, reasons={EVIL: 1})
    outcome = replace(dirty(why=EVIL), figures=figures)
    read = Reader(page(outcome, 1))
    assert "script" not in read.tags and read.said.count(EVIL) >= 4


def test_a_page_of_nothing_says_nothing() -> None:
    read = Reader(page(clean(Wish(1, 0.01, 2), NOTHING), 1))
    for told in ("No deliveries.", "No incidents.", "no fault struck", "No bulletin began at two speakers"):
        assert told in read.said


def test_a_part_of_a_history_keeps_its_numbers() -> None:
    outcome = replace(clean(), played=ALL.history()[5:7])
    read = Reader(page(outcome, 1))
    assert f"2 of {len(ALL.history())}" in read.said and "--only 5,6" in read.said
    assert '<li value="5">' in page(outcome, 1)


@pytest.mark.parametrize("plant", sorted(BUGS))
def test_a_planted_bug_is_told(plant: str) -> None:
    assert f"{plant}: {MEANINGS[plant]}" in Reader(page(clean(replace(ALL, plant=plant)), 1)).said


def test_so_is_a_nuisance() -> None:
    for nuisance in NUISANCES:
        assert f"{nuisance}: a nuisance" in page(clean(replace(ALL, plant=nuisance)), 1)
