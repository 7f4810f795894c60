"""The tenant's authority: made once, kept from others' eyes, and what it signs holds before a TLS library."""

import ssl
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from controller.certificates.authority import Authority, Subject, at, open_authority
from controller.certificates.broker_files import BrokerFiles
from controller.certificates.kept import keep_certificate
from controller.certificates.papers import key_digest, new_key
from controller.certificates.renewal import SERVER_LIFE, SPEAKER_LIFE, is_due
from controller.certificates.requests import read_request
from controller.certificates.revocation import revocation_list
from controller.errors.enrolment import CertificateRequestInvalid
from controller.keys.errors import KeysIncomplete, KeysLocked
from devices.protocol.keys import SigningKey
from devices.protocol.units import DAY
from firmware_sim.certificate import certificate_request
from firmware_sim.runtime import dice
from firmware_sim.village.virtual_time import START

CHANCE = dice(5)


def opened(folder: Path, passphrase: str | None = None) -> Authority:
    return open_authority(
        folder / "authority", entropy=CHANCE.randbytes, now=START, tenant="tenant", passphrase=passphrase
    )


def certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_it_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    assert opened(tmp_path).pem == opened(tmp_path).pem
    for file in (tmp_path / "authority").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (tmp_path / "authority" / "ca.key").unlink()
    with pytest.raises(KeysIncomplete):
        opened(tmp_path)


def test_its_key_is_under_the_passphrase(tmp_path: Path) -> None:
    opened(tmp_path, "một hai ba")
    with pytest.raises(TypeError):
        load_pem_private_key((tmp_path / "authority" / "ca.key").read_bytes(), None)
    for wrong in (None, "một hai"):
        with pytest.raises(KeysLocked):
            opened(tmp_path, wrong)
    opened(tmp_path, "một hai ba")


def test_a_speaker_is_named_by_the_office_whatever_it_asks_for(tmp_path: Path) -> None:
    authority, speaker = opened(tmp_path), SigningKey(b"\x01" * 32)
    key = read_request(certificate_request(speaker), speaker.verify_key.public)
    made = authority.issue(Subject("speaker-id"), key, START, 30 * DAY)
    made.verify_directly_issued_by(authority.certificate)
    assert made.subject.rfc4514_string() == "CN=speaker-id"
    usage = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [x509.ExtendedKeyUsageOID.CLIENT_AUTH], "it can be no broker"
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


@pytest.mark.parametrize(
    "pem", ["", "x", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"]
)
def test_what_is_no_request_is_refused(pem: str) -> None:
    with pytest.raises(CertificateRequestInvalid):
        read_request(pem, SigningKey(b"\x01" * 32).verify_key.public)


def test_a_request_for_another_speakers_key_or_with_a_broken_signature_is_refused() -> None:
    mine, other = SigningKey(b"\x01" * 32), SigningKey(b"\x02" * 32)
    with pytest.raises(CertificateRequestInvalid) as caught:
        read_request(certificate_request(other), mine.verify_key.public)
    assert caught.value.data["why"] == "not_own_key"
    der = bytearray(ssl.PEM_cert_to_DER_cert(certificate_request(mine).replace("CERTIFICATE REQUEST", "CERTIFICATE")))
    der[-1] ^= 1
    broken = ssl.DER_cert_to_PEM_cert(bytes(der)).replace("CERTIFICATE", "CERTIFICATE REQUEST")
    with pytest.raises(CertificateRequestInvalid):
        read_request(broken, mine.verify_key.public)


def test_our_own_certificates_are_renewed_before_they_end_and_their_keys_stay(tmp_path: Path) -> None:
    authority, subject = opened(tmp_path), Subject("broker", ("loa.vn", "127.0.0.1"))
    assert keep_certificate(tmp_path, "broker", subject, authority, START)
    first, key = certificate(tmp_path / "broker.pem"), (tmp_path / "broker.key").read_bytes()
    made, now = 1, START
    while now < START + 3 * 365 * DAY:
        assert certificate(tmp_path / "broker.pem").not_valid_after_utc.timestamp() * 1e6 > now + 100 * DAY
        now += 10 * DAY
        made += keep_certificate(tmp_path, "broker", subject, authority, now)
    assert 4 <= made <= 6 and SERVER_LIFE < 3 * 365 * DAY
    assert (tmp_path / "broker.key").read_bytes() == key
    assert certificate(tmp_path / "broker.pem").serial_number != first.serial_number


def test_a_certificate_for_other_names_or_by_another_authority_is_made_anew(tmp_path: Path) -> None:
    authority, subject = opened(tmp_path), Subject("broker", ("loa.vn",))
    keep_certificate(tmp_path, "broker", subject, authority, START)
    assert not keep_certificate(tmp_path, "broker", subject, authority, START)
    assert keep_certificate(tmp_path, "broker", Subject("broker", ("10.0.0.5",)), authority, START)
    other = opened(tmp_path / "other")
    assert keep_certificate(tmp_path, "broker", Subject("broker", ("10.0.0.5",)), other, START)
    certificate(tmp_path / "broker.pem").verify_directly_issued_by(other.certificate)


def test_the_brokers_files_change_only_where_something_has_changed(tmp_path: Path) -> None:
    authority, revoked = opened(tmp_path), [("1f", START)]
    now = [START]
    files = BrokerFiles(tmp_path / "authority", authority, "tenant", ("loa.vn",), lambda: revoked, lambda: now[0])
    folder = tmp_path / "broker"
    folder.mkdir()
    assert files.write(folder) and not files.write(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    revoked.append(("2e", START + 1))
    assert files.write(folder)
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {name for name in before if before[name] != after[name]} == {"crl.pem", "crl.txt"}
    listed = x509.load_pem_x509_crl(after["crl.pem"])
    assert listed.is_signature_valid(authority.key.public_key())
    assert sorted(one.serial_number for one in listed) == [0x1F, 0x2E]
    now[0] += 300 * DAY
    assert files.write(folder), "the broker's own certificate is renewed"
    end = x509.load_pem_x509_crl(after["crl.pem"]).next_update_utc
    assert end == authority.certificate.not_valid_after_utc, "a list that ends would lock everybody out"


def test_a_broker_whose_clock_is_behind_reads_the_list_too(tmp_path: Path) -> None:
    listed = x509.load_pem_x509_crl(revocation_list(opened(tmp_path), [("1f", START)], START))
    assert listed.last_update_utc == at(START - DAY)


def test_what_an_older_backup_does_not_know_stays_revoked(tmp_path: Path) -> None:
    authority, revoked, now = opened(tmp_path), [("1f", START), ("2e", START + 1)], [START]
    files = BrokerFiles(tmp_path / "authority", authority, "tenant", ("loa.vn",), lambda: revoked, lambda: now[0])
    folder = tmp_path / "broker"
    folder.mkdir()
    files.write(folder)

    def listed() -> set[int]:
        return {one.serial_number for one in x509.load_pem_x509_crl((folder / "crl.pem").read_bytes())}

    revoked[:] = [("3d", START + 2)]
    assert files.write(folder) and listed() == {0x1F, 0x2E, 0x3D}
    assert "1f" in (folder / "crl.txt").read_text() and "database does not name it" in (folder / "crl.txt").read_text()
    assert not files.write(folder), "once is enough"
    now[0] += SPEAKER_LIFE + 2 * DAY
    revoked.clear()
    files.write(folder)
    assert listed() == set(), "they have ended"
    revoked.append(("4c", now[0]))
    files.write(folder)
    revoked.clear()
    replace(files, authority=opened(tmp_path / "other")).write(folder)
    assert listed() == set(), "of another authority nothing is believed"


@pytest.mark.parametrize("ahead", [30 * DAY, 3_650 * DAY])
def test_what_a_clock_that_was_ahead_has_made_is_made_anew(tmp_path: Path, ahead: int) -> None:
    authority, subject = opened(tmp_path), Subject("broker", ("loa.vn",))
    assert keep_certificate(tmp_path, "broker", subject, authority, START + ahead)
    assert keep_certificate(tmp_path, "broker", subject, authority, START)
    assert certificate(tmp_path / "broker.pem").not_valid_before_utc == at(START - DAY)
    assert is_due(START + ahead, START + ahead + SPEAKER_LIFE, START), "and so it is with speakers"
    assert not is_due(START + DAY // 2, START + SPEAKER_LIFE, START), "clocks differ a little"


def test_keys_are_drawn_from_what_is_handed_in() -> None:
    first, again, other = (new_key(dice(seed).randbytes) for seed in (1, 1, 2))
    assert key_digest(first.public_key()) == key_digest(again.public_key()) != key_digest(other.public_key())
