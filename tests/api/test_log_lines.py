"""One event is one line of the log, whatever its words are: real output of both kinds (G16)."""

import json
import logging
import sys

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.cli.log_lines import MARGIN
from api.cli.screen import LIBRARIES, log_to_stderr

FORGED = (
    "x\r\n2026-01-01T00:00:00Z [info     ] request   who=administrator\x1b[2K\x1b]0;title\x07\u202e\u2028\u0085\ud800"
)
HARMLESS = "Bản tin số 3: “lũ”, 30 °C"


class Odd:
    """Something whose own words are hostile."""

    def __repr__(self) -> str:
        return FORGED


pytestmark = pytest.mark.usefixtures("own_log")


def logged(capsys: pytest.CaptureFixture[str], as_json: bool, **words: object) -> list[str]:
    log_to_stderr(as_json=as_json)
    structlog.get_logger().warning("topic_refused", **words)
    return capsys.readouterr().err.removesuffix("\n").split("\n")


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(
    "word", [FORGED, [FORGED], {FORGED: FORGED}, (FORGED, {"a": [FORGED]}), FORGED.encode("utf-8", "replace"), Odd(),
             ValueError(FORGED), {FORGED}],
)  # fmt: skip
def test_hostile_words_stay_in_their_line(capsys: pytest.CaptureFixture[str], as_json: bool, word: object) -> None:
    (line,) = logged(capsys, as_json, topic=word)
    assert line.isprintable() and "\x1b" not in line
    assert not as_json or json.loads(line)["event"] == "topic_refused"


@pytest.mark.parametrize("as_json", [False, True])
def test_the_event_and_names_of_fields_too(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    log_to_stderr(as_json=as_json)
    structlog.get_logger().warning(FORGED, **{FORGED: 1})
    (line,) = capsys.readouterr().err.removesuffix("\n").split("\n")
    assert line.isprintable()


@pytest.mark.parametrize("as_json", [False, True])
def test_no_line_of_a_traceback_looks_like_a_line_of_the_log(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    log_to_stderr(as_json=as_json)
    try:
        raise ValueError(FORGED)
    except ValueError:
        structlog.get_logger().exception("request_failed")
    first, *rest = capsys.readouterr().err.removesuffix("\n").split("\n")
    assert "request_failed" in first and first.isprintable()
    if as_json:
        assert not rest and "Traceback" in json.loads(first)["exception"]
    else:
        assert rest and all(line.startswith(MARGIN) and line.isprintable() for line in rest)
        assert any("Traceback" in line for line in rest)


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("library", LIBRARIES)
def test_what_a_library_says_is_a_line_like_all_others(
    capsys: pytest.CaptureFixture[str], library: str, as_json: bool
) -> None:
    log_to_stderr(as_json=as_json)
    log_to_stderr(as_json=as_json)
    forged = FORGED.removesuffix("\ud800")  # pytest shows what it heard of libraries, and cannot encode that one
    logging.getLogger(library).warning("said %s\n", forged)
    (line,) = capsys.readouterr().err.removesuffix("\n").split("\n")
    assert line.isprintable() and library in line and "said x" in line
    try:
        raise ValueError(forged)
    except ValueError as error:
        logging.getLogger(library).error("failed", exc_info=error)
    first, *rest = capsys.readouterr().err.removesuffix("\n").split("\n")
    assert "failed" in first and (bool(rest) is not as_json) and all(line.startswith(MARGIN) for line in rest)


def test_what_is_harmless_is_written_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    (line,) = logged(capsys, True, title=HARMLESS, number=3, share=0.5, there=True, nothing=None)
    said = json.loads(line)
    assert (said["title"], said["number"], said["share"], said["there"], said["nothing"]) == (
        HARMLESS, 3, 0.5, True, None,
    )  # fmt: skip


@given(st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
def test_any_text_is_one_line(capsys: pytest.CaptureFixture[str], text: str) -> None:
    for as_json in (False, True):
        (line,) = logged(capsys, as_json, title=text)
        assert sys.stderr is not None and not set("\r\x0b\x0c\x1b\x85\u2028\u2029\u202e\u2066") & set(line)
