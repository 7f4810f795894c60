"""The door to the outside over real sockets: rebinding, redirects, slow and endless answers, TLS (G10)."""

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from controller.errors.machine import OutwardFailed, OutwardRefused
from controller.net.addresses import networks
from controller.net.outward import Bounds, Outward
from tests.fakes.strangers import Says, Stranger, plain

OUTSIDE, INSIDE = "127.0.0.2", "127.0.0.1"
"""The first one is allowed by name here and stands for the Internet."""
QUICK = Bounds(seconds=0.6, most_bytes=10_000)
SECRET = b"what only this machine may see"


class Names:
    """A name service that is handed in: answers for each name, one after the other, the last one again."""

    def __init__(self, **names: Sequence[Sequence[str]]) -> None:
        self._names = {name.replace("_", "."): list(answers) for name, answers in names.items()}
        self.asked: list[str] = []

    def __call__(self, name: str, _port: int) -> Sequence[str]:
        self.asked.append(name)
        if name[0].isdigit() or ":" in name:
            return [name]
        answers = self._names.get(name)
        if not answers:
            raise OSError(name)
        return answers.pop(0) if len(answers) > 1 else answers[0]


@contextmanager
def stranger(says: Says, pause_s: float = 0, tls: ssl.SSLContext | None = None) -> Iterator[tuple[Stranger, Stranger]]:
    """A server outside, and one inside on the same port that must never be asked."""
    outside, inside = two_on_one_port(
        lambda port: Stranger(says, OUTSIDE, port, pause_s, tls),
        lambda port: Stranger(lambda _: [plain("200 OK", SECRET)], INSIDE, port),
    )
    with outside, inside:
        yield outside, inside


def two_on_one_port(one: Callable[[int], Stranger], other: Callable[[int], Stranger]) -> tuple[Stranger, Stranger]:
    """Others on this machine may have the port at the second address: then both try another one."""
    while True:
        first = one(0)
        try:
            return first, other(first.port)
        except OSError:
            first.close()


def door(port: int, names: Callable[[str, int], Sequence[str]], tls: ssl.SSLContext | None = None) -> Outward:
    return Outward(
        time.monotonic, networks([f"{OUTSIDE}/32"]), (port,), names, tls or ssl.create_default_context()
    )  # fmt: skip


def refused(call: Callable[[], object]) -> str:
    with pytest.raises((OutwardRefused, OutwardFailed)) as error:
        call()
    return str(error.value.data["why"])


def test_what_lies_outside_is_fetched_by_its_name() -> None:
    names = Names(tin_vn=[[OUTSIDE]])
    with stranger(lambda _: [plain("200 OK", b"tin", "ETag: 1")]) as (outside, _):
        answer = door(outside.port, names).fetch(f"http://tin.vn:{outside.port}/a?b=c", headers={"If-None-Match": "0"})
    assert (answer.status, answer.body, answer.headers["etag"]) == (200, b"tin", "1")
    (head,) = outside.heard
    assert head.startswith(b"GET /a?b=c HTTP/1.1\r\n") and f"Host: tin.vn:{outside.port}".encode() in head
    assert b"If-None-Match: 0" in head and b"Cookie" not in head


def test_what_is_sent_arrives_and_follows_no_redirect() -> None:
    with stranger(lambda _: [plain("307 Elsewhere", b"", "Location: /b")]) as (outside, _):
        answer = door(outside.port, Names(tin_vn=[[OUTSIDE]])).fetch(f"http://tin.vn:{outside.port}/", body=b"{}")
    assert answer.status == 307 and len(outside.heard) == 1 and outside.heard[0].startswith(b"POST / ")


@pytest.mark.parametrize("answers", [[[INSIDE]], [["::1"]], [[OUTSIDE, INSIDE]], [["::ffff:127.0.0.1"]], [[]]])
def test_a_name_that_leads_inside_is_not_followed(answers: list[list[str]]) -> None:
    with stranger(lambda _: [plain("200 OK")]) as (outside, inside):
        call = door(outside.port, Names(tin_vn=answers)).fetch
        assert refused(lambda: call(f"http://tin.vn:{outside.port}/")) in {"address", "unknown_name"}
    assert not inside.heard and not outside.heard


def test_a_name_that_is_bound_anew_after_it_was_judged_leads_nowhere_else() -> None:
    """DNS rebinding: the second answer would be inside; it is never asked for."""
    names = Names(tin_vn=[[OUTSIDE], [INSIDE]])
    with stranger(lambda _: [plain("200 OK", b"tin")]) as (outside, inside):
        there = door(outside.port, names)
        assert there.fetch(f"http://tin.vn:{outside.port}/").body == b"tin" and names.asked == ["tin.vn"]
        assert refused(lambda: there.fetch(f"http://tin.vn:{outside.port}/")) == "address"
    assert not inside.heard


def test_a_name_bound_anew_between_a_redirect_and_its_goal_is_judged_anew() -> None:
    names = Names(tin_vn=[[OUTSIDE], [INSIDE]])
    with stranger(lambda _: [plain("302 Found", b"", "Location: /again")]) as (outside, inside):
        assert refused(lambda: door(outside.port, names).fetch(f"http://tin.vn:{outside.port}/")) == "address"
    assert len(outside.heard) == 1 and not inside.heard


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://127.0.0.1:{port}/", "address"),
        ("http://[::1]:{port}/", "address"),
        ("http://169.254.169.254:{port}/latest/", "address"),
        ("http://inside.vn:{port}/", "address"),
        ("//127.0.0.1:{port}/", "address"),
        ("http://2130706433:{port}/", "host"),
        ("http://tin.vn:22/", "port"),
        ("file:///etc/passwd", "scheme"),
        ("http://x@tin.vn:{port}/", "userinfo"),
        ("http://[", "unreadable"),
        ("/round", "redirects"),
    ],
)
def test_a_redirect_goes_through_the_same_door(location: str, why: str) -> None:
    port: list[int] = []

    def says(_: bytes) -> list[bytes]:
        return [plain("302 Found", b"", "Location: " + location.format(port=port[0]))]

    with stranger(says) as (outside, inside):
        port.append(outside.port)
        call = door(outside.port, Names(tin_vn=[[OUTSIDE]], inside_vn=[[INSIDE]])).fetch
        assert refused(lambda: call(f"http://tin.vn:{outside.port}/")) == why
    assert not inside.heard


def test_headers_stay_with_the_origin_and_cookies_with_nobody() -> None:
    def says(head: bytes) -> list[bytes]:
        if b"Host: tin.vn" in head:
            return [plain("302 Found", b"", f"Location: http://khac.vn:{port[0]}/", "Set-Cookie: a=b; Domain=vn")]
        return [plain("200 OK", b"there")]

    port: list[int] = []
    with stranger(says) as (outside, _):
        port.append(outside.port)
        there = door(outside.port, Names(tin_vn=[[OUTSIDE]], khac_vn=[[OUTSIDE]]))
        answer = there.fetch(f"http://tin.vn:{outside.port}/", headers={"Authorization": "Bearer x", "X-Key": "y"})
    assert answer.body == b"there" and answer.url == f"http://khac.vn:{outside.port}/"
    assert b"Bearer x" in outside.heard[0]
    assert not [word for word in (b"Bearer", b"X-Key", b"Cookie") if word in outside.heard[1]]


HEAD = b"HTTP/1.1 200 OK\r\nConnection: close\r\n"


@pytest.mark.parametrize(
    ("pieces", "pause_s", "why"),
    [
        ([b"H", b"T", b"T", b"P"] * 20, 0.1, "slow"),
        ([HEAD] + [b"X: y\r\n"] * 40, 0.1, "slow"),
        ([HEAD + b"\r\n"] + [b"x"] * 40, 0.1, "slow"),
        ([b""], 2, "slow"),
        ([HEAD + b"\r\n"] + [b"x" * 6_000] * 3, 0, "too_large"),
        ([HEAD + b"X: " + b"x" * 200_000 + b"\r\n\r\n"], 0, "broken"),
        ([HEAD + b"Content-Encoding: gzip\r\n\r\nx"], 0, "encoding"),
        ([b"nonsense\r\n\r\n"], 0, "broken"),
        ([HEAD + b"Content-Length: 5\r\n\r\nx"], 0, "broken"),
    ],
)  # fmt: skip
def test_time_and_bytes_have_an_end_whatever_comes(pieces: list[bytes], pause_s: float, why: str) -> None:
    with stranger(lambda _: pieces, pause_s) as (outside, _):
        call, began = door(outside.port, Names(tin_vn=[[OUTSIDE]])).fetch, time.monotonic()
        assert refused(lambda: call(f"http://tin.vn:{outside.port}/", bounds=QUICK)) == why
    assert time.monotonic() - began < 2.5


def test_a_name_service_that_does_not_answer_is_left_behind() -> None:
    stop = threading.Event()

    def hangs(_name: str, _port: int) -> Sequence[str]:
        stop.wait(10)
        return [OUTSIDE]

    call = door(80, hangs).fetch
    assert refused(lambda: call("http://tin.vn/", bounds=Bounds(seconds=0.2))) == "slow"
    stop.set()
    assert refused(lambda: door(80, Names()).fetch("http://nowhere.vn/")) == "unknown_name"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """TLS of a server called tin.vn, and of a client that believes it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tin.vn")])
    begin = datetime.now(UTC) - timedelta(hours=1)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(begin).not_valid_after(begin + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("tin.vn")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path: Path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=str(path))


def test_tls_is_held_to_the_name_though_the_address_is_dialled(
    authority: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    server, client = authority
    with stranger(lambda _: [plain("200 OK", b"tin")], tls=server) as (outside, _):
        there = door(outside.port, Names(tin_vn=[[OUTSIDE]], khac_vn=[[OUTSIDE]]), client)
        assert there.fetch(f"https://tin.vn:{outside.port}/").body == b"tin"
        assert refused(lambda: there.fetch(f"https://khac.vn:{outside.port}/")) == "broken"
        assert len(outside.heard) == 1, "nothing was asked of who is not who it says"


def test_from_tls_no_redirect_leads_to_plain_text(authority: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server, client = authority
    moved = plain("301 Moved", b"", "Location: http://tin.vn:1/")
    with stranger(lambda _: [moved], tls=server) as (outside, _):
        there = Outward(
            time.monotonic, networks([f"{OUTSIDE}/32"]), (outside.port, 1), Names(tin_vn=[[OUTSIDE]]), client
        )
        assert refused(lambda: there.fetch(f"https://tin.vn:{outside.port}/")) == "downgrade"
