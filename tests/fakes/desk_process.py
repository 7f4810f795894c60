"""The interface in a process of its own, watched from outside: its memory, and what its callers see."""

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass
class Server:
    """The process, where it listens, and an administrator's key."""

    child: subprocess.Popen[bytes]
    port: int
    key: str
    incoming: Path

    def forget_peak(self) -> int:
        """Begin to watch its memory anew; what it holds now, bytes."""
        Path(f"/proc/{self.child.pid}/clear_refs").write_text("5", "ascii")
        return self.peak()

    def peak(self) -> int:
        """The most memory that it has held, bytes."""
        status = Path(f"/proc/{self.child.pid}/status").read_text("ascii")
        return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) * 1024

    def send(self, start: str, *headers: str, body: bytes = b"") -> socket.socket:
        """A connection on which a request has begun, by nobody who is known."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        line.sendall("\r\n".join([f"{start} HTTP/1.1", "Host: loa", *headers, "", ""]).encode() + body)
        return line

    def is_well(self) -> bool:
        with self.send("GET /api/v1/health", "Connection: close") as line:
            return status_of(line) == 200


@contextmanager
def desk_process(folder: Path) -> Iterator[Server]:
    command = [sys.executable, "-m", "tests.fakes.desk_server", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as child:
        assert child.stdout is not None
        said = json.loads(child.stdout.readline())
        found = Server(child, said["port"], said["key"], folder / "office" / "incoming")
        assert found.is_well()
        yield found
        child.kill()


def status_of(line: socket.socket) -> int:
    """0 where there is no answer."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        more = line.recv(65_536)
        if not more:
            break
        answer += more
    return int(answer.split(b" ")[1]) if answer else 0
