"""Who guesses waits, and holds up as few others as can be: speakers behind one address share it with good ones."""

import pytest
from httpx import Response
from starlette.testclient import TestClient

from controller.enrolment.codes import make_code
from controller.enrolment.throttle import MOST, WITHIN
from devices.protocol.keys import SigningKey
from firmware_sim.certificate import renewal_request
from firmware_sim.identity import Birth, Identity
from tests.api.test_joining import ONE, TWO, code_for, join
from tests.api.test_life_of_a_speaker import become, newcomer
from tests.fakes.desk import ApiDesk, Place

WRONG = [make_code(bytes([number]) * 16) for number in range(1, MOST + 1)]
UNKNOWN = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def nobody(desk: ApiDesk) -> TestClient:
    return desk.client("nobody")


def asks(nobody: TestClient, office: TestClient, device: str, key: SigningKey) -> Response:
    speaker = Identity(Birth(**office.get("trust").json(), device=device), key)
    return nobody.post("enrolments/renewals", json={"request": renewal_request(speaker, 0)})


@pytest.mark.parametrize("status", ["lost", "retired"])
def test_speakers_out_of_service_hold_up_nobody_behind_their_address(
    client: TestClient, nobody: TestClient, desk: ApiDesk, place: Place, status: str
) -> None:
    out, good = newcomer(client, desk, place), newcomer(client, desk, place, TWO)
    become(client, out, status)
    answers = [asks(nobody, client, out, ONE) for _ in range(2 * MOST)]
    assert {(one.status_code, one.json()["code"]) for one in answers} == {(403, "renewal_refused")}
    assert asks(nobody, client, good, TWO).status_code == 201
    assert join(nobody, code_for(client, place), SigningKey(b"\x33" * 32)).status_code == 201
    if status == "lost":
        become(client, out, "in_service")
        assert asks(nobody, client, out, ONE).status_code == 201, "found again, it serves at once"


def test_forged_renewals_wait_by_the_speaker_they_name(
    client: TestClient, nobody: TestClient, desk: ApiDesk, place: Place
) -> None:
    good = newcomer(client, desk, place)
    forged = [asks(nobody, client, place.device, TWO) for _ in range(MOST + 1)]
    assert [one.status_code for one in forged] == [403] * MOST + [429]
    unknown = [asks(nobody, client, UNKNOWN, TWO) for _ in range(MOST + 1)]
    assert [one.status_code for one in unknown] == [403] * MOST + [429]
    assert asks(nobody, client, good, ONE).status_code == 201
    assert join(nobody, code_for(client, place), TWO).status_code == 201
    desk.later = WITHIN
    assert asks(nobody, client, place.device, SigningKey(b"\5" * 32)).status_code == 201


def test_a_code_that_is_tried_again_and_again_holds_up_that_code_alone(
    client: TestClient, nobody: TestClient, place: Place
) -> None:
    tries = [join(nobody, WRONG[0]).status_code for _ in range(MOST + 1)]
    assert tries == [403] * MOST + [429]
    assert [join(nobody, "22222-22222-22223").status_code for _ in range(2 * MOST)] == [422] * 2 * MOST
    assert join(nobody, code_for(client, place)).status_code == 201


def test_ten_different_codes_are_guesses_and_renewals_go_on(
    client: TestClient, nobody: TestClient, desk: ApiDesk, place: Place
) -> None:
    speaker = newcomer(client, desk, place, TWO)
    assert [join(nobody, code).status_code for code in WRONG] == [403] * MOST
    assert join(nobody, code_for(client, place)).status_code == 429
    assert asks(nobody, client, speaker, TWO).status_code == 201
