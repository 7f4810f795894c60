"""The key folder: one file a key, and the trust set, which says which of them count.

The trust set is replaced last and in one piece, so that after a cut either the old keys are in force or the new ones:
a key file that it does not name means nothing, and goes at the next change.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from controller.keyring import NEEDED_ROLES, Keyring
from controller.keys.changes import Change
from controller.keys.disk import Disk
from controller.keys.errors import KeysIncomplete, KeysLocked, KeysMixed
from devices.protocol.codec import parse
from devices.protocol.errors import ProtocolError
from devices.protocol.keys import SigningKey, VerifyKey
from devices.protocol.messages.trust import Role, TrustedKey, TrustSet
from devices.protocol.signing import open_envelope
from devices.protocol.trust import Trust, accept_trust

TRUST, TENANT, FIRST_ROOT = "trust.jws", "tenant", "root.pub"
OLD_ROOT = "root.pem"
"""Where installations made by earlier versions still keep the root key itself."""
_NAMED = re.compile(r"(?P<role>[a-z]+)(-(?P<made>\d+))?\.pem")


@dataclass(frozen=True)
class HeldKey:
    """A key file that the passphrase opens; `made_at` us UTC, None where nobody wrote it down."""

    path: Path
    key: SigningKey
    made_at: int | None


def read_keyring(folder: Path, passphrase: str | None) -> Keyring:
    """The keys in force. KeysIncomplete, KeysLocked, KeysMixed."""
    names = {TENANT, TRUST, OLD_ROOT if (folder / OLD_ROOT).is_file() else FIRST_ROOT}
    missing = sorted(name for name in names if not (folder / name).is_file())
    if missing:
        raise KeysIncomplete(folder=str(folder), missing=missing)
    tenant, raw = (folder / TENANT).read_text("ascii"), (folder / TRUST).read_bytes()
    try:
        trust = accept_trust(Trust(tenant, _first_root(folder, passphrase)), raw)
        said = parse(open_envelope(raw).payload, TrustSet)
    except ProtocolError as error:
        raise KeysMixed(folder=str(folder), reason=error.code) from error
    return Keyring(tenant, trust.root, _signers(folder, passphrase, said.keys), raw)


def held_keys(folder: Path, passphrase: str | None) -> Iterator[HeldKey]:
    """Every online key that the passphrase opens, whether it counts or not."""
    for path in sorted(folder.glob("*.pem")):
        named = _NAMED.fullmatch(path.name)
        key = _opened(path, passphrase)
        if named and key and path.name != OLD_ROOT:
            yield HeldKey(path, key, int(named["made"]) if named["made"] else None)


def old_root(folder: Path, passphrase: str | None) -> SigningKey | None:
    """The root key, where it still lies among the online keys; KeysLocked."""
    if not (folder / OLD_ROOT).is_file():
        return None
    root = _opened(folder / OLD_ROOT, passphrase)
    if root is None:
        raise KeysLocked(folder=str(folder))
    return root


def make_folder(folder: Path, change: Change, passphrase: str | None, now: int, disk: Disk) -> None:
    """A new installation's folder: there as a whole, or not at all."""
    fresh = folder.with_name(folder.name + ".new")
    fresh.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in fresh.iterdir():
        left.unlink()
    disk.write(fresh / TENANT, change.after.tenant.encode("ascii"))
    disk.write(fresh / FIRST_ROOT, change.after.root.public.encode("ascii"))
    _write_keys(fresh, change, passphrase, now, disk)
    disk.write(fresh / TRUST, change.after.trust)
    disk.move(fresh, folder)


def keep_change(folder: Path, change: Change, passphrase: str | None, now: int, disk: Disk) -> Keyring:
    """Bring a change into force, and forget the keys that sign nothing any more."""
    _write_keys(folder, change, passphrase, now, disk)
    disk.write(folder / TRUST, change.after.trust)
    keyring = read_keyring(folder, passphrase)
    sweep(folder, keyring, passphrase, disk)
    return keyring


def sweep(folder: Path, keyring: Keyring, passphrase: str | None, disk: Disk) -> None:
    """Remove what a change, or a cut in one, has left over: no leaked or replaced key lies about, none in clear
    beside the same one under the passphrase, and none under another passphrase."""
    kept = _best_files(folder, keyring, passphrase)
    for path in sorted(folder.glob("*.pem")):
        if _NAMED.fullmatch(path.name) and path.name != OLD_ROOT and path not in kept:
            disk.remove(path)
    for left in folder.glob("*.part"):
        disk.remove(left)


def _best_files(folder: Path, keyring: Keyring, passphrase: str | None) -> set[Path]:
    """One file for each key that signs: the sealed one where there is one, of these the newest."""
    signing = {key.id for key in keyring.keys.values()}
    held = [one for one in held_keys(folder, passphrase) if one.key.id in signing]
    held.sort(key=lambda one: (b"ENCRYPTED" in one.path.read_bytes(), one.made_at or 0))
    return set({one.key.id: one.path for one in held}.values())


def reseal(folder: Path, before: str | None, after: str | None, now: int, disk: Disk) -> None:
    """Put the online keys under another passphrase: each is there under one of the two at every moment.

    The new file has the next name: made a microsecond later.
    """
    keyring = read_keyring(folder, before)
    held = list(held_keys(folder, before))
    for role, key in keyring.keys.items():
        made_at = max(one.made_at or 0 for one in held if one.key.id == key.id)
        disk.write(folder / f"{role}-{made_at + 1 if made_at else now}.pem", key.to_pem(_secret(after)))
    sweep(folder, read_keyring(folder, after), after, disk)


def _write_keys(folder: Path, change: Change, passphrase: str | None, now: int, disk: Disk) -> None:
    for role, key in change.made.items():
        disk.write(folder / f"{role}-{now}.pem", key.to_pem(_secret(passphrase)))


def _first_root(folder: Path, passphrase: str | None) -> VerifyKey:
    """The root that all changes of root begin with."""
    root = old_root(folder, passphrase)
    return root.verify_key if root else VerifyKey((folder / FIRST_ROOT).read_text("ascii").strip())


def _signers(folder: Path, passphrase: str | None, trusted: tuple[TrustedKey, ...]) -> dict[Role, SigningKey]:
    """Of each role the key that the trust set names last."""
    newest = {role: VerifyKey(key.public).id for key in trusted for role in key.roles}
    held = {one.key.id: one.key for one in held_keys(folder, passphrase)}
    lacking = [f"{role} {key_id}" for role, key_id in newest.items() if key_id not in held]
    lacking += [role for role in NEEDED_ROLES if role not in newest]
    if lacking and any(_opened(path, passphrase) is None for path in folder.glob("*.pem")):
        raise KeysLocked(folder=str(folder))
    if lacking:
        raise KeysIncomplete(folder=str(folder), missing=lacking)
    return {role: held[key_id] for role, key_id in newest.items()}


def _opened(path: Path, passphrase: str | None) -> SigningKey | None:
    """None where the passphrase does not open it, or it has just gone."""
    try:
        pem = path.read_bytes()
        return SigningKey.from_pem(pem, _secret(passphrase) if b"ENCRYPTED" in pem else None)
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _secret(passphrase: str | None) -> bytes | None:
    return passphrase.encode("utf-8") if passphrase else None
