"""No code is lost with a file; what a technician is told, in both languages."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from devices.protocol.keys import VerifyKey
from firmware_sim.identity import read_identity
from tests.fakes.commands import Office
from tests.fakes.desk import ApiDesk, Place

CRATE = "Tên,Địa bàn\nLoa A,Tân Đông\nLoa B,Tân Đông\n"


@pytest.fixture
def office(desk: ApiDesk, address: str, place: Place) -> Office:
    return Office(desk, address)


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    file = tmp_path / "crate.csv"
    file.write_text(CRATE, "utf-8")
    return file


def open_codes(client: TestClient) -> int:
    return len(client.get("claim-codes?open=true").json()["items"])


def codes_in(file: Path) -> list[str]:
    return [line.split(",")[2] for line in file.read_text("utf-8-sig").splitlines()[1:]]


def test_a_file_with_codes_is_never_overwritten(office: Office, crate: Path, tmp_path: Path) -> None:
    out = tmp_path / "ma.csv"
    office.loa("device", "import", str(crate), "--keep", "--out", str(out))
    before = codes_in(out)
    assert all(before) and out.stat().st_mode & 0o077 == 0, "for nobody else"
    for more in ([], ["--keep"], ["--keep", "--again"]):
        said = office.loa("device", "import", str(crate), "--out", str(out), *more, status=1)
        assert "không ghi đè" in said[0] and "not overwritten" in said[1] and codes_in(out) == before
    assert not list(tmp_path.glob("*.part"))


def test_no_code_is_made_for_a_file_that_cannot_be_written(
    office: Office, client: TestClient, crate: Path, tmp_path: Path
) -> None:
    nowhere = tmp_path / "nodir"
    office.loa("device", "import", str(crate), "--keep", "--out", str(nowhere / "ma.xlsx"), status=1)
    for option in ("--labels", "--png"):
        made = ("device", "code", "--area", "Xã Tân Đông", "--name", "Loa", option, str(nowhere / "x"))
        office.loa(*made, status=1)
    assert open_codes(client) == 0


def test_lost_codes_are_listed_withdrawn_and_made_anew(
    office: Office, client: TestClient, crate: Path, tmp_path: Path
) -> None:
    office.loa("device", "import", str(crate), "--keep", "--out", str(tmp_path / "lost.csv"))
    lost = codes_in(tmp_path / "lost.csv")
    listed = office.loa("device", "codes")
    assert len(listed) == 2 and all("Tỉnh Tiền Giang / Xã Tân Đông  Loa " in line for line in listed)
    assert not any(code in line for code in lost for line in listed)
    shown = office.loa("device", "import", str(crate), "--keep")
    assert any("--again" in line for line in shown)
    office.loa("device", "import", str(crate), "--keep", "--again", "--out", str(tmp_path / "ma.csv"))
    made = codes_in(tmp_path / "ma.csv")
    assert all(made) and open_codes(client) == 2
    office.loa("device", "join", lost[0], "--folder", str(tmp_path), status=1)
    office.loa("device", "join", made[0], "--folder", str(tmp_path))
    (left,) = json.loads(office.loa("device", "codes", "--area", "Xã Tân Đông", "--json")[0])
    said = office.loa("device", "withdraw", left["id"])
    assert "không còn dùng được" in said[0] and "lets nobody in" in said[1]
    assert open_codes(client) == 0 and "No code waits" in office.loa("device", "codes")[1]
    assert "claim_code_unknown" in office.loa("device", "withdraw", left["area"], status=1)[1]


def test_labels_for_this_machine_alone_are_refused_before_a_code_is_made(
    office: Office, client: TestClient, crate: Path, tmp_path: Path
) -> None:
    page = str(tmp_path / "nhan.html")
    for words in (["code", "--area", "Xã Tân Đông", "--labels", page], ["import", str(crate), "--keep", "--out", page]):
        said = office.loa("device", *words, status=1)
        assert "Hãy đặt LOA_API__PUBLIC_URL" in said[0] and "Set LOA_API__PUBLIC_URL" in said[1]
    assert open_codes(client) == 0 and not list(tmp_path.glob("nhan*"))


@pytest.mark.parametrize(
    ("content", "vi", "en"),
    [
        ("Tên\n" + "Loa\n" * 1_001, "tối đa 1000", "1000 at most"),
        ("Họ,Nơi\nChợ,x\n", "tiêu đề có đủ Tên / Name.", "headings with Tên / Name."),
        ("Tên,Tên loa\nLoa,x\n", "hai lần", "twice"),
    ],
)
def test_why_a_spreadsheet_is_not_opened_is_said(
    office: Office, tmp_path: Path, content: str, vi: str, en: str
) -> None:
    file = tmp_path / "x.csv"
    file.write_text(content, "utf-8")
    said = office.loa("device", "import", str(file), status=1)
    assert vi in said[0] and en in said[1], said


def test_the_lines_that_cannot_be_kept_are_shown(office: Office, client: TestClient, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text(CRATE + "Loa C,Ở đâu đó\n", "utf-8")
    said = office.loa("device", "import", str(file), "--keep", status=1)
    assert "4  Loa C: Địa bàn" in said[0] and "Ở đâu đó" in said[0]
    assert "--skip bỏ qua" in said[1] and "--skip leaves" in said[2] and open_codes(client) == 0


def scanned(desk: ApiDesk, client: TestClient, address: str, root: str = "") -> str:
    """What the QR code would say, were the label made for this server."""
    area = client.get("areas").json()["items"][1]["id"]
    code = client.post("claim-codes", json={"area": area, "name": "Loa"}).json()["items"][0]["code"]
    root = root or VerifyKey(desk.office.keyring.birth("")["root"]).id
    return f"loa:{code}?at={quote(address.removesuffix('/api/v1'), safe='')}&root={root}"


def test_the_qr_codes_own_text_is_enough(
    office: Office, client: TestClient, desk: ApiDesk, address: str, tmp_path: Path
) -> None:
    (joined,) = office.loa("device", "join", scanned(desk, client, address), "--folder", str(tmp_path))
    assert read_identity(Path(joined)).name == "Loa"


def test_another_root_than_the_labels_is_not_believed(
    office: Office, client: TestClient, desk: ApiDesk, address: str, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    said = office.loa("device", "join", scanned(desk, client, address, "x"), "--folder", str(home), status=1)
    assert "khóa gốc khác" in said[0] and "another root key" in said[1] and not list(home.glob("*"))


@pytest.mark.parametrize("text", ["loa:", "loa:ABC", "loa:ABC?at=x&root=y", "loa:ABC?at=http://a"])
def test_what_is_no_label_is_said_to_be_none(office: Office, tmp_path: Path, text: str) -> None:
    said = office.loa("device", "join", text, "--folder", str(tmp_path), status=1)
    assert "nhãn phải ghi" in said[0] and "label_unreadable" in said[1]


def test_an_office_that_does_not_answer_is_named_in_both_languages(office: Office, tmp_path: Path) -> None:
    api = "http://127.0.0.1:1"
    said = office.loa("device", "join", "22222-22222-22222", "--folder", str(tmp_path), "--api", api, status=1)
    assert f"không gọi được {api}" in said[0] and f"{api} does not answer" in said[1]


def test_names_that_are_not_there_are_said_in_both_languages(office: Office) -> None:
    said = office.loa("device", "code", "--area", "Xã Không Có", status=1)
    assert said[0].startswith("Không có địa bàn nào") and "Xã Tân Đông" in said[1]
    said = office.loa("device", "status", "Loa 99", "lost", status=1)
    assert said[0].startswith("Không có loa nào") and "No speaker" in said[1]
