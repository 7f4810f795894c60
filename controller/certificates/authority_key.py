"""The authority's key on disk, and how it comes under another passphrase: at every moment one of the two opens it."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from controller.certificates.papers import key_pem
from controller.keys.disk import Disk
from controller.keys.errors import KeysLocked

KEY_FILE, NEXT_FILE = "ca.key", "ca-next.key"
"""The second one is there only while the passphrase is being changed."""


def read_key(folder: Path, passphrase: str | None) -> ec.EllipticCurvePrivateKey:
    """The key, also where it lies in clear though a passphrase is set. KeysLocked."""
    found = _opened(folder / NEXT_FILE, passphrase) or _opened(folder / KEY_FILE, passphrase)
    if found is None:
        raise KeysLocked(folder=str(folder))
    return found


def lay_next(folder: Path, before: str | None, after: str, disk: Disk) -> None:
    """Lay the key beside itself, under the next passphrase; `settle` ends it. KeysLocked."""
    key = read_key(folder, before)
    if _opened(folder / KEY_FILE, before) is None:
        disk.move(folder / NEXT_FILE, folder / KEY_FILE)
    disk.write(folder / NEXT_FILE, key_pem(key, after))


def settle(folder: Path, passphrase: str | None, disk: Disk) -> None:
    """One file remains, the one that opens by this passphrase; of two the one that lies under it."""
    for part in folder.glob("ca*.part"):
        disk.remove(part)
    if _opened(folder / NEXT_FILE, passphrase):
        disk.move(folder / NEXT_FILE, folder / KEY_FILE)
    elif (folder / NEXT_FILE).is_file() and _opened(folder / KEY_FILE, passphrase):
        disk.remove(folder / NEXT_FILE)


def _opened(path: Path, passphrase: str | None) -> ec.EllipticCurvePrivateKey | None:
    try:
        pem = path.read_bytes()
        secret = passphrase.encode("utf-8") if passphrase and b"ENCRYPTED" in pem else None
        key = load_pem_private_key(pem, secret)
    except (OSError, ValueError, TypeError):
        return None
    return key if isinstance(key, ec.EllipticCurvePrivateKey) else None
