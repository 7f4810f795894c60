"""The commands of a technician: codes, labels, crates, and what becomes of a speaker; and a broker's folder."""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509

from controller.settings import ApiSettings
from devices.broker.guard import access_list, configuration
from firmware_sim.identity import read_identity
from tests.fakes.commands import Office
from tests.fakes.desk import ApiDesk, Place


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ApiDesk]:
    """Labels name the address that is set."""
    with ApiDesk(tmp_path, api=ApiSettings(public_url="https://loa.example.vn")) as desk:
        yield desk


@pytest.fixture
def office(desk: ApiDesk, address: str) -> Office:
    return Office(desk, address)


def test_a_code_is_printed_and_a_speaker_joins_by_it(office: Office, place: Place, tmp_path: Path) -> None:
    labels, png = tmp_path / "labels.html", tmp_path / "code.png"
    (said,) = office.loa(
        "device", "code", "--area", "Xã Tân Đông", "--name", "Loa chợ", "--count", "2", "--labels", str(labels),
        "--png", str(png), "--json",
    )  # fmt: skip
    code = json.loads(said)[0]["code"]
    assert labels.read_text("utf-8").count("<svg") == 2 and code in labels.read_text("utf-8")
    assert png.read_bytes().startswith(b"\x89PNG")
    (joined,) = office.loa("device", "join", code, "--folder", str(tmp_path))
    assert read_identity(Path(joined)).name == "Loa chợ 01"
    said = "\n".join(office.loa("device", "join", code, "--folder", str(tmp_path), status=1))
    assert "Loa không được nhận: Mã nhận loa này không dùng được." in said
    assert "not let in (claim_refused): Nobody joins by this claim code." in said


def test_a_code_is_good_although_its_label_finds_no_room(office: Office, place: Place, tmp_path: Path) -> None:
    page = tmp_path / "nhan.png"
    command = [sys.executable, "-m", "api.cli", "device", "code", "--area", place.area, "--png", str(page)]
    done = subprocess.run(
        [*command, "--data", str(office.folder)], capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    )  # fmt: skip
    assert done.returncode == 1 and "the codes above are good" in done.stderr and not list(tmp_path.glob("nhan*"))
    office.loa("device", "join", done.stdout.split()[0], "--folder", str(tmp_path))


def test_a_speaker_is_lost_found_and_replaced_by_its_name(office: Office, place: Place, tmp_path: Path) -> None:
    assert json.loads(office.loa("device", "status", "Loa 1", "lost", "--json")[0])["status"] == "lost"
    said = office.loa("device", "status", "Loa 1", "in_service")
    assert "đang dùng" in said[0] and "in service" in said[1]
    code = office.loa("device", "code", "--replaces", "Loa 1")[0].split()[0]
    office.loa("device", "join", code, "--folder", str(tmp_path))
    assert "2 speakers" in office.loa("device", "status", "Loa 1", "lost", status=1)[1], "two have that name now"
    office.loa("device", "status", place.device, "in_service", status=1)


def test_a_crate_is_shown_then_kept(office: Office, place: Place, tmp_path: Path) -> None:
    crate, out = tmp_path / "crate.csv", tmp_path / "codes.csv"
    crate.write_text("Tên,Địa bàn\nLoa A,Tân Đông\nLoa B,Ở đâu đó\n", "utf-8")
    shown = office.loa("device", "import", str(crate))
    assert "Loa A: tốt / good" in shown[0] and "Ở đâu đó" in shown[1]
    office.loa("device", "import", str(crate), "--keep", "--skip", "--out", str(out))
    code = out.read_text("utf-8-sig").splitlines()[1].split(",")[2]
    office.loa("device", "join", code, "--folder", str(tmp_path))


def test_a_brokers_folder_is_written_once_and_kept_up_to_date(office: Office, desk: ApiDesk, tmp_path: Path) -> None:
    target = tmp_path / "mosquitto"

    def written(name: str) -> bool:
        return bool(json.loads(office.loa("broker-config", str(target), "--name", name, "--json")[0])["changed"])

    assert written("loa.xa.vn") and (target / "mosquitto.conf").read_text() == configuration(target, 8883)
    assert (target / "acl").read_text() == access_list(desk.office.keyring.tenant)
    certificate = x509.load_pem_x509_certificate((target / "broker.pem").read_bytes())
    certificate.verify_directly_issued_by(desk.authority.certificate)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "loa.xa.vn" in names.get_values_for_type(x509.DNSName)
    words = (target / "README.txt").read_text("utf-8")
    assert "loa.xa.vn:8883" in words
    for file in ("crl.pem", "broker.pem"):
        assert f"PathChanged={target / file}" in words, "whichever changes is read again"
    secret = {path.name for path in target.iterdir() if path.stat().st_mode & 0o077 == 0}
    assert secret == {"broker.key"}, "the rest is read by whoever Mosquitto is"
    assert not written("loa.xa.vn") and written("10.0.0.5")
