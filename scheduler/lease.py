"""One engine works at a time: a lease in the database that runs out, and a token that ends every earlier holder."""

from sqlalchemy import bindparam, select
from sqlmodel import Session

from scheduler.errors import LeaseLost
from scheduler.models import Lease

_LEASE = Lease.metadata.tables["lease"].c
_TOKEN = select(_LEASE.token).where(_LEASE.name == bindparam("lease"))
"""Asked at the beginning of every write: no row is made into an object for it."""


def take(session: Session, name: str, holder: str, now: int, span: int, *, anew: bool) -> Lease | None:
    """Take or keep the lease for `span` us; None while another holds it.

    `anew`: this process has just begun; what an earlier one of the same holder still does is ended.
    """
    lease = session.get(Lease, name) or Lease(name=name, holder="", token=0, until=0)
    if lease.holder != holder and lease.until > now:
        return None
    if lease.holder != holder or anew:
        lease.token += 1
    lease.holder, lease.until = holder, now + span
    session.add(lease)
    return lease


def check(session: Session, name: str, token: int | None) -> None:
    """LeaseLost unless `token` is the last one that was given."""
    given = session.connection().execute(_TOKEN, {"lease": name}).scalar()
    if given is None or given != token:
        raise LeaseLost(lease=name)
