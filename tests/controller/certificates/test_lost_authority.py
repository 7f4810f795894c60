"""A data folder that came back without its authority: none is made in silence, and speakers get new papers."""

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509

from controller.certificates.authority import Authority, open_authority
from controller.certificates.broker_files import BrokerFiles
from controller.certificates.papers import new_key
from controller.certificates.succession import replace_authority
from controller.enrolment.certifying import are_certified, certificates_of, certify
from controller.keys.custody import Custody
from controller.keys.errors import AuthorityMissing
from controller.keys.remark import SOON
from controller.keys.remarks import remarks
from devices.models import Device, DeviceCertificate
from devices.protocol.units import DAY
from firmware_sim.runtime import dice
from firmware_sim.village.office import Office
from firmware_sim.village.virtual_time import START
from tests.fakes.keys import NOW, TENANT, CutDisk, PowerCut, begun, certified, custody, root_file


def opened(folder: Path, seed: int, *, certified: bool = False) -> Authority:
    return open_authority(
        folder, entropy=dice(seed).randbytes, now=START, tenant="t", passphrase=None, certified=certified
    )


def test_none_is_made_where_speakers_know_another(office: Office, tmp_path: Path) -> None:
    assert not are_certified(office.database)
    speaker = office.speaker(office.area("Xã Tân Đông"))
    with office.database.write() as session:
        certify(
            session,
            opened(tmp_path / "authority", 1),
            session.get_one(Device, speaker),
            new_key(dice(2).randbytes).public_key(),
            START,
        )
    assert are_certified(office.database)
    opened(tmp_path / "authority", 1, certified=True)
    with pytest.raises(AuthorityMissing):
        opened(tmp_path / "nowhere", 3, certified=True)
    assert not list(tmp_path.glob("nowhere*")), "nothing is made"


def test_a_paper_of_another_authority_is_due_anew(office: Office, tmp_path: Path) -> None:
    speaker, key = office.speaker(office.area("Xã Tân Đông")), new_key(dice(2).randbytes).public_key()
    old, new = opened(tmp_path / "old", 1), opened(tmp_path / "new", 3)

    def given(authority: Authority, now: int) -> DeviceCertificate:
        with office.database.write() as session:
            return certify(session, authority, session.get_one(Device, speaker), key, now)

    first = given(old, START)
    assert given(old, START + DAY).serial == first.serial
    second = given(new, START + DAY)
    assert second.serial != first.serial and given(new, START + 2 * DAY).serial == second.serial
    x509.load_pem_x509_certificate(second.pem.encode()).verify_directly_issued_by(new.certificate)
    with office.database.read() as session:
        assert len(certificates_of(session, speaker)) == 2


def test_what_is_said_of_the_authority(tmp_path: Path) -> None:
    keys = begun(tmp_path)

    def said(now: int = NOW, *, known: bool = True) -> dict[str, str]:
        return {one.what: one.state for one in remarks(keys, root_file(tmp_path), now, certified=known)}

    assert said()["unreadable"] == "bad" and "unreadable" not in said(known=False)
    end = int(certified(tmp_path).certificate.not_valid_after_utc.timestamp()) * 1_000_000
    well = {"readable", "root_here", "in_clear"}
    assert set(said()) == well
    assert said(NOW - 2 * DAY)["authority_not_in_force"] == "bad", "made by a clock that was ahead"
    assert said(end - SOON + DAY)["authority_ending"] == said(end)["authority_not_in_force"] == "bad"
    assert said(end)["ended"] == "bad" and "ending" not in said(end), "the online keys are out, not going out"


def succeed(keys: Custody, folder: Path) -> None:
    replace_authority(
        folder / "authority", entropy=dice(9).randbytes, now=NOW, tenant=TENANT, passphrase=keys.passphrase,
        disk=keys.disk,
    )  # fmt: skip


def test_a_new_authority_takes_nothing_over_and_a_cut_leaves_a_whole_one_or_none(tmp_path: Path) -> None:
    for cut in range(1, 20):
        folder = tmp_path / str(cut)
        old = opened(folder / "authority", 1)
        files = BrokerFiles(folder / "authority", old, "t", ("loa.vn",), list, lambda: START)
        files.guard()
        (folder / "broker").mkdir()
        files.write(folder / "broker")
        known = {path.read_bytes() for path in folder.rglob("*.key")}
        try:
            succeed(custody(folder, disk=CutDisk(cut)), folder)
            done = True
        except PowerCut:
            done = False
            if (folder / "authority").exists():
                assert opened(folder / "authority", 1).pem == old.pem
            else:
                with pytest.raises(AuthorityMissing):
                    opened(folder / "authority", 1, certified=True)
            succeed(custody(folder), folder)
        new = opened(folder / "authority", 7, certified=True)
        files = replace(files, authority=new)
        files.guard()
        assert files.write(folder / "broker") and not files.write(folder / "broker")
        assert new.pem != old.pem and (folder / "broker" / "ca.pem").read_bytes() == new.pem
        assert not {path.read_bytes() for path in folder.rglob("*.key")} & known, "what was copied is worth nothing"
        assert {path.name for path in folder.iterdir()} == {"authority", "broker"}
        if done:
            return
    pytest.fail("it never ends")
