"""E1: a speaker joins by a code, once; what it is then told, and what everybody else is not."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from httpx import Response
from sqlmodel import select
from starlette.testclient import TestClient

from controller.enrolment.codes import make_code
from controller.enrolment.throttle import MOST, WITHIN
from devices.models import ClaimCode, Device, DeviceCertificate, Incident
from devices.protocol.keys import SigningKey
from devices.protocol.units import DAY
from firmware_sim.certificate import certificate_request, renewal_request
from firmware_sim.identity import Birth, Identity
from tests.fakes.desk import ApiDesk, Place

ONE, TWO = SigningKey(b"\x11" * 32), SigningKey(b"\x22" * 32)


def code_for(client: TestClient, place: Place, **more: object) -> str:
    wish = {"area": place.area, "name": "Loa mới"} | more
    return str(client.post("claim-codes", json=wish).json()["items"][0]["code"])


def join(client: TestClient, code: str, key: SigningKey = ONE, csr: str | None = None) -> Response:
    wish = {"code": code, "public_key": key.verify_key.public, "csr": csr or certificate_request(key)}
    return client.post("enrolments", json=wish)


def p256_request() -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "administrator")])
    request = x509.CertificateSigningRequestBuilder(name).sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    return request.public_bytes(Encoding.PEM).decode("ascii")


@pytest.fixture
def nobody(desk: ApiDesk) -> TestClient:
    return desk.client("nobody")


def test_it_is_answered_with_all_that_it_needs(client: TestClient, nobody: TestClient, place: Place) -> None:
    answer = join(nobody, code_for(client, place, latitude=10.4, longitude=106.7, bearing=90.0))
    assert answer.status_code == 201
    said = answer.json()
    certificate = x509.load_pem_x509_certificate(said["certificate"].encode())
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(said["authority"].encode()))
    assert certificate.subject.rfc4514_string() == f"CN={said['device']}"
    assert said["birth"] == client.get("trust").json() | {"device": said["device"]}
    assert said["broker"] == "mqtts://loa.test:8883" and said["renew_at"] < said["not_after"]
    shown = client.get(f"devices/{said['device']}").json()
    assert (shown["name"], shown["area"], shown["bearing"], shown["status"]) == (
        "Loa mới",
        place.area,
        90.0,
        "in_service",
    )
    assert {held["area"] for held in shown["places"]} == {place.area, place.province}


def test_a_lost_answer_is_given_again_and_another_key_is_refused_and_recorded(
    client: TestClient, nobody: TestClient, place: Place, desk: ApiDesk
) -> None:
    code = code_for(client, place)
    first = join(nobody, code)
    assert join(nobody, code.lower().replace("-", "")).json() == first.json()
    assert join(nobody, code, csr=p256_request()).json()["code"] == "claim_refused", "another key for the broker"
    assert join(nobody, code, TWO).json()["code"] == "claim_refused"
    with desk.office.database.read() as session:
        incident = session.exec(select(Incident).where(Incident.kind == "claim_code_tried_again")).one()
        assert (incident.count, incident.device_id) == (2, first.json()["device"])
        assert session.exec(select(ClaimCode)).one().refused == 2
        assert len(session.exec(select(DeviceCertificate)).all()) == 1
    assert desk.audit().count(("speaker", "device.enrol")) == 3


def test_of_many_that_race_for_a_code_one_wins(client: TestClient, place: Place, desk: ApiDesk) -> None:
    code = code_for(client, place)
    keys = [SigningKey(bytes([number]) * 32) for number in range(40, 48)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda key: join(desk.client("nobody"), code, key), keys))
    assert sorted(answer.status_code for answer in answers) == [201] + [403] * 7
    with desk.office.database.read() as session:
        assert len(session.exec(select(Device)).all()) == 2, "the winner and who was there before"


def test_nobody_learns_which_codes_there_are(
    client: TestClient, nobody: TestClient, place: Place, desk: ApiDesk
) -> None:
    used, withdrawn, old = code_for(client, place), code_for(client, place), code_for(client, place, days=1)
    join(nobody, used)
    claims = client.get("claim-codes?open=true").json()["items"]
    client.post(f"claim-codes/{claims[1]['id']}/withdraw")
    desk.later = 2 * DAY
    unknown = "22222-22222-22222"
    answers = [join(desk.client("nobody"), code, TWO) for code in (used, withdrawn, old, unknown)]
    assert {answer.status_code for answer in answers} == {403}
    assert len({str(answer.json() | {"request": ""}) for answer in answers}) == 1
    assert all(code not in str(client.get("claim-codes").json()) for code in (used, withdrawn, old))
    with desk.office.database.read() as session:
        kept = "".join(str(row.model_dump()) for row in session.exec(select(ClaimCode)))
    assert not any(code in kept or code.replace("-", "") in kept for code in (used, withdrawn, old))


def test_who_guesses_is_held_up_and_may_come_back(
    client: TestClient, nobody: TestClient, place: Place, desk: ApiDesk
) -> None:
    code, wrong = code_for(client, place), [make_code(bytes([number]) * 16) for number in range(1, MOST + 1)]
    assert [join(nobody, one).status_code for one in wrong] == [403] * MOST
    held = join(nobody, code)
    assert held.status_code == 429 and 0 < int(held.headers["Retry-After"]) <= WITHIN // 1_000_000
    desk.later = WITHIN
    assert join(nobody, code).status_code == 201


def test_a_mistyped_code_is_told_from_a_wrong_one(nobody: TestClient) -> None:
    assert join(nobody, "22222-22222-22223").json()["code"] == "claim_code_mistyped"


def test_a_key_that_is_registered_joins_no_second_time(client: TestClient, nobody: TestClient, place: Place) -> None:
    answer = join(nobody, code_for(client, place), SigningKey(b"\5" * 32))
    assert (answer.status_code, answer.json()["code"]) == (409, "public_key_taken")


def test_a_request_with_the_same_key_makes_the_codes_anew(client: TestClient, nobody: TestClient, place: Place) -> None:
    wish = {"area": place.area, "name": "Loa", "count": 3}
    first, again = (
        client.post("claim-codes", json=wish, headers={"Idempotency-Key": "k"}).json()["items"] for _ in range(2)
    )
    assert [one["id"] for one in first] == [one["id"] for one in again]
    assert [one["name"] for one in first] == ["Loa 01", "Loa 02", "Loa 03"]
    assert join(nobody, first[0]["code"]).status_code == 403 and join(nobody, again[0]["code"]).status_code == 201
    third = client.post("claim-codes", json=wish, headers={"Idempotency-Key": "k"}).json()["items"]
    assert third[0]["code"] is None and third[0]["text"] is None and third[1]["code"]


def test_labels_are_a_page_to_print(client: TestClient, place: Place) -> None:
    wish = {"area": place.area, "name": "Loa <b>ấp</b>", "count": 2}
    answer = client.post("claim-codes?format=labels", json=wish)
    assert answer.headers["content-type"].startswith("text/html")
    assert "style-src 'sha256-" in answer.headers["content-security-policy"]
    assert answer.text.count("<svg") == 2 and "Tỉnh Tiền Giang / Xã Tân Đông" in answer.text
    assert "Loa &lt;b&gt;ấp" in answer.text and "<script" not in answer.text


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"name": "x"},
        {"replaces": "a"},
        {"area": "A", "name": "x", "count": 0},
        {"area": "A", "name": "x", "days": 91},
    ],
)
def test_a_code_is_for_a_place_or_for_a_speaker(client: TestClient, place: Place, wish: dict[str, Any]) -> None:
    filled = {key: place.area if value == "A" else value for key, value in wish.items()}
    assert client.post("claim-codes", json=filled).status_code == 422


@pytest.mark.parametrize("role", ["emergency", "viewer", "nobody"])
def test_only_a_technician_makes_codes_and_puts_speakers_out(desk: ApiDesk, place: Place, role: str) -> None:
    wanted = {401, 403}
    other = desk.client(role)
    assert other.post("claim-codes", json={"area": place.area, "name": "x"}).status_code in wanted
    assert other.put(f"devices/{place.device}/status", json={"status": "lost"}).status_code in wanted


def identity(client: TestClient, device: str, key: SigningKey) -> Identity:
    return Identity(Birth(**client.get("trust").json(), device=device), key)


def test_a_speaker_renews_with_its_own_key_also_when_its_certificate_has_ended(
    client: TestClient, nobody: TestClient, place: Place, desk: ApiDesk
) -> None:
    first = join(nobody, code_for(client, place)).json()
    asking = {"request": renewal_request(identity(client, first["device"], ONE), 0)}
    assert nobody.post("enrolments/renewals", json=asking).json() == first, "there is nothing to renew yet"
    for later in (300 * DAY, 900 * DAY):
        desk.later = later
        answer = nobody.post("enrolments/renewals", json=asking)
        assert answer.status_code == 201 and answer.json()["certificate"] != first["certificate"]
        assert answer.json() == nobody.post("enrolments/renewals", json=asking).json()
    assert len(client.get(f"devices/{first['device']}/certificates").json()["items"]) == 3


def test_a_speaker_that_was_registered_by_its_key_gets_its_certificate(
    client: TestClient, nobody: TestClient, place: Place
) -> None:
    speaker = identity(client, place.device, SigningKey(b"\5" * 32))
    answer = nobody.post("enrolments/renewals", json={"request": renewal_request(speaker, 0)})
    assert answer.status_code == 201 and answer.json()["device"] == place.device


def test_nobody_renews_for_another(client: TestClient, nobody: TestClient, place: Place) -> None:
    mine = SigningKey(b"\5" * 32)
    elsewhere = Identity(Birth(tenant=place.area, device=place.device, root=mine.verify_key.public), mine)
    forged = [
        renewal_request(identity(client, place.device, ONE), 0),
        renewal_request(identity(client, place.area, mine), 0),
        renewal_request(elsewhere, 0),
        renewal_request(identity(client, place.device, mine), 0)[:-4] + "AAAA",
        "x",
    ]
    answers = [nobody.post("enrolments/renewals", json={"request": one}) for one in forged]
    assert [answer.json()["code"] for answer in answers] == ["renewal_refused"] * len(forged)


def test_a_speaker_does_not_fill_the_table(client: TestClient, nobody: TestClient, place: Place) -> None:
    first = join(nobody, code_for(client, place)).json()
    speaker = identity(client, first["device"], ONE)
    asked = []
    for _ in range(12):
        request = renewal_request(speaker, 0, p256_request())
        asked.append(nobody.post("enrolments/renewals", json={"request": request}).status_code)
    assert asked == [201] * 9 + [429] * 3
