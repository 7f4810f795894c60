"""Proof that a change was asked for by a page of ours: a browser shows its cookies to whoever sends it here.

Each page carries a proof that is bound to the browser's session, or before log-in to its visit; it comes back as the
field `csrf` of the form or as the header X-CSRF-Token. What the browser says of where the request comes from
(Origin, Sec-Fetch-Site) must fit too.
"""

from collections.abc import Sequence

from fastapi import Request

from api.cookies import Kind, cookie_of
from controller.errors.callers import CsrfMissing
from controller.people.entrance.tokens import same
from controller.runtime.services import Services

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HEADER, FIELD = "X-CSRF-Token", "csrf"


def proof_of(request: Request, services: Services, kind: Kind) -> str | None:
    """What pages at this browser carry; None without the cookie."""
    token = cookie_of(request, kind)
    return services.entrance.sealer.proof(kind, token) if token else None


def require_proof(request: Request, services: Services, shown: str | None, kinds: Sequence[Kind]) -> None:
    """CsrfMissing where a change is asked for without the proof of one of these cookies, or from elsewhere."""
    if request.method in SAFE:
        return
    proofs = [proof for kind in kinds if (proof := proof_of(request, services, kind))]
    given = request.headers.get(HEADER) or shown or ""
    if not any(same(given, proof) for proof in proofs) or not _is_from_here(request, services.settings.api.public_url):
        raise CsrfMissing()


def _is_from_here(request: Request, public_url: str | None) -> bool:
    """By what the browser says, as far as it says anything."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    said = request.headers.get("origin")
    if said is None:
        return True
    if public_url is not None:
        return said == public_url
    return said in {f"{scheme}://{request.headers.get('host')}" for scheme in ("http", "https")}
