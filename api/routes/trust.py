"""What every speaker of this installation must be born with."""

from fastapi import APIRouter, Depends

from api.deps import Served, permit
from api.problems import READS, refusals
from api.shapes import Id, Shown
from controller.people.permissions import Action

router = APIRouter(prefix="/trust", tags=["trust"])


class TrustShown(Shown):
    tenant: Id
    root: str
    """The root's public key, base64url."""
    trust: str
    """The trust set, signed by the root."""


@router.get("", dependencies=[Depends(permit(Action.TRUST_EXPORT))], responses=refusals(*READS))
def export(services: Served) -> TrustShown:
    """The part of a speaker's birth data that is the same for all."""
    birth = services.keyring.birth("")
    return TrustShown(tenant=birth["tenant"], root=birth["root"], trust=birth["trust"])
