"""The commands of a technician: codes, labels, crates, and what becomes of a speaker; and a broker's folder."""

import json
from pathlib import Path

import pytest
from cryptography import x509
from typer.testing import CliRunner

from api.cli.endpoint import Endpoint, write_endpoint
from api.cli.main import app
from controller.keys.changes import Change
from controller.keys.disk import Disk
from controller.keys.folder import make_folder
from devices.broker.guard import access_list, configuration
from firmware_sim.identity import read_identity
from tests.fakes.desk import ApiDesk, Place


class Office:
    """`loa` on the data folder of a running installation."""

    def __init__(self, desk: ApiDesk, address: str) -> None:
        self.folder = desk.office.folder
        write_endpoint(self.folder, Endpoint(address.removesuffix("/api/v1"), "mqtt://127.0.0.1:1"))
        (self.folder / "api-key").write_text(desk.keys["administrator"], "ascii")
        keyring = desk.office.keyring
        make_folder(self.folder / "keys", Change(keyring, keyring.keys), None, desk.services.now(), Disk())

    def loa(self, *words: str, status: int = 0) -> list[str]:
        """What it says, line by line; the server in this process logs between them."""
        done = CliRunner().invoke(app, [*words, "--data", str(self.folder)])
        assert done.exit_code == status, done.output
        return [line for line in done.output.splitlines() if "request=" not in line]


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
    assert "claim_refused" in office.loa("device", "join", code, "--folder", str(tmp_path), status=1)[0]


def test_a_speaker_is_lost_found_and_replaced_by_its_name(office: Office, place: Place, tmp_path: Path) -> None:
    assert json.loads(office.loa("device", "status", "Loa 1", "lost", "--json")[0])["status"] == "lost"
    assert "in service" in office.loa("device", "status", "Loa 1", "in_service")[0]
    code = office.loa("device", "code", "--replaces", "Loa 1")[0].split()[0]
    office.loa("device", "join", code, "--folder", str(tmp_path))
    assert "2 speakers" in office.loa("device", "status", "Loa 1", "lost", status=1)[0], "two have that name now"
    office.loa("device", "status", place.device, "in_service", status=1)


def test_a_crate_is_shown_then_kept(office: Office, place: Place, tmp_path: Path) -> None:
    crate, out = tmp_path / "crate.csv", tmp_path / "codes.csv"
    crate.write_text("Tên,Địa bàn\nLoa A,Tân Đông\nLoa B,Ở đâu đó\n", "utf-8")
    shown = office.loa("device", "import", str(crate))
    assert "Loa A: good" in shown[0] and "Ở đâu đó" in shown[1]
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
