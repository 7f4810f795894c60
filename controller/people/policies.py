"""When the areas of an installation want a second person, as the table has it."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session, select

from controller.people.approval_models import ApprovalPolicy
from controller.people.approval_rules import Policy, strictest
from controller.people.audit import Act, record
from controller.people.permissions import Action
from controller.people.rights import Place, Tree
from devices.areas import lineage
from devices.registry import standing

INSTALLATION = "installation"
"""Id of the policy that holds everywhere."""


def read_policies(session: Session) -> dict[Place, Policy]:
    """Area (None: the installation) to what was said there."""
    return {row.area_id: policy_of(row) for row in session.exec(select(ApprovalPolicy))}


def policy_at(policies: Mapping[Place, Policy], places: Iterable[Place], tree: Tree) -> Policy:
    """What holds at all of these places: what is said there and around them, the stricter each time."""
    if not policies:
        return Policy()
    around: set[Place] = {None}
    for place in places:
        around.update(lineage(place, tree()) if place is not None else ())
    return strictest(policies[area] for area in around if area in policies)


def set_policy(session: Session, area: Place, policy: Policy, act: Act) -> str:
    """From now on it is so there, and in all areas within. AreaUnknown, AreaEnded."""
    if area is not None:
        standing(session, area)
    name = area or INSTALLATION
    session.merge(
        ApprovalPolicy(
            id=name, area_id=area, ranks=sorted(policy.ranks), sources=sorted(policy.sources),
            from_speakers=policy.from_speakers, from_percent=policy.from_percent, hours=policy.hours,
            changed_at=act.now, changed_by=act.who,
        )
    )  # fmt: skip
    session.flush()
    record(session, act, Action.POLICY_EDIT, name, said_of(policy), area=area)
    return name


def policy_of(row: ApprovalPolicy) -> Policy:
    return Policy(frozenset(row.ranks), frozenset(row.sources), row.from_speakers, row.from_percent, row.hours)


def said_of(policy: Policy) -> str:
    """In a line, for the record."""
    said = {
        "ranks": " ".join(sorted(policy.ranks)), "sources": " ".join(sorted(policy.sources)),
        "speakers": policy.from_speakers, "percent": policy.from_percent, "hours": policy.hours,
    }  # fmt: skip
    return ", ".join(f"{name} {value}" for name, value in said.items() if value) or "nothing"
