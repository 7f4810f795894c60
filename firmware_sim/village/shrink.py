"""The shortest history that still goes wrong: leave parts out, as long as what remains fails too (ddmin).

After Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002.
"""

from collections.abc import Callable, Sequence
from itertools import chain

from firmware_sim.village.happenings import Happening

MOST_TRIES = 60

Fails = Callable[[Sequence[Happening]], bool]


def shortest(happenings: Sequence[Happening], fails: Fails, most_tries: int = MOST_TRIES) -> tuple[Happening, ...]:
    """A part of `happenings`, which fail, of which no small piece can be left out; the best found in so many tries."""
    kept, pieces, tries = tuple(happenings), 2, 0
    while len(kept) > 1 and tries < most_tries:
        for rest in _without_each(kept, pieces):
            tries += 1
            if fails(rest):
                kept, pieces = rest, max(2, pieces - 1)
                break
            if tries >= most_tries:
                return kept
        else:
            if pieces >= len(kept):
                return kept
            pieces = min(len(kept), 2 * pieces)
    return kept


def _without_each(kept: tuple[Happening, ...], pieces: int) -> list[tuple[Happening, ...]]:
    """`kept` without its first piece, without its second, and so on."""
    size = -(-len(kept) // pieces)
    parts = [kept[start : start + size] for start in range(0, len(kept), size)]
    return [tuple(chain.from_iterable(parts[:left] + parts[left + 1 :])) for left in range(len(parts))]
