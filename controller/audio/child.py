"""The one door to child processes: bounded in time, memory, files and words, and killed as a group.

Knows nothing of sound. What a stranger's file can make a decoder do ends here: the child gets an open
file as its stdin, an environment of three words, a session of its own and no more than its limits.
"""

import fcntl
import os
import resource
import selectors
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from controller.audio.errors import ChildFlooded, ChildTimeout, ChildUnavailable

STDERR_BYTES = 64 * 1024
PIPE_BYTES = 1 << 20
"""A wide pipe saves changing between the child and us."""
GRACE_S = 1.0
NOT_STARTED = (126, 127)
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
# The limits are set by a shell that then becomes the program: a preexec_fn is unsafe where threads run.
LIMITED = (
    'ulimit -c 0 && ulimit -S -t "$1" && ulimit -v "$2" && ulimit -f "$3" && ulimit -n "$4" || exit 126; '
    'shift 4; exec "$@"'
)

Output = Callable[[bytes], None]


@dataclass(frozen=True)
class Finished:
    """How a child ended: its return code (negative: killed by that signal) and what it said.

    `stdout` is empty when it went to a file or a callback; `stderr` is the last 64 KiB as text.
    """

    returncode: int
    stdout: bytes
    stderr: str


def run_child(
    argv: Sequence[str],
    *,
    timeout_s: float,
    memory_bytes: int,
    stdin: Path | bytes | None = None,
    stdout: Path | Output | None = None,
    cpu_s: int | None = None,
    stdout_bytes: int = 1 << 20,
    file_bytes: int = 1 << 30,
    open_files: int = 64,
    env: Mapping[str, str] | None = None,
    inherited: Sequence[int] = (),
) -> Finished:
    """Run one program to its end and return how it ended; a non-zero code is the caller's to judge.

    `stdin` is a file opened for reading, bytes (laid in an unnamed file) or nothing. `stdout` is a file to
    write, a callback fed as bytes come, or None to collect at most `stdout_bytes`; what a callback raises
    ends the child and is raised here. `memory_bytes` bounds the address space, `file_bytes` any file that
    is written, `timeout_s` the wall time, `cpu_s` the CPU time (`timeout_s` unless given). Of our open
    files the child keeps those whose descriptors are `inherited`, under the same numbers.
    Raises ChildUnavailable, ChildTimeout or ChildFlooded; whatever the child started is dead on return.
    """
    collected = _Tail(stdout_bytes, strict=True)
    heard = _Tail(STDERR_BYTES)
    with ExitStack() as stack:
        source = stack.enter_context(_opened_stdin(stdin))
        sink = stack.enter_context(stdout.open("wb")) if isinstance(stdout, Path) else subprocess.PIPE
        limited = _limited(argv, cpu_s or int(timeout_s) + 1, memory_bytes, file_bytes, open_files)
        child = stack.enter_context(_started(limited, source, sink, env, inherited))
        with _deadline(child, timeout_s) as expired:
            _drain(child, stdout if callable(stdout) else collected.add, heard.add, expired)
            if not expired.is_set():
                os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    if expired.is_set() or child.returncode == -signal.SIGXCPU:
        raise ChildTimeout(seconds=timeout_s)
    if child.returncode in NOT_STARTED:
        raise ChildUnavailable(program=Path(argv[0]).name)
    return Finished(child.returncode, collected.value(), heard.value().decode("utf-8", "replace"))


@contextmanager
def _opened_stdin(stdin: Path | bytes | None) -> Iterator[IO[bytes] | int]:
    if stdin is None:
        yield subprocess.DEVNULL
    elif isinstance(stdin, Path):
        with stdin.open("rb") as opened:
            yield opened
    else:
        with tempfile.TemporaryFile() as unnamed:
            unnamed.write(stdin)
            unnamed.seek(0)
            yield unnamed


def _limited(argv: Sequence[str], cpu_s: int, memory_bytes: int, file_bytes: int, open_files: int) -> list[str]:
    wanted = (
        (resource.RLIMIT_CPU, cpu_s, 1),
        (resource.RLIMIT_AS, memory_bytes, 1024),
        (resource.RLIMIT_FSIZE, file_bytes, 512),
        (resource.RLIMIT_NOFILE, open_files, 1),
    )
    return ["/bin/sh", "-c", LIMITED, "sh", *(_allowed(*limit) for limit in wanted), *argv]


def _allowed(kind: int, wanted: int, unit: int) -> str:
    """The limit in the shell's unit, never above what this process may set itself."""
    hard = resource.getrlimit(kind)[1]
    return str((wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)) // unit)


@contextmanager
def _started(
    argv: list[str],
    stdin: IO[bytes] | int,
    stdout: IO[bytes] | int,
    env: Mapping[str, str] | None,
    inherited: Sequence[int],
) -> Iterator[subprocess.Popen[bytes]]:
    try:
        child = subprocess.Popen(
            argv,
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            cwd="/",
            pass_fds=inherited,
            env={**ENVIRONMENT, **(env or {})},
            start_new_session=True,
        )
    except OSError as error:
        raise ChildUnavailable(reason=error.strerror) from error
    with child:
        try:
            yield child
        finally:
            _kill_group(child)


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    """Kill the child and all it started; it has not been reaped, so its number is still its own."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


@contextmanager
def _deadline(child: subprocess.Popen[bytes], timeout_s: float) -> Iterator[threading.Event]:
    expired = threading.Event()

    def end() -> None:
        expired.set()
        _kill_group(child)

    timer = threading.Timer(timeout_s, end)
    timer.daemon = True
    timer.start()
    try:
        yield expired
    finally:
        timer.cancel()
        timer.join()


def _drain(child: subprocess.Popen[bytes], stdout: Output, stderr: Output, expired: threading.Event) -> None:
    """Feed both streams to their readers until the child has closed them, or is dead and silent."""
    with selectors.DefaultSelector() as selector:
        for stream, reader in ((child.stdout, stdout), (child.stderr, stderr)):
            if stream is not None:
                _widen(stream.fileno())
                selector.register(stream, selectors.EVENT_READ, reader)
        while selector.get_map():
            ready = selector.select(timeout=GRACE_S)
            if not ready and expired.is_set():
                return
            for key, _ in ready:
                chunk = os.read(key.fd, PIPE_BYTES)
                if chunk:
                    key.data(chunk)
                else:
                    selector.unregister(key.fileobj)


def _widen(pipe: int) -> None:
    """Ask for a wide pipe; where the system has none to give, the usual one does."""
    with suppress(OSError, AttributeError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


class _Tail:
    """The last `limit` bytes of a stream; a strict one refuses more than that."""

    def __init__(self, limit: int, *, strict: bool = False) -> None:
        self._limit = limit
        self._strict = strict
        self._bytes = bytearray()

    def add(self, chunk: bytes) -> None:
        self._bytes += chunk
        if len(self._bytes) > self._limit:
            if self._strict:
                raise ChildFlooded(bytes=len(self._bytes))
            del self._bytes[: -self._limit]

    def value(self) -> bytes:
        return bytes(self._bytes)
