"""The words that fields are made of: each with its shape, unit and bounds."""

from typing import Annotated

from pydantic import Field, StringConstraints

UUID_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"

Uuid = Annotated[str, StringConstraints(pattern=UUID_PATTERN)]
"""Lower-case UUID in its 36 letters; immutable name of a tenant, area, speaker, order or occurrence."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""Lower-case hexadecimal SHA-256 of the whole content."""

YEAR_2100 = 4_102_444_800_000_000

Instant = Annotated[int, Field(ge=0, le=YEAR_2100)]
"""Microseconds since 1970-01-01T00:00:00Z, up to the year 2100."""

Millis = Annotated[int, Field(ge=0, le=86_400_000)]
"""A duration in milliseconds, at most a day."""

Length = Annotated[int, Field(ge=1, le=86_400_000)]
"""Length of a sound in milliseconds, at most a day."""

Sequence = Annotated[int, Field(ge=0, le=2**53 - 1)]
"""A number that only grows; exact in every language's JSON."""

Percent = Annotated[int, Field(ge=0, le=100)]
"""A share, %."""

Bitmap = Annotated[
    str,
    StringConstraints(
        pattern=r"^([A-Za-z0-9_-]{4})*([A-Za-z0-9_-][AQgw]|[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048])?$",
        min_length=2,
        max_length=8_192,
    ),
]
"""Base64url without padding; bit n (least significant first in byte n // 8) is speaker number n."""

PublicKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$")]
"""A raw Ed25519 public key: 32 bytes, base64url without padding."""

Signature = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{85}[AQgw]$")]
"""An Ed25519 signature: 64 bytes, base64url without padding."""

SIXTEEN_BYTES = r"^[A-Za-z0-9_-]{21}[AQgw]$"

KeyId = Annotated[str, StringConstraints(pattern=SIXTEEN_BYTES)]
"""The first 16 bytes of SHA-256 over the raw public key, base64url without padding."""

Nonce = Annotated[str, StringConstraints(pattern=SIXTEEN_BYTES)]
"""16 random bytes, base64url without padding."""

Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:+-]{1,64}$")]
"""A short machine-readable word: a reason, a version, a model."""

MAX_CHUNKS = 1_200
"""Chunks of one blob at most; they are numbered from 0."""
MAX_NUMBER = 49_151
"""Highest number of a speaker in its area."""

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
MILLI = 1_000
