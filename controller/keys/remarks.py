"""What there is to say about the keys of an installation: what is well, what to mind, what is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from controller.certificates.remarks import about_authority
from controller.keyring import ONLINE_ROLES, Keyring
from controller.keys.custody import Custody
from controller.keys.errors import KeysError
from controller.keys.folder import held_keys
from controller.keys.remark import SOON, Remark, unreadable
from controller.keys.root_file import read_root_file
from devices.protocol.keys import VerifyKey
from devices.protocol.messages.trust import Role


@dataclass(frozen=True)
class ShownKey:
    """One trusted key; never its secret. `since` is None where nobody wrote it down; instants are us UTC."""

    role: Role
    id: str
    since: int | None
    until: int
    signs: bool
    """Whether it signs now; otherwise it is only believed, until then."""


def shown_keys(custody: Custody) -> list[ShownKey]:
    """What the trust set names, by role. KeysError."""
    keyring = custody.read()
    since = {held.key.id: held.made_at for held in held_keys(custody.folder, custody.passphrase)}
    signing = {key.id for key in keyring.keys.values()}
    shown = [
        ShownKey(role, VerifyKey(key.public).id, since.get(VerifyKey(key.public).id), key.not_after, signs=False)
        for key in keyring.said.keys
        for role in key.roles
    ]
    marked = [ShownKey(one.role, one.id, one.since, one.until, one.id in signing) for one in shown]
    return sorted(marked, key=lambda one: (ONLINE_ROLES.index(one.role), not one.signs))


def remarks(custody: Custody, root_file: Path, now: int, *, certified: bool = False) -> Iterator[Remark]:
    """Everything at once; the first `bad` one is why the controller would not start. `certified`: whether speakers
    have certificates already."""
    try:
        keyring = custody.read()
    except KeysError as error:
        yield unreadable(error, custody.folder)
        return
    yield Remark("good", "readable", {"seq": keyring.said.seq, "roles": ", ".join(keyring.keys)})
    yield from _about_root(custody, root_file, keyring)
    missing = [role for role in ONLINE_ROLES if role not in keyring.keys]
    if missing:
        yield Remark("note", "roles_missing", {"roles": ", ".join(missing)})
    yield from _about_ends(custody, now)
    yield from about_authority(custody.authority, custody.passphrase, now, certified=certified)
    if any(b"ENCRYPTED" not in held.path.read_bytes() for held in held_keys(custody.folder, custody.passphrase)):
        yield Remark("note", "in_clear", {"folder": custody.folder})


def _about_ends(custody: Custody, now: int) -> Iterator[Remark]:
    signing = [one for one in shown_keys(custody) if one.signs and one.until < now + SOON]
    for what, ends in (("ended", True), ("ending", False)):
        roles = [one.role for one in signing if (one.until <= now) is ends]
        if roles:
            yield Remark("bad", what, {"roles": ", ".join(roles)})


def _about_root(custody: Custody, root_file: Path, keyring: Keyring) -> Iterator[Remark]:
    if custody.root_is_online:
        yield Remark("bad", "root_online", {"folder": custody.folder})
        return
    try:
        said = read_root_file(root_file)
    except KeysError as error:
        away = error.code == "root_missing"
        yield Remark("good" if away else "bad", "root_away" if away else "root_spoiled", {"file": root_file})
        return
    if said.public == keyring.root.public:
        yield Remark("note", "root_here", {"file": root_file})
    else:
        yield Remark("note", "root_replaced", {"file": root_file})
