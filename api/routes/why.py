"""Why did a speaker sound at an instant, or why did it not?"""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field

from api.deps import Served, Viewer
from api.errors import language_of
from api.problems import READS, Language, refusals
from api.sayings import said_of
from api.shapes import Id, Instant, Moment, Shown
from api.timestamps import to_rfc3339, to_utc, to_utc_or_none
from controller.reach.sight import Sight
from controller.reach.veil import veiled_evidence
from controller.why.chain import Step, chain
from controller.why.evidence import gather_evidence
from controller.why.verdict import verdict

router = APIRouter(tags=["proof"])


class VerdictShown(Shown):
    code: Annotated[str, Field(description="Stable; for programs.")]
    said: str
    data: dict[str, Any]


class LinkShown(VerdictShown):
    step: Step
    at: Instant | None


class WhyShown(Shown):
    device: Id
    at: Instant
    verdict: VerdictShown
    links: Annotated[list[LinkShown], Field(description="From what was meant to what the speaker signed.")]


@router.get("/why", responses=refusals(*READS, within=["device_unknown"]))
def show(
    request: Request, services: Served, who: Viewer, device: Annotated[Id, Query(description="The speaker.")],
    at: Annotated[Moment | None, Query(description="Absent: now.")] = None,
) -> WhyShown:  # fmt: skip
    """All that was meant for it within 15 minutes, what was decided, told, held, signed and wrong; and one sentence.

    What rules and programmes said then is read from what they say now: a programme counts since its last change.
    """
    now, language = services.now(), language_of(request)
    with services.database.read() as session:
        found = gather_evidence(session, device, now if at is None else at, now)
        known = veiled_evidence(Sight(session, who), found)
    sentence = verdict(known)
    return WhyShown(
        device=device, at=to_utc(known.at),
        verdict=VerdictShown(
            code=sentence.code, said=_said(sentence.code, sentence.data, language), data=_plain(sentence.data)
        ),
        links=[
            LinkShown(
                step=one.step, code=one.code, said=_said(one.code, one.data, language), at=to_utc_or_none(one.at),
                data=_plain(one.data),
            )
            for one in chain(known)
        ],
    )  # fmt: skip


def _said(code: str, data: Mapping[str, object], language: Language) -> str:
    """The reason of a silence is itself a sentence; what may not be named is something else."""
    if data.get("by") == "":
        data = {**data, "by": said_of("something_else", language)}
    because = said_of(str(data["reason"]), language, data) if code == "why_silent" else ""
    return said_of(code, language, {**data, "because": because})


def _plain(data: Mapping[str, object]) -> dict[str, Any]:
    return {
        name: to_rfc3339(value) if isinstance(value, int) and (name.endswith("_at") or name == "valid_to") else value
        for name, value in data.items()
    }
