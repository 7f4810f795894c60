"""The office's words win, and the room's own lists are sound."""

import pytest

from controller.reading.data import load
from controller.reading.preview import Preview, preview, read_as
from controller.reading.syllables import is_syllable

LISTS = [(section, written, spoken) for section, of in load("abbreviations").items() for written, spoken in of.items()]


def test_a_glossary_overrides_every_rule_and_the_longest_form_wins() -> None:
    glossary = {"UBND": "Ủy ban", "UBND xã": "Ủy ban xã nhà", "45/2026/QĐ-TTg": "quyết định bốn lăm", "5/8": "mùng năm"}
    assert read_as("UBND xã, UBND tỉnh, số 45/2026/QĐ-TTg ngày 5/8", glossary) == (
        "Ủy ban xã nhà, Ủy ban tỉnh, số quyết định bốn lăm ngày mùng năm."
    )


def test_forms_are_literal_and_never_patterns() -> None:
    glossary = {"a.b(c)*": "mẫu", "[x]": "ích", "\\d+": "số", ".*": "sao"}
    assert read_as("a.b(c)* và [x], axb(c), 12, \\d+", glossary) == "mẫu và ích, axb, xê, mười hai, số."


def test_a_small_letter_form_stands_for_its_capitals_and_no_other_does() -> None:
    glossary = {"tkcn": "tìm cứu", "Vàm Láng": "Vàm Lán"}
    assert read_as("tkcn TKCN Tkcn, Vàm Láng, vàm láng", glossary) == "tìm cứu tìm cứu tìm cứu, Vàm Lán, vàm láng."


def test_a_form_never_starts_or_ends_inside_a_word() -> None:
    assert read_as("Ân Bình Ân ngân, 15, 5", {"Ân": "An", "5": "năm con"}) == "An Bình An ngân, mười lăm, năm con."


def test_a_form_found_decomposed_is_found() -> None:
    assert read_as("Hòa", {"Ho\u0300a": "Hoà Bình"}) == "Hoà Bình."


def test_what_a_glossary_says_holds_no_figures_either() -> None:
    assert read_as("K9 tuần tra", {"K9": "đội ca 9"}) == "đội ca chín tuần tra."


def test_a_form_can_be_silenced() -> None:
    assert read_as("Kính (đã ký) gửi", {"(đã ký)": ""}) == "Kính gửi."


def test_a_preview_names_each_change_and_its_rule() -> None:
    assert preview("UBND xã họp 7h ngày 5/8 🎉", {"họp": "nhóm họp"}) == Preview(
        "Ủy ban nhân dân xã nhóm họp bảy giờ ngày năm tháng tám.",
        (
            ("UBND", "Ủy ban nhân dân", "abbreviation"),
            ("họp", "nhóm họp", "glossary"),
            ("7h", "bảy giờ", "time"),
            ("5/8", "năm tháng tám", "date"),
            ("🎉", "", "unspoken"),
        ),
    )


def test_the_list_of_abbreviations_is_long() -> None:
    assert len(LISTS) >= 500


@pytest.mark.parametrize(("section", "written", "spoken"), LISTS)
def test_every_abbreviation_is_found_and_its_words_stay_as_they_are(section: str, written: str, spoken: str) -> None:
    sentence = f"ở {written} Lan" if section == "before_name" else f"họp {written} nhé"
    assert spoken.rstrip(",;.").lower() in read_as(sentence, {}).lower()
    assert read_as(spoken, {}).rstrip(".,;") == spoken.rstrip(".,;")


def test_no_abbreviation_in_small_letters_is_a_vietnamese_word() -> None:
    assert [written for written in load("abbreviations")["any_case"] if is_syllable(written)] == ["ko"]


@pytest.mark.parametrize("section", ["kinds", "issuers"])
def test_signs_of_documents_have_words(section: str) -> None:
    for written, spoken in load("documents")[section].items():
        assert read_as(spoken, {}) == f"{spoken}.", written


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("Công an\nxã thông báo", "Công an xã thông báo."),
        ("Gồm:\n- CCCD\n- BHYT", "Gồm:\ncăn cước công dân.\nbảo hiểm y tế."),
        ("THÔNG BÁO\nVề việc cắt điện", "thông báo.\nVề việc cắt điện."),
        ("Gạo,\nMuối", "Gạo, Muối."),
        ("a) một;\nb) hai.", "a, một;\nbê, hai."),
        ("Hết\r\n\r\n\r\nXin cảm ơn", "Hết.\nXin cảm ơn."),
        ("cuối\u2028Đầu", "cuối.\nĐầu."),
    ],
)
def test_lines_are_joined_where_they_were_wrapped_and_closed_where_they_end(text: str, heard: str) -> None:
    assert read_as(text, {}) == heard
