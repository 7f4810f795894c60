"""Bytes under a passphrase: scrypt makes the key, AES-256-GCM seals. The cost stands in the text itself.

The result is JSON that any language can open: key = scrypt(NFC of the passphrase in UTF-8, salt, n, r, p, 32 bytes);
the sealed bytes end with the 16 bytes of the tag; the authenticated data is `label` in UTF-8.
"""

import unicodedata
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from pydantic import BaseModel, Field

from devices.protocol import base64url

COST = 2**17
"""scrypt's n: 128 MiB and a third of a second for each guess."""
LOWEST_COST, HIGHEST_COST = 2**10, 2**20
LEAST_LETTERS = 12
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Nothing that can be misread: no 0 and o, no 1, i and l."""


class Kdf(BaseModel):
    """How the key was made."""

    name: str = Field(default="scrypt", pattern="^scrypt$")
    salt: str
    n: int = Field(ge=LOWEST_COST, le=HIGHEST_COST)
    r: int = Field(default=8, ge=8, le=8)
    p: int = Field(default=1, ge=1, le=1)


class Sealed(BaseModel):
    """What lies in the file."""

    kdf: Kdf
    cipher: str = Field(default="AES-256-GCM", pattern="^AES-256-GCM$")
    nonce: str
    sealed: str


class WrongPassphrase(ValueError):
    """The passphrase is wrong, or the bytes were changed: nobody can tell these apart."""

    code = "wrong_passphrase"


def seal(content: bytes, passphrase: str, label: str, entropy: Callable[[int], bytes], cost: int = COST) -> Sealed:
    salt, nonce = entropy(16), entropy(12)
    kdf = Kdf(salt=base64url.encode(salt), n=cost)
    sealed = AESGCM(_key(passphrase, kdf)).encrypt(nonce, content, label.encode("utf-8"))
    return Sealed(kdf=kdf, nonce=base64url.encode(nonce), sealed=base64url.encode(sealed))


def unseal(box: Sealed, passphrase: str, label: str) -> bytes:
    """What was sealed under this label; WrongPassphrase."""
    try:
        nonce, content = base64url.decode(box.nonce), base64url.decode(box.sealed)
        return AESGCM(_key(passphrase, box.kdf)).decrypt(nonce, content, label.encode("utf-8"))
    except (InvalidTag, ValueError) as error:
        raise WrongPassphrase() from error


def new_passphrase(entropy: Callable[[int], bytes]) -> str:
    """Five groups of five letters, 123 bits: more than anybody guesses, and little enough to write down."""
    letters = [ALPHABET[_below(len(ALPHABET), entropy)] for _ in range(25)]
    return "-".join("".join(letters[begin : begin + 5]) for begin in range(0, 25, 5))


def _below(count: int, entropy: Callable[[int], bytes]) -> int:
    """A number below `count`, each as likely as the others."""
    while (drawn := entropy(1)[0]) >= 256 // count * count:
        pass
    return drawn % count


def _key(passphrase: str, kdf: Kdf) -> bytes:
    said = unicodedata.normalize("NFC", passphrase).encode("utf-8")
    return Scrypt(base64url.decode(kdf.salt), 32, kdf.n, kdf.r, kdf.p).derive(said)
