"""Recordings on their way in: whole whatever their pieces, gone whatever breaks, named by nobody but us."""

import hashlib
from itertools import pairwise
from pathlib import Path

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.testclient import TestClient
from starlette.types import Message

from api.errors import RequestRefused
from api.uploads import Upload, landed
from tests.fakes.desk import ApiDesk

SOUND = b"RIFF\r\n--line\r\n--\x00\xff" * 50


def form(*parts: tuple[str, bytes], boundary: str = "line") -> bytes:
    body = b"".join(
        b"--"
        + boundary.encode()
        + b"\r\nContent-Disposition: form-data; "
        + head.encode()
        + b"\r\n\r\n"
        + content
        + b"\r\n"
        for head, content in parts
    )
    return body + b"--" + boundary.encode() + b"--\r\n"


WHOLE = form(('name="title"', "Bản thu".encode()), ('name="file"; filename="../../a\\b.mp3"', SOUND), boundary="bound")


FILE = ('name="file"; filename="a.wav"', b"1")


def take(folder: Path, pieces: list[bytes], boundary: str = "bound") -> tuple[Upload, bytes]:
    """The upload and what its file held while it was there."""
    waiting: list[Message] = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})

    async def receive() -> Message:
        return waiting.pop(0)

    async def run() -> tuple[Upload, bytes]:
        headers = [(b"content-type", f"multipart/form-data; boundary={boundary}".encode())]
        request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
        async with landed(request, folder, lambda: "number") as upload:
            return upload, upload.path.read_bytes()

    return anyio.run(run)


@given(cuts=st.lists(st.integers(0, len(WHOLE)), max_size=12))
def test_a_form_is_the_same_however_it_is_cut(tmp_path_factory: pytest.TempPathFactory, cuts: list[int]) -> None:
    folder = tmp_path_factory.mktemp("incoming")
    edges = [0, *sorted(cuts), len(WHOLE)]
    upload, content = take(folder, [WHOLE[a:b] for a, b in pairwise(edges)])
    assert content == SOUND and upload.fields == {"title": "Bản thu"} and upload.name == "b.mp3"
    assert upload.path == folder / "number" and not list(folder.iterdir())


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (WHOLE[:-20], "upload_broken"),
        (b"no form at all", "upload_broken"),
        (b"", "upload_broken"),
        (form(('name="title"', b"x"), boundary="bound"), "upload_missing"),
        (form(('name="file"', SOUND[:40]), boundary="bound"), "upload_missing"),
        (form(FILE, FILE, boundary="bound"), "upload_broken"),
        (form(('name="title"', b"x" * 9_000), FILE, boundary="bound"), "upload_broken"),
        (form(*[(f'name="f{n}"', b"") for n in range(9)], boundary="bound"), "upload_broken"),
        (form(("x" * 100_000, b""), boundary="bound"), "upload_broken"),
    ],
)  # fmt: skip
def test_a_form_that_is_broken_leaves_nothing_behind(tmp_path: Path, body: bytes, code: str) -> None:
    with pytest.raises(RequestRefused) as refused:
        take(tmp_path, [body])
    assert refused.value.code == code and not list(tmp_path.iterdir())


def test_a_recording_is_kept_under_its_content_and_its_name_only_shown(client: TestClient, desk: ApiDesk) -> None:
    files = {"file": ("../../../etc/\u202epasswd\r\nX: y.wav", SOUND, "text/html")}
    made = client.post("bulletins", data={"title": "Thu", "chime": "false"}, files=files).json()
    assert made["upload_name"] == "passwd%0D%0AX: y.wav" and made["chime"] is False
    assert desk.office.store.holds(hashlib.sha256(SOUND).hexdigest())
    assert not list((desk.office.folder / "incoming").iterdir())


def test_the_same_key_looks_at_fields_and_content_not_at_the_boundary(client: TestClient) -> None:
    key = {"Idempotency-Key": "thu-1"}
    first = client.post("bulletins", data={"title": "Thu"}, files={"file": ("a.wav", SOUND)}, headers=key)
    again = client.post("bulletins", data={"title": "Thu"}, files={"file": ("b.wav", SOUND)}, headers=key)
    assert first.status_code == again.status_code == 201 and first.json()["id"] == again.json()["id"]
    for title, sound in (("Khác", SOUND), ("Thu", SOUND + b"!")):
        other = client.post("bulletins", data={"title": title}, files={"file": ("a.wav", sound)}, headers=key)
        assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_fields_of_a_form_are_held_to_their_bounds(client: TestClient) -> None:
    for fields in ({}, {"title": ""}, {"title": "x", "chime": "maybe"}, {"title": "x", "who": "me"}):
        answer = client.post("bulletins", data=fields, files={"file": ("a.wav", SOUND)})
        assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")
        assert answer.json()["errors"][0]["field"].startswith("body.")


def test_who_may_not_upload_is_told_before_the_file_is_read(desk: ApiDesk) -> None:
    answer = desk.client("viewer").post("bulletins", data={"title": "Thu"}, files={"file": ("a.wav", SOUND)})
    assert answer.status_code == 403 and not list((desk.office.folder / "incoming").iterdir())


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Bản tin số 3: lũ!", "ban-tin-so-3-lu"),
        ('"; filename="x.exe', "filename-x-exe"),
        ("../../etc", "etc"),
        ("通知", "bulletin"),
    ],
)
def test_a_download_has_a_safe_name_and_our_own_type(client: TestClient, title: str, shown: str) -> None:
    made = client.post("bulletins", data={"title": title}, files={"file": ("x.html", SOUND, "text/html")}).json()
    heard = client.get(f"bulletins/{made['id']}/audio")
    assert heard.headers["content-disposition"] == f'attachment; filename="{shown}.ogg"'
    assert heard.headers["content-type"] == "audio/ogg" and heard.headers["x-content-type-options"] == "nosniff"
    assert heard.headers["etag"] == f'"{made["sha256"]}"'


def test_a_sound_that_is_gone_is_said_so(client: TestClient, desk: ApiDesk) -> None:
    made = client.post("bulletins", data={"title": "Thu"}, files={"file": ("a.wav", SOUND)}).json()
    desk.office.store.path(made["sha256"]).unlink()
    answer = client.get(f"bulletins/{made['id']}/audio")
    assert (answer.status_code, answer.json()["code"]) == (500, "audio_missing")
