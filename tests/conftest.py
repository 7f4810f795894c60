"""What holds for all tests: chance may try examples for as long as a loaded machine takes, and a statement is compiled
once a process, not once for each of the thousands of databases that tests make."""

from typing import Any

from hypothesis import settings
from sqlalchemy import Engine, create_engine

from controller import db

COMPILED = 5_000
"""Statements that are kept."""

settings.register_profile("loa", deadline=None)
settings.load_profile("loa")

_first: list[Engine] = []


def _sharing(*words: Any, **named: Any) -> Engine:
    """An engine that speaks the dialect of the first one, and knows what that has compiled."""
    engine = create_engine(*words, query_cache_size=COMPILED, **named)
    _first.append(engine)
    del _first[1:]
    engine.dialect, engine._compiled_cache = _first[0].dialect, _first[0]._compiled_cache
    return engine


setattr(db, "create_engine", _sharing)  # noqa: B010
