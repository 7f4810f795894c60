"""What there is to say about the keys of an installation: what is well, what to mind, what is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from controller.keyring import ONLINE_ROLES, Keyring
from controller.keys.custody import Custody
from controller.keys.errors import KeysError
from controller.keys.folder import held_keys
from controller.keys.root_file import read_root_file
from devices.protocol.keys import VerifyKey
from devices.protocol.messages.trust import Role
from devices.protocol.units import DAY

SOON = 90 * DAY
"""How long before a key ends it is said, us."""
State = Literal["good", "note", "bad"]


@dataclass(frozen=True)
class Remark:
    """`what` names the sentence, `of` fills it."""

    state: State
    what: str
    of: dict[str, object] = field(default_factory=dict)


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


def remarks(custody: Custody, root_file: Path, now: int) -> Iterator[Remark]:
    """Everything at once; the first `bad` one is why the controller would not start."""
    try:
        keyring = custody.read()
    except KeysError as error:
        yield Remark(
            "bad", "unreadable", {"code": error.code, "vi": error.vi, "en": " ".join(str(error.__doc__).split())}
        )
        return
    yield Remark("good", "readable", {"seq": keyring.said.seq, "roles": ", ".join(keyring.keys)})
    yield from _about_root(custody, root_file, keyring)
    missing = [role for role in ONLINE_ROLES if role not in keyring.keys]
    if missing:
        yield Remark("note", "roles_missing", {"roles": ", ".join(missing)})
    ending = [one.role for one in shown_keys(custody) if one.signs and one.until < now + SOON]
    if ending:
        yield Remark("bad", "ending", {"roles": ", ".join(ending)})
    if any(b"ENCRYPTED" not in held.path.read_bytes() for held in held_keys(custody.folder, custody.passphrase)):
        yield Remark("note", "in_clear", {"folder": custody.folder})


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
