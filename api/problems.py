"""Every refusal as the caller reads it, from the catalogues beside this file: whole requests and single fields."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["vi", "en"]
MEDIA_TYPE = "application/problem+json"
SCHEMA = "#/components/schemas/ProblemShown"
UNSAID = "sound_not_made"
"""What is said of a code of the studio that has no words of its own."""
UNSAID_FIELD = "value_error"

READS = ("key_missing", "session_over", "not_allowed", "request_invalid", "database_busy")
"""What any question may be answered with."""
WRITES = (
    *READS, "csrf_missing", "idempotency_key_reused", "body_unreadable", "body_not_utf8", "body_too_large",
    "body_too_slow", "unsupported_media_type", "disk_full",
)  # fmt: skip
"""What any order may be answered with."""


@dataclass(frozen=True)
class Words:
    """One sentence in both languages; names in braces are filled with what was seen."""

    vi: str
    en: str

    def said(self, language: Language, seen: Mapping[str, Any]) -> str | None:
        """The sentence, or None where a name in it was not seen."""
        try:
            return getattr(self, language).format_map(seen) or None
        except (KeyError, IndexError, ValueError):
            return None


@dataclass(frozen=True)
class Problem:
    """HTTP status, the title, and the detail where there is more to say."""

    status: int
    title: Words
    detail: Words


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str = Field(description="Where it stands, e.g. `body.voice.rate`.")
    code: str
    said: str


class ProblemShown(BaseModel):
    """RFC 9457. Further members name what was seen, e.g. `area` or `most_bytes`."""

    model_config = ConfigDict(extra="allow")
    type: str = Field(description="`urn:loa:problem:` and the code.")
    code: str = Field(description="Stable; for programs.")
    status: int
    title: str = Field(description="For people, in the language of Accept-Language: Vietnamese, or English.")
    detail: str | None = None
    request: str | None = Field(None, description="Number of this request in the log; also in X-Request-Id.")
    errors: list[FieldProblem] | None = None


@cache
def catalogue() -> Mapping[str, Problem]:
    """Code to problem."""
    return {code: _problem(**words) for code, words in read_catalogue("problems.toml").items()}


@cache
def wording() -> Mapping[str, Words]:
    """What can be wrong with a field, by pydantic's type of error or one of ours."""
    return {kind: Words(**words) for kind, words in read_catalogue("wording.toml").items()}


@cache
def line_wording() -> Mapping[str, Words]:
    """What can be wrong with a line of an imported file, or with the file."""
    return {code: Words(**words) for code, words in read_catalogue("import.toml").items()}


def problem_of(code: str) -> Problem:
    return catalogue().get(code) or catalogue()[UNSAID]


def said_of_field(kind: str, seen: Mapping[str, Any], language: Language) -> str:
    words = wording().get(kind, wording()[UNSAID_FIELD])
    return words.said(language, seen) or getattr(wording()[UNSAID_FIELD], language)


def refusals(*codes: str, within: Iterable[str] = ()) -> dict[int | str, dict[str, Any]]:
    """What a route's description says of these refusals: one answer for each status, an example for each code.

    `within`: codes about something that the request holds or names, which are 422 whatever else they are.
    """
    by_status: dict[int | str, dict[str, Problem]] = {}
    for code in codes:
        by_status.setdefault(problem_of(code).status, {})[code] = problem_of(code)
    for code in within:
        by_status.setdefault(422, {})[code] = problem_of(code)
    return {status: _described(status, found) for status, found in sorted(by_status.items())}


def _described(status: int | str, found: Mapping[str, Problem]) -> dict[str, Any]:
    examples = {code: _example(status, code, known) for code, known in found.items()}
    return {
        "description": " / ".join(known.title.en for known in found.values()),
        "content": {MEDIA_TYPE: {"schema": {"$ref": SCHEMA}, "examples": examples}},
    }


def _example(status: int | str, code: str, known: Problem) -> dict[str, Any]:
    return {"summary": known.title.en, "value": bare(status, code, known)}


def bare(status: int | str, code: str, known: Problem) -> dict[str, Any]:
    """A problem as it looks without what was seen."""
    return {"type": f"urn:loa:problem:{code}", "code": code, "status": status, "title": known.title.vi}


def _problem(status: int, vi: str, en: str, vi_detail: str = "", en_detail: str = "") -> Problem:
    return Problem(status, Words(vi, en), Words(vi_detail, en_detail))


def read_catalogue(name: str) -> Mapping[str, Any]:
    """A TOML file beside this one."""
    return tomllib.loads(files("api").joinpath(name).read_text("utf-8"))
