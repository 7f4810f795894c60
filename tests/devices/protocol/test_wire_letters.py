"""Base64url and bitmaps: one spelling for every value, and nothing else is read."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.protocol import base64url, bitmap

numbers = st.sets(st.integers(0, 49_151), min_size=1, max_size=40)


@given(st.binary(max_size=300))
def test_bytes_survive(raw):
    text = base64url.encode(raw)
    assert base64url.decode(text) == raw
    assert text == base64.urlsafe_b64encode(raw).decode().rstrip("=")


@given(st.text(max_size=12))
def test_only_the_one_spelling_is_read(text):
    try:
        raw = base64url.decode(text)
    except ValueError:
        return
    assert base64url.encode(raw) == text


@pytest.mark.parametrize("text", ["A", "AB", "AAB", "AA==", "AA=", "+A", "/w", "A A", "AA\n", "ÀA", "AA.", "AAAAA"])
def test_refused_spellings(text):
    with pytest.raises(ValueError):
        base64url.decode(text)


@given(numbers, st.integers(0, 49_151))
def test_a_bitmap_names_exactly_its_numbers(named, other):
    packed = bitmap.pack(named)
    assert all(bitmap.contains(packed, number) for number in named)
    assert bitmap.contains(packed, other) == (other in named)


@given(st.lists(st.integers(0, 500), min_size=1))
def test_a_bitmap_has_one_spelling(named):
    assert bitmap.pack(named) == bitmap.pack(reversed(named)) == bitmap.pack(set(named))


def test_bitmap_bits_are_least_significant_first():
    assert base64url.decode(bitmap.pack([0])) == b"\x01"
    assert base64url.decode(bitmap.pack([7])) == b"\x80"
    assert base64url.decode(bitmap.pack([3, 12])) == b"\x08\x10"


@pytest.mark.parametrize("named", [[], [-1], [3, -1], [49_152]])
def test_numbers_that_nobody_has(named):
    with pytest.raises(ValueError):
        bitmap.pack(named)


def test_the_largest_bitmap_fits_its_field():
    assert len(bitmap.pack([49_151])) == 8_192
