"""Ed25519 keys: their id, their text forms, and what each role of the controller may sign."""

import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc.jwk import OKPKey

from devices.protocol import base64url


@dataclass(frozen=True)
class VerifyKey:
    """A public key by its 32 raw bytes in base64url (43 letters)."""

    public: str

    @cached_property
    def id(self) -> str:
        """First 16 bytes of SHA-256 over the raw key, base64url: 22 letters."""
        return base64url.encode(hashlib.sha256(base64url.decode(self.public)).digest()[:16])

    @cached_property
    def jwk(self) -> OKPKey:
        return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": self.public})

    @cached_property
    def loaded(self) -> Ed25519PublicKey:
        """ValueError where this is no public key."""
        return Ed25519PublicKey.from_public_bytes(base64url.decode(self.public))

    def fits(self, signature: bytes, said: bytes) -> bool:
        """Whether `signature` (64 bytes) is this key's over `said`."""
        try:
            self.loaded.verify(signature, said)
        except InvalidSignature:
            return False
        return True


@lru_cache(maxsize=2_048)
def known_key(public: str) -> VerifyKey:
    """The same key for every message of one who speaks: what is worked out for it once stays."""
    return VerifyKey(public)


class SigningKey:
    """A private key, made from 32 secret bytes that the caller draws."""

    def __init__(self, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)
        raw = self._key.public_key().public_bytes_raw()
        self.verify_key = VerifyKey(base64url.encode(raw))

    @property
    def id(self) -> str:
        return self.verify_key.id

    @cached_property
    def jwk(self) -> OKPKey:
        secret = base64url.encode(self._key.private_bytes_raw())
        return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": self.verify_key.public, "d": secret})

    def sign_bytes(self, said: bytes) -> bytes:
        """The bare signature (64 bytes) over `said`."""
        return self._key.sign(said)

    def secret(self) -> bytes:
        """The 32 secret bytes; for whoever seals them."""
        return self._key.private_bytes_raw()

    def to_pem(self, passphrase: bytes | None = None) -> bytes:
        """PKCS#8 PEM, encrypted where a passphrase is given."""
        lock: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if passphrase:
            lock = serialization.BestAvailableEncryption(passphrase)
        return self._key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)

    @staticmethod
    def from_pem(pem: bytes, passphrase: bytes | None = None) -> "SigningKey":
        """Read PKCS#8 PEM; ValueError for another kind of key or a wrong passphrase, TypeError for none."""
        key = serialization.load_pem_private_key(pem, passphrase)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("not an Ed25519 key")
        return SigningKey(key.private_bytes_raw())


def public_from_pem(pem: bytes) -> VerifyKey:
    """Read a SubjectPublicKeyInfo PEM; ValueError for anything but an Ed25519 public key."""
    key = serialization.load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 public key")
    return VerifyKey(base64url.encode(key.public_bytes_raw()))


def public_to_pem(key: VerifyKey) -> bytes:
    return key.loaded.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
