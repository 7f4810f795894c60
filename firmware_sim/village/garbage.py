"""A rehearsal seldom looks for circular garbage: its tables and speakers live from its first second to its last."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (100_000, 20, 100)
"""New objects before the youngest are looked through, and how many such looks before older ones are."""


@contextmanager
def collected_seldom() -> Iterator[None]:
    """Within, the interpreter looks for circular garbage seldom; afterwards as before."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
