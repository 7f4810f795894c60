"""The keys of a controller that runs: they follow the folder, so that a rotation needs no restart."""

from collections.abc import Callable
from pathlib import Path

import structlog

from controller.errors.base import LoaError
from controller.keyring import Keyring
from controller.keys.folder import TRUST, read_keyring

log = structlog.get_logger()

Keys = Callable[[], Keyring]
"""The keyring in force now."""
_Stamp = tuple[int, int, int] | None


class LiveKeys:
    """Call it for the keyring in force; `look` is for the one thread that speaks to the speakers."""

    def __init__(self, folder: Path, passphrase: str | None) -> None:
        """KeysIncomplete, KeysLocked, KeysMixed."""
        self._folder, self._passphrase = folder, passphrase
        self._stamp = self._stamped()
        self._keyring = read_keyring(folder, passphrase)

    def __call__(self) -> Keyring:
        return self._keyring

    def look(self) -> bool:
        """Whether there are new keys; what cannot be read is said once, and the old ones stay."""
        stamp = self._stamped()
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            fresh = read_keyring(self._folder, self._passphrase)
        except (LoaError, OSError, ValueError) as error:
            log.error("keys_not_read", code=getattr(error, "code", type(error).__name__), folder=str(self._folder))
            return False
        changed = fresh.trust != self._keyring.trust
        self._keyring = fresh
        if changed:
            log.info("keys_changed", seq=fresh.said.seq, signing={role: key.id for role, key in fresh.keys.items()})
        return changed

    def _stamped(self) -> _Stamp:
        """What changes whenever the trust set is replaced."""
        try:
            found = (self._folder / TRUST).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size
