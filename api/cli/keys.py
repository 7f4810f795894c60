"""Keys for programs, made on the machine that holds the data folder."""

from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path

from sqlmodel import col, or_, select

from api.cli.configured import settings_with
from api.cli.people import area_named, by_the_machine, database_of
from api.cli.refusals import in_words
from api.cli.screen import fail, result, result_json, say
from api.timestamps import to_rfc3339
from controller.people.api_keys import KeyWish, digest_of, keep_key, make_key, revoke_key
from controller.people.models import ApiKey
from controller.people.permissions import Action
from controller.runtime import world
from devices.protocol.units import DAY


@dataclass(frozen=True)
class Limits:
    """Of a key: areas by name or id, actions of its role, CIDR networks, requests a minute, days. Empty: none."""

    areas: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    per_minute: int | None = None
    days: int | None = None


def add(name: str, role: str, limits: Limits, data: Path | None, as_json: bool) -> None:
    key, key_id, act = make_key(world.entropy(24)), world.new_id(), by_the_machine()
    _check(limits)
    with in_words(), database_of(settings_with(data)).write() as session:
        keep_key(
            session,
            KeyWish(
                key_id, name, digest_of(key), role, tuple(area_named(session, one) for one in limits.areas),
                limits.actions, limits.addresses, limits.per_minute,
                None if limits.days is None else act.now + limits.days * DAY,
            ),
            act,
        )  # fmt: skip
    if as_json:
        result_json({"id": key_id, "key": key})
    else:
        say(f"A key of role {role} for {name}, shown this once:")
        result(key)


def show(data: Path | None, as_json: bool) -> None:
    with in_words(), database_of(settings_with(data)).read() as session:
        rows = session.exec(select(ApiKey).order_by(col(ApiKey.name), col(ApiKey.id))).all()
    lines = [_line(row) for row in rows]
    if as_json:
        result_json(lines)
    else:
        for line in lines:
            result("  ".join(f"{name} {value}" for name, value in line.items() if value not in (None, [])))


def revoke(wanted: str, data: Path | None, as_json: bool) -> None:
    with in_words(), database_of(settings_with(data)).write() as session:
        rows = select(ApiKey.id).where(
            or_(ApiKey.id == wanted, ApiKey.name == wanted), col(ApiKey.revoked_at).is_(None)
        )
        found = session.exec(rows).all()
        if len(found) != 1:
            fail(f"{len(found)} keys that are good are called {wanted!r}: name it by its id")
        row = revoke_key(session, found[0], by_the_machine())
    if as_json:
        result_json({"id": row.id})
    else:
        say(f"{row.name} is revoked: no request with it is taken from now on.")


def _check(limits: Limits) -> None:
    known = {action.value for action in Action}
    for action in limits.actions:
        if action not in known:
            fail(f"{action!r} is no action; there are: {', '.join(sorted(known))}")
    for address in limits.addresses:
        try:
            ip_network(address)
        except ValueError:
            fail(f"{address!r} is no network, such as 203.0.113.0/24")


def _line(row: ApiKey) -> dict[str, object]:
    at = {"ends": row.expires_at, "revoked": row.revoked_at, "used": row.last_used_at}
    return {
        "id": row.id, "name": row.name, "role": row.role, "areas": row.areas, "actions": row.actions,
        "addresses": row.addresses, "per_minute": row.per_minute,
        **{name: None if value is None else to_rfc3339(value) for name, value in at.items()},
        "from": row.last_used_from,
    }  # fmt: skip
