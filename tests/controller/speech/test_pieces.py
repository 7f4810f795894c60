"""A text is cut where a speaker breathes, and no word is lost or said twice."""

from hypothesis import given
from hypothesis import strategies as st

from controller.speech.pieces import COMMA_MS, LINE_MS, LONGEST, SENTENCE_MS, Piece, pieces

WORDS = st.text("aăđeộ5", min_size=1, max_size=9)
GLUE = st.sampled_from([" ", " ", " ", ", ", ". ", "! ", "; ", "\n", "\n\n", " - "])


@given(st.lists(st.tuples(WORDS, GLUE), max_size=300))
def test_every_word_is_in_one_piece_in_its_place(parts: list[tuple[str, str]]) -> None:
    text = "".join(word + glue for word, glue in parts)
    spoken = " ".join(piece.text for piece in pieces(text))
    assert [word for word in spoken.split() if word != "-"] == [word for word in text.split() if word != "-"]


@given(st.text(st.characters(), max_size=2_000))
def test_no_letter_of_any_text_is_lost_and_no_piece_is_long(text: str) -> None:
    cut = list(pieces(text))
    assert _letters("".join(piece.text for piece in cut)) == _letters(text)
    assert all(0 < len(piece.text) <= LONGEST for piece in cut)


def test_pauses_follow_the_punctuation() -> None:
    assert list(pieces("Một. Hai! Ba\nBốn.\n\n...\n")) == [
        Piece("Một.", SENTENCE_MS), Piece("Hai!", SENTENCE_MS), Piece("Ba", LINE_MS), Piece("Bốn.", LINE_MS),
    ]  # fmt: skip


def test_a_long_sentence_is_cut_at_a_comma() -> None:
    half = "xa " * 100
    first, second = pieces(f"{half.strip()}, {half.strip()}.")
    assert first.pause_ms == COMMA_MS
    assert first.text.endswith("xa,")
    assert second == Piece(f"{half.strip()}.", LINE_MS)


def test_a_row_without_any_space_is_cut_too() -> None:
    assert [len(piece.text) for piece in pieces("a" * 1_000)] == [400, 400, 200]


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())
