"""The keys of a data folder, as its settings say: made on the first start, then followed."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from controller.keyring import Keyring
from controller.keys.custody import Custody
from controller.keys.disk import Disk
from controller.keys.errors import KeysError, PassphraseMissing
from controller.keys.first_clock import refuse_clock
from controller.keys.live import LiveKeys
from controller.keys.remark import Remark
from controller.keys.remarks import remarks
from controller.keys.root_file import NAME, Safe
from controller.keys.sealing import new_passphrase
from controller.runtime import world
from controller.runtime.folder import DataFolder
from controller.settings import KeySettings, Settings

TellRoot = Callable[[Path, str], None]
"""Told where the root key will lie and under which passphrase, before it is made: nobody else keeps that."""


def custody_of(folder: DataFolder, settings: Settings) -> Custody:
    secret = settings.keys.passphrase
    passphrase = secret.get_secret_value() if secret else None
    return Custody(folder.keys, folder.authority, passphrase or None, Safe(world.entropy), Disk())


def root_path(folder: DataFolder, settings: Settings) -> Path:
    """Where the root file is looked for: what LOA_KEYS__ROOT_FILE names, else the data folder."""
    return settings.keys.root_file or folder.root / "root" / NAME


def keys_of(folder: DataFolder, settings: Settings, tell: TellRoot) -> LiveKeys:
    """The keys in force; made if this is the first start. KeysError."""
    custody, target = custody_of(folder, settings), root_path(folder, settings)
    if not custody.begun:
        passphrase = given_passphrase(settings.keys)
        refuse_clock(world.now())
        if passphrase is None:
            passphrase = new_passphrase(world.entropy)
            tell(target, passphrase)
        custody.begin(world.new_id(), target, passphrase, world.now())
    custody.finish(target)
    with suppress(KeysError):
        custody.sweep()
    return LiveKeys(custody.folder, custody.passphrase)


def keyring_of(folder: DataFolder, settings: Settings) -> Keyring:
    """The keys in force, for a command that only uses them. KeysError where there are none."""
    custody = custody_of(folder, settings)
    return LiveKeys(custody.folder, custody.passphrase)()


def remarks_on(folder: DataFolder, settings: Settings, now: int, *, certified: bool = False) -> Iterator[Remark]:
    """What there is to say about the keys, and about a passphrase that was left on this machine.

    `certified`: whether speakers have certificates already.
    """
    yield from remarks(custody_of(folder, settings), root_path(folder, settings), now, certified=certified)
    if folder.root_passphrase.exists():
        yield Remark("bad", "passphrase_here", {"file": folder.root_passphrase})


def given_passphrase(keys: KeySettings) -> str | None:
    """The root key's passphrase from the environment, or from the file that it names. PassphraseMissing."""
    if keys.root_passphrase is not None:
        return keys.root_passphrase.get_secret_value()
    return None if keys.root_passphrase_file is None else read_passphrase(keys.root_passphrase_file)


def read_passphrase(file: Path) -> str:
    """The first line of a file, also of one written by Windows' Notepad. PassphraseMissing."""
    lines = file.read_text("utf-8-sig").splitlines()
    if not lines or not lines[0]:
        raise PassphraseMissing(file=str(file))
    return lines[0]
