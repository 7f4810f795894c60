"""Secrets that are handed out once and kept as a hash: 256 bits of chance, so that a plain hash is enough."""

import hashlib
import hmac
from collections.abc import Callable

from devices.protocol import base64url

BYTES = 32
Entropy = Callable[[int], bytes]


def make_token(entropy: Entropy) -> str:
    return base64url.encode(entropy(BYTES))


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def same(shown: str, expected: str) -> bool:
    """Whether two secrets are the same, in a time that does not tell how much of them is."""
    return hmac.compare_digest(shown.encode("utf-8", "replace"), expected.encode("utf-8", "replace"))
