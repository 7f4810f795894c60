"""A bulletin taken back, and what is proven of it at each speaker."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import Field
from sqlmodel import Session

from api.deps import Key, Served, Viewer, act_of, permit
from api.errors import language_of
from api.problems import READS, WRITES, Language, refusals
from api.sayings import said_of
from api.shapes import Id, Instant, Shown
from api.timestamps import to_utc_or_none
from controller.broadcast.recalling import Proof, Recalled, proofs, recall_bulletin, recalled_at
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.reach.sight import Sight

router = APIRouter(prefix="/bulletins", tags=["bulletins"])


class RecalledShown(Shown):
    device: Id
    proof: Proof
    said: str
    erased_at: Annotated[
        Instant | None, Field(description="When it signed that no byte of the sound is in its flash; null: it has not.")
    ]


class RecallShown(Shown):
    bulletin: Id
    recalled_at: Annotated[Instant | None, Field(description="null: it may still air.")]
    with_it: Annotated[list[Id], Field(description="Its versions, and the playlists that hold it, recalled too.")]
    counts: Annotated[dict[str, int], Field(description="How many speakers stand in which proof.")]
    speakers: list[RecalledShown]


@router.post("/{bulletin}/recall", responses=refusals(*WRITES, "bulletin_unknown"))
def recall(
    bulletin: Id, request: Request, services: Served,
    who: Annotated[Caller, Depends(permit(Action.BULLETIN_RECALL))], key: Key = None,
) -> RecallShown:  # fmt: skip
    """It may not air any more: open orders are stopped, its sound leaves the broker. Twice changes nothing."""
    with services.database.write() as session:
        recall_bulletin(session, bulletin, act_of(services, request, who, key))
        session.flush()
        shown = _shown(Sight(session, who), session, bulletin, services.now(), language_of(request))
    services.ring()
    services.ring_almanac()
    return shown


@router.get("/{bulletin}/recall", responses=refusals(*READS, "bulletin_unknown"))
def one(bulletin: Id, request: Request, services: Served, who: Viewer) -> RecallShown:
    """Which speakers have signed that they stopped, and which have not; those that the caller sees."""
    with services.database.read() as session:
        return _shown(Sight(session, who), session, bulletin, services.now(), language_of(request))


def _shown(sight: Sight, session: Session, bulletin: str, now: int, language: Language) -> RecallShown:
    since = recalled_at(session, bulletin)
    rows, told = proofs(session, bulletin, now if since is None else since)
    seen = sight.speakers
    speakers = [one for one in told if seen is None or one.device in seen]
    with_it = rows[1:] if sight.everything else [name for name in rows[1:] if name in sight.seen("bulletin", rows)]
    found = [one.proof for one in speakers]
    return RecallShown(
        bulletin=bulletin, recalled_at=to_utc_or_none(since), with_it=with_it,
        counts={proof.value: found.count(proof) for proof in Proof if proof in found},
        speakers=[
            RecalledShown(
                device=one.device, proof=one.proof, said=_said(one, language),
                erased_at=to_utc_or_none(one.erased_at),
            )
            for one in speakers
        ],
    )  # fmt: skip


def _said(one: Recalled, language: Language) -> str:
    erased = "recall_not_erased" if one.erased_at is None else "recall_erased"
    return f"{said_of(f'recall_{one.proof}', language)} {said_of(erased, language, {'erased_at': one.erased_at})}"
