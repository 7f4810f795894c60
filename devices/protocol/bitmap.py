"""`only`: which speaker numbers of an area an order is for."""

from collections.abc import Iterable

from devices.protocol import base64url
from devices.protocol.units import MAX_NUMBER


def pack(numbers: Iterable[int]) -> str:
    """Write speaker numbers (0 to 49,151) as a bitmap; at least one number is needed."""
    bits = bytearray()
    for number in numbers:
        if not 0 <= number <= MAX_NUMBER:
            raise ValueError(f"no speaker has number {number}")
        if number >= len(bits) * 8:
            bits.extend(bytes(number // 8 + 1 - len(bits)))
        bits[number // 8] |= 1 << (number % 8)
    if not bits:
        raise ValueError("an empty bitmap names nobody")
    return base64url.encode(bytes(bits))


def contains(bitmap: str, number: int) -> bool:
    """Whether speaker `number` is named; numbers beyond the end are not."""
    bits = base64url.decode(bitmap)
    return number // 8 < len(bits) and bool(bits[number // 8] >> (number % 8) & 1)
