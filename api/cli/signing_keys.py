"""`loa keys`: who signs, and what to do when a key is old, lost or in wrong hands."""

import os
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from api.cli.client import Refused, Unreachable, client_of
from api.cli.configured import settings_with
from api.cli.key_words import in_both, tell
from api.cli.passphrases import fresh_passphrase, root_passphrase
from api.cli.refusals import in_words
from api.cli.screen import fail, result, result_json
from controller.db import Database
from controller.keyring import ONLINE_ROLES, Keyring
from controller.keys.custody import Custody
from controller.keys.errors import RootOffline
from controller.keys.remarks import shown_keys
from controller.people.audit import Act, record
from controller.people.permissions import Action
from controller.runtime import world
from controller.runtime.door import are_certified_in
from controller.runtime.folder import DataFolder
from controller.runtime.installation import WITNESS
from controller.runtime.keys import custody_of, remarks_on, root_path
from controller.settings import Settings
from devices.protocol.keys import SigningKey
from devices.protocol.messages.trust import Role
from devices.protocol.units import DAY

TAKEN_UP_S = 10.0
"""How long the running controller is waited for."""


@dataclass(frozen=True)
class RootWish:
    """Where the root key is, as said on the command line."""

    data: Path | None
    file: Path | None
    passphrase_file: Path | None


@dataclass(frozen=True)
class Desk:
    """One command's view of an installation."""

    settings: Settings
    folder: DataFolder
    custody: Custody
    root_file: Path

    def root(self, wish: RootWish) -> SigningKey:
        return self.custody.root(self.root_file, root_passphrase(self.settings.keys, wish.passphrase_file))

    def note(self, action: Action, subject: str, detail: str) -> None:
        """The line stands before the deed: no key changes without one."""
        act = Act(f"user {os.getuid()}", "command line", world.now())
        with Database(self.folder.database, witness=WITNESS).write() as session:
            record(session, act, action, subject, detail)


def show(data: Path | None, as_json: bool) -> None:
    desk = desk_of(RootWish(data, None, None))
    with in_words():
        keyring, keys = desk.custody.read(), shown_keys(desk.custody)
    if as_json:
        result_json({"root": keyring.root.id, "seq": keyring.said.seq, "keys": [asdict(one) for one in keys]})
        return
    result(f"{'root':10}{keyring.root.id:24}  {len(keyring.said.root_changes)} changes, trust set {keyring.said.seq}")
    for one in keys:
        signs = "ký / signs" if one.signs else "được tin / believed"
        result(f"{one.role:10}{one.id:24}  {_day(one.since)} – {_day(one.until)}  {signs}")


def check(data: Path | None, as_json: bool) -> int:
    """Exit status 1 where something is bad."""
    desk = desk_of(RootWish(data, None, None))
    certified = are_certified_in(desk.folder)
    found = list(remarks_on(desk.folder, desk.settings, world.now(), certified=certified))
    if as_json:
        result_json([{"state": one.state, "what": one.what} | {k: str(v) for k, v in one.of.items()} for one in found])
    else:
        for one in found:
            mark = {"good": "ok  ", "note": "note", "bad": "BAD "}[one.state]
            result(f"{mark}  " + "\n      ".join(in_both(one.what, **one.of)))
    return int(any(one.state == "bad" for one in found))


def rotate(role: str, wish: RootWish, overlap_days: float, *, out_at_once: bool) -> None:
    """New keys; the old ones are believed for some days more."""
    overlap = 0 if out_at_once else int(overlap_days * DAY)
    _replace(_roles(role), wish, overlap, Action.KEYS_ROTATE)


def leaked(role: str, wish: RootWish) -> None:
    """Somebody else has it: out at once, everywhere that the word reaches."""
    _replace(_roles(role), wish, 0, Action.KEYS_REVOKE)


def new_root(target: Path, wish: RootWish, new_passphrase_file: Path | None) -> None:
    desk = desk_of(wish)
    with in_words():
        root = desk.root(wish)
        passphrase = fresh_passphrase(desk.settings.keys, new_passphrase_file)
        note = partial(desk.note, Action.KEYS_NEW_ROOT, root.id, str(target))
        keyring = desk.custody.replace_root(root, target, passphrase, world.now(), note)
    tell("root_replaced_by", file=target, seq=keyring.said.seq)
    _confirm(desk, keyring)


def take_root_offline(target: Path | None, data: Path | None, new_passphrase_file: Path | None) -> None:
    desk = desk_of(RootWish(data, target, None))
    with in_words():
        if not desk.custody.root_is_online:
            raise RootOffline(folder=str(desk.custody.folder))
        passphrase = fresh_passphrase(desk.settings.keys, new_passphrase_file)
        note = partial(desk.note, Action.KEYS_ROOT_OFFLINE, desk.custody.read().root.id, str(desk.root_file))
        desk.custody.take_root_offline(desk.root_file, passphrase, world.now(), note)
    tell("root_taken", file=desk.root_file)


def passphrase(which: str, wish: RootWish, new_passphrase_file: Path | None) -> None:
    desk = desk_of(wish)
    with in_words():
        if which == "root":
            before = root_passphrase(desk.settings.keys, wish.passphrase_file)
            desk.custody.root(desk.root_file, before)
            after = fresh_passphrase(desk.settings.keys, new_passphrase_file)
            note = partial(desk.note, Action.KEYS_RESEAL, "root", str(desk.root_file))
            desk.custody.reseal_root(desk.root_file, before, after, world.now(), note)
        else:
            desk.custody.read()
            after = fresh_passphrase(desk.settings.keys, new_passphrase_file)
            note = partial(desk.note, Action.KEYS_RESEAL, "online", str(desk.custody.folder))
            desk.custody.reseal_online(after, world.now(), note)
    tell("root_resealed" if which == "root" else "online_resealed", file=desk.root_file)


def export_trust(data: Path | None) -> None:
    """What every speaker must be born with."""
    desk = desk_of(RootWish(data, None, None))
    with in_words():
        birth = desk.custody.read().birth("")
    birth.pop("device")
    result_json(birth)


def desk_of(wish: RootWish) -> Desk:
    settings = settings_with(wish.data)
    folder = DataFolder(settings.data)
    if not folder.keys.is_dir() or not folder.database.is_file():
        fail(f"{folder.keys} is not there yet: keys are made when `loa serve` first starts on this data folder")
    return Desk(settings, folder, custody_of(folder, settings), wish.file or root_path(folder, settings))


def _replace(roles: Collection[Role], wish: RootWish, overlap: int, action: Action) -> None:
    desk = desk_of(wish)
    with in_words():
        root = desk.root(wish)
        note = partial(desk.note, action, ",".join(roles), f"overlap {overlap} us")
        keyring = desk.custody.rotate(root, roles, world.now(), overlap, note)
    days = round(overlap / DAY, 2)
    old_vi = f"Khóa cũ còn được tin {days:g} ngày." if overlap else "Khóa cũ bị loại ngay."
    old_en = f"The old ones are believed for {days:g} days more." if overlap else "The old ones are out at once."
    tell("rotated", roles=", ".join(roles), seq=keyring.said.seq, old_vi=old_vi, old_en=old_en)
    _confirm(desk, keyring)


def _confirm(desk: Desk, keyring: Keyring) -> None:
    """Say whether the controller that runs here, if one does, speaks with the new keys."""
    trust = keyring.trust.decode("ascii")

    def taken_up() -> bool:
        with client_of(desk.settings.data) as client:
            return bool(client.get("/trust")["trust"] == trust)

    try:
        done = world.wait_until(taken_up, TAKEN_UP_S)
    except (Unreachable, Refused) as error:
        tell("nothing_runs" if isinstance(error, Unreachable) else "not_asked")
        return
    tell("taken_up" if done else "not_taken_up")


def _roles(wanted: str) -> tuple[Role, ...]:
    return tuple(role for role in ONLINE_ROLES if wanted in (role, "all"))


def _day(at: int | None) -> str:
    return "?" * 10 if at is None else datetime.fromtimestamp(at // 1_000_000, UTC).strftime("%Y-%m-%d")
