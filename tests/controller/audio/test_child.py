"""A child process is bounded in every direction, and nothing of it outlives the call."""

import os
import sys
import threading
import time
from pathlib import Path

import pytest

from controller.audio.child import Finished, run_child
from controller.audio.errors import ChildFlooded, ChildTimeout, ChildUnavailable

MEMORY = 512 << 20


def run(*argv: str, timeout_s: float = 20, **more: object) -> Finished:
    return run_child(argv, timeout_s=timeout_s, memory_bytes=MEMORY, **more)  # type: ignore[arg-type]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in ("Z", "X")
    except FileNotFoundError:
        return False


def test_output_code_and_words_come_back() -> None:
    done = run("sh", "-c", "cat; echo oops >&2; exit 7", stdin=b"hello")
    assert done == Finished(7, b"hello", "oops\n")


def test_stdin_is_the_open_file_itself(tmp_path: Path) -> None:
    source = tmp_path / "-odd\nname"
    source.write_bytes(b"content")
    seekable = "import sys; sys.stdin.buffer.seek(3); print(sys.stdin.buffer.read())"
    assert run(sys.executable, "-c", seekable, stdin=source).stdout == b"b'tent'\n"


def test_stdout_goes_to_a_file_or_to_a_callback(tmp_path: Path) -> None:
    chunks: list[bytes] = []
    assert run("echo", "a", stdout=tmp_path / "out").stdout == b""
    assert run("echo", "b", stdout=chunks.append).stdout == b""
    assert ((tmp_path / "out").read_bytes(), b"".join(chunks)) == (b"a\n", b"b\n")


@pytest.mark.parametrize(
    "script",
    [
        "sleep 60",
        "while :; do :; done",
        "exec >&- 2>&-; sleep 60",
        "trap '' TERM; sleep 60 & sleep 60",
    ],
)
def test_a_child_that_does_not_end_is_killed_in_time(script: str) -> None:
    began = time.monotonic()
    with pytest.raises(ChildTimeout):
        run("sh", "-c", script, timeout_s=0.3)
    assert time.monotonic() - began < 2


def test_what_the_child_left_behind_dies_with_it() -> None:
    done = run("sh", "-c", "sleep 60 >/dev/null 2>&1 & echo $!")
    time.sleep(0.05)
    assert not is_alive(int(done.stdout))


def test_grandchildren_die_on_timeout(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    with pytest.raises(ChildTimeout):
        run("sh", "-c", f"sleep 60 & echo $! > {note}; wait", timeout_s=0.4)
    time.sleep(0.05)
    assert not is_alive(int(note.read_text()))


def test_memory_is_bounded() -> None:
    hungry = run(sys.executable, "-c", "x = b'x' * (1 << 30)")
    assert hungry.returncode == 1
    assert "MemoryError" in hungry.stderr


def test_a_written_file_is_bounded(tmp_path: Path) -> None:
    done = run("head", "-c", "5000000", "/dev/zero", stdout=tmp_path / "out", file_bytes=1 << 20)
    assert done.returncode != 0
    assert (tmp_path / "out").stat().st_size <= 1 << 20


def test_too_many_words_end_the_child_and_complaints_are_cut() -> None:
    with pytest.raises(ChildFlooded):
        run("yes", stdout_bytes=10_000)
    assert len(run("sh", "-c", "yes | head -c 1000000 >&2").stderr) == 64 * 1024


def test_a_reader_that_fails_leaves_no_child() -> None:
    seen: list[int] = []

    def refuse(chunk: bytes) -> None:
        seen.append(int(chunk))
        raise ValueError

    with pytest.raises(ValueError):
        run("sh", "-c", "echo $$; sleep 60", stdout=refuse)
    assert not is_alive(seen[0])


def test_the_environment_is_ours_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOA_SECRET", "hush")
    names = {line.split(b"=")[0] for line in run("env", env={"EXTRA": "1"}).stdout.splitlines()}
    assert names <= {b"PATH", b"LC_ALL", b"HOME", b"EXTRA", b"PWD", b"_", b"SHLVL", b"OLDPWD"}
    assert b"EXTRA" in names


def test_no_other_open_file_is_inherited(tmp_path: Path) -> None:
    with (tmp_path / "secret").open("w") as secret:
        os.set_inheritable(secret.fileno(), True)
        assert b"secret" not in run("ls", "-l", "/proc/self/fd").stdout


def test_a_missing_program_is_named() -> None:
    with pytest.raises(ChildUnavailable, match="no-such-program"):
        run("/no/such/no-such-program")


def test_it_runs_beside_other_threads() -> None:
    results: list[bytes] = []
    threads = [threading.Thread(target=lambda: results.append(run("echo", "x").stdout)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [b"x\n"] * 8
