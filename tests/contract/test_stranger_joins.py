"""A speaker that knows section 2 of docs/protocol.md, X.509 and HTTP joins and renews: nothing of our code."""

import base64
import hashlib
import json
import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

from tests.api.conftest import address, client, desk, place
from tests.fakes.desk import ApiDesk, Place

FIXTURES = (address, client, desk, place)
PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text("utf-8")


def unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Stranger:
    """Its own key for words, and a P-256 key for TLS, as a chip without Ed25519 has."""

    def __init__(self, office: str) -> None:
        self.office = office
        self.key = Ed25519PrivateKey.generate()
        self.public = self.key.public_key().public_bytes_raw()
        self.tls_key = ec.generate_private_key(ec.SECP256R1())
        nameless = x509.CertificateSigningRequestBuilder(x509.Name([]))
        self.csr = nameless.sign(self.tls_key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()

    def ask(self, path: str, said: dict[str, str]) -> tuple[int, dict[str, Any]]:
        body, headers = json.dumps(said).encode(), {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.office}{path}", body, headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def join(self, code: str) -> tuple[int, dict[str, Any]]:
        return self.ask("/enrolments", {"code": code, "public_key": unpadded(self.public), "csr": self.csr})

    def renew(self, birth: dict[str, str]) -> tuple[int, dict[str, Any]]:
        key_id = unpadded(hashlib.sha256(self.public).digest()[:16])
        header = unpadded(json.dumps({"alg": "Ed25519", "kid": key_id}).encode())
        said = {
            "type": "renewal", "mode": "live", "tenant": birth["tenant"], "to": "controller", "issued_at": 0,
            "device": birth["device"], "csr": self.csr,
        }  # fmt: skip
        signed = f"{header}.{unpadded(json.dumps(said).encode())}"
        return self.ask("/enrolments/renewals", {"request": f"{signed}.{unpadded(self.key.sign(signed.encode()))}"})


@pytest.fixture
def stranger(address: str) -> Stranger:
    return Stranger(address)


def checks(code: str) -> bool:
    """The rule of the page, from its own words."""
    signs = re.search(r"15 signs of `(\w+)`", PAGE)
    assert signs
    places = [signs[1].index(sign) for sign in code.replace("-", "")]
    return sum(weight * place for weight, place in enumerate(places[:14], 2)) % 31 == places[14]


def test_it_joins_is_answered_again_and_renews(stranger: Stranger, desk: ApiDesk, place: Place) -> None:
    wish = {"area": place.area, "name": "Loa lạ"}
    made = desk.client().post("claim-codes", json=wish).json()["items"][0]
    assert checks(made["code"]) and checks("7KQ2M-XW9RB-4TNHG") and "7KQ2M-XW9RB-4TNHG" in PAGE
    status, joined = stranger.join(made["code"])
    assert status == 201 and stranger.join(made["code"]) == (201, joined)
    pems = (joined["certificate"].encode(), joined["authority"].encode())
    certificate, authority = map(x509.load_pem_x509_certificate, pems)
    certificate.verify_directly_issued_by(authority)
    assert certificate.subject.rfc4514_string() == f"CN={joined['device']}"
    assert certificate.public_key() == stranger.tls_key.public_key()
    root = hashlib.sha256(base64.urlsafe_b64decode(joined["birth"]["root"] + "=")).digest()[:16]
    assert made["text"].endswith(f"root={unpadded(root)}")
    assert stranger.renew(joined["birth"]) == (201, joined)
    desk.client().put(f"devices/{joined['device']}/status", json={"status": "stolen"})
    status, refused = stranger.renew(joined["birth"])
    assert (status, refused["code"]) == (403, "renewal_refused")


def test_what_the_page_says_of_refusals_is_so(stranger: Stranger) -> None:
    for code, said in (("7KQ2M-XW9RB-4TNHG", (403, "claim_refused")), ("x", (422, "claim_code_mistyped"))):
        status, answer = stranger.join(code)
        assert (status, answer["code"]) == said and f"`{said[1]}` ({status}" in PAGE
