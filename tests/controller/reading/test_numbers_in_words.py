"""Numbers against a second way to say them: words are parsed back to the number they came from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.reading.numbers import cardinal, digit_by_digit, in_groups, number, ordinal

DIGIT_WORDS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7,
    "tám": 8, "chín": 9,
}  # fmt: skip
SCALES = {"nghìn": 1_000, "triệu": 1_000_000, "tỷ": 1_000_000_000}


def parse(words: str) -> int:
    """A Vietnamese cardinal below a billion billion, read as a listener adds it up."""
    total = group = last = 0
    whole = 0
    for word in words.split():
        if word in DIGIT_WORDS:
            last = DIGIT_WORDS[word]
            group += last
        elif word == "mười":
            group += 10
            last = 0
        elif word == "mươi":
            group += last * 9
            last = 0
        elif word == "trăm":
            group += last * 99
            last = 0
        elif word == "tỷ":
            whole, total, group, last = (whole + total + group) * SCALES["tỷ"], 0, 0, 0
        elif word in SCALES:
            total, group, last = total + group * SCALES[word], 0, 0
        else:
            assert word == "linh", word
    return whole + total + group


@given(st.integers(min_value=0, max_value=10**27))
def test_words_mean_the_number_they_were_made_of(value: int) -> None:
    assert parse(cardinal(str(value))) == value


@given(st.integers(min_value=0, max_value=10**12))
def test_thousands_separators_do_not_change_a_number(value: int) -> None:
    dotted = f"{value:,}".replace(",", ".")
    assert number(dotted) == cardinal(str(value))


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ("0", "không"), ("000", "không"), ("10", "mười"), ("11", "mười một"), ("14", "mười bốn"), ("15", "mười lăm"),
        ("20", "hai mươi"), ("21", "hai mươi mốt"), ("24", "hai mươi tư"), ("25", "hai mươi lăm"),
        ("55", "năm mươi lăm"),
        ("100", "một trăm"), ("101", "một trăm linh một"), ("104", "một trăm linh bốn"), ("105", "một trăm linh năm"),
        ("111", "một trăm mười một"), ("115", "một trăm mười lăm"), ("121", "một trăm hai mươi mốt"),
        ("1000", "một nghìn"), ("1005", "một nghìn không trăm linh năm"), ("1010", "một nghìn không trăm mười"),
        ("2026", "hai nghìn không trăm hai mươi sáu"), ("1000005", "một triệu không trăm linh năm"),
        ("1000000000", "một tỷ"), ("1000000000000", "một nghìn tỷ"), ("1000000000000000000", "một tỷ tỷ"),
    ],
)  # fmt: skip
def test_said_as_at_school(digits: str, words: str) -> None:
    assert cardinal(digits) == words


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("1.234.567", "một triệu hai trăm ba mươi tư nghìn năm trăm sáu mươi bảy"),
        ("1,234,567", "một triệu hai trăm ba mươi tư nghìn năm trăm sáu mươi bảy"),
        ("1,234,567.5", "một triệu hai trăm ba mươi tư nghìn năm trăm sáu mươi bảy phẩy năm"),
        ("3,5", "ba phẩy năm"), ("3.5", "ba phẩy năm"), ("3,05", "ba phẩy không năm"),
        ("15,25", "mười lăm phẩy hai mươi lăm"),
        ("0,125", "không phẩy một hai năm"), ("0.125", "không phẩy một hai năm"), ("1.500", "một nghìn năm trăm"),
        ("1.234,5", "một nghìn hai trăm ba mươi tư phẩy năm"),
        ("0.123.456,7", "một trăm hai mươi ba nghìn bốn trăm năm mươi sáu phẩy bảy"),
        ("05", "năm"),
    ],
)  # fmt: skip
def test_separators_as_vietnamese_write_them(written: str, words: str) -> None:
    assert number(written) == words


def test_ordinals_have_their_own_words() -> None:
    assert [ordinal(digits) for digits in ("1", "2", "4", "04", "10", "21", "24")] == [
        "nhất", "hai", "tư", "tư", "mười", "hai mươi mốt", "hai mươi tư",
    ]  # fmt: skip


@given(st.text("0123456789", min_size=1, max_size=40))
def test_groups_lose_no_digit_and_leave_none_alone(digits: str) -> None:
    groups = in_groups(digits).split(", ")
    assert " ".join(groups) == digit_by_digit(digits)
    assert len(digits) < 2 or all(len(group.split()) > 1 for group in groups)


def test_a_thousand_digits_are_no_trouble() -> None:
    assert parse(cardinal("9" * 18)) == 10**18 - 1
    assert cardinal("1" + "0" * 999).startswith("một")
