"""What commands say: words for people on the terminal, one JSON value for programs."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import structlog
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api.cli.log_lines import Foreign, defused, indented_traceback

console = Console(stderr=True, highlight=False)
"""People read stderr; stdout is for results, so that programs can read it."""


LIBRARIES = ("uvicorn.error", "asyncio")
"""Who speaks of what callers do, below the interface."""


def say(text: str) -> None:
    """A line for people."""
    console.print(text, markup=False, soft_wrap=True)


def is_watched() -> bool:
    """Whether lines for people reach a terminal; otherwise they are a log, which others read too."""
    return sys.stderr.isatty()


def rewrite(text: str) -> None:
    """A line for people in the place of the one before; one after the other where nobody watches a terminal."""
    if is_watched():
        sys.stderr.write(f"\r\x1b[2K{text}")
        sys.stderr.flush()
    else:
        say(text)


def result(text: str) -> None:
    """A line on stdout."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def result_json(value: Any) -> None:
    result(json.dumps(value, ensure_ascii=False))


def fail(text: str) -> NoReturn:
    """End the command with words and exit status 1."""
    console.print(text, style="red", markup=False, soft_wrap=True)
    raise typer.Exit(1)


@contextmanager
def progress(quiet: bool = False) -> Iterator[Progress]:
    """Bars on the terminal; nothing where a program listens."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=quiet, transient=False) as bars:
        yield bars


def log_to_stderr(*, as_json: bool, level: int = logging.INFO) -> None:
    """Events of the running parts: lines for people, or JSON for a log collector."""
    shape: Any = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=indented_traceback)
    if as_json:
        shape = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info if as_json else _unchanged,
            defused,
            shape,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    for name in LIBRARIES:
        logging.getLogger(name).handlers = [Foreign()]


def _unchanged(_logger: Any, _name: str, event: Any) -> Any:
    return event
