"""Where speakers themselves come: with a claim code for the first time, with their own key from then on."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import ConfigDict, Field, StringConstraints

from api.deps import Key, Served, origin_of, public_to_programs
from api.problems import WRITES, refusals
from api.shapes import Asked, Id, Instant, Shown
from api.timestamps import to_utc
from controller.certificates.renewal import renew_at
from controller.enrolment.joining import Application, Joined, join, refuse_claim
from controller.enrolment.renewing import claimed_by, read_renewal, renew
from controller.errors.enrolment import ClaimRefused, RenewalRefused
from controller.people.audit import Act
from controller.runtime.services import Services
from devices.protocol.signing import MAX_MESSAGE_BYTES

router = APIRouter(prefix="/enrolments", tags=["devices"], dependencies=[Depends(public_to_programs)])

OPEN_TO_ALL = tuple(code for code in WRITES if code not in {"key_missing", "not_allowed", "idempotency_key_reused"})
Csr = Annotated[
    str, StringConstraints(max_length=4_000),
    Field(description="PKCS#10, PEM: for the speaker's own Ed25519 key, or for a P-256 key beside it."),
]  # fmt: skip


class EnrolmentWish(Asked):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "7KQ2M-XW9RB-4TNHG",
                    "public_key": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
                    "csr": "-----BEGIN CERTIFICATE REQUEST-----\nMIGR...\n-----END CERTIFICATE REQUEST-----\n",
                }
            ]
        }
    )

    code: Annotated[str, StringConstraints(max_length=64), Field(description="As it was typed or scanned.")]
    public_key: Annotated[
        str, StringConstraints(max_length=1_000), Field(description="Ed25519, as PEM or as 43 letters of base64url.")
    ]
    csr: Csr


class RenewalWish(Asked):
    model_config = ConfigDict(json_schema_extra={"examples": [{"request": "eyJhbGciOiJFZDI1NTE5Iiwia2lkIjoi..."}]})

    request: Annotated[
        str, StringConstraints(max_length=MAX_MESSAGE_BYTES),
        Field(description="JWS by the speaker's own key; docs/protocol.md, section 2."),
    ]  # fmt: skip


class EnrolmentShown(Shown):
    """All that a speaker needs to connect."""

    device: Id
    name: str
    birth: Annotated[dict[str, str], Field(description="Tenant, own id, root key, trust set.")]
    certificate: Annotated[str, Field(description="Its own, PEM.")]
    authority: Annotated[str, Field(description="By whose certificate it knows the broker, PEM.")]
    broker: Annotated[str, Field(description="`mqtts://host:port`, or `mqtt://` where the broker has no TLS.")]
    renew_at: Annotated[Instant, Field(description="From then on it asks for the next certificate.")]
    not_after: Annotated[Instant, Field(description="When this certificate ends.")]


@router.post(
    "", status_code=201,
    responses=refusals(
        *OPEN_TO_ALL, "claim_code_mistyped", "claim_refused", "certificate_request_invalid", "public_key_invalid",
        "public_key_taken", "area_full", "too_many_attempts",
    ),
)  # fmt: skip
def enrol(wish: EnrolmentWish, request: Request, services: Served, _key: Key = None) -> EnrolmentShown:
    """Join by a claim code, once. The same code with the same keys again has the same answer."""
    act = _act(request, services)
    services.guesses.check_code(act.origin, wish.code, act.now)
    application = Application(wish.code, wish.public_key, wish.csr)
    try:
        with services.database.write() as session:
            joined = join(session, application, act, services.authority, services.new_id)
    except ClaimRefused:
        services.guesses.code_refused(act.origin, wish.code, act.now)
        with services.database.write() as session:
            refuse_claim(session, application, act, services.new_id)
        raise
    if joined.fresh:
        services.ring()
        services.ring_almanac()
        services.ring_door()
    return _shown(services, joined)


@router.post(
    "/renewals", status_code=201,
    responses=refusals(*OPEN_TO_ALL, "renewal_refused", "certificate_request_invalid", "too_many_attempts"),
)  # fmt: skip
def renewal(wish: RenewalWish, request: Request, services: Served, _key: Key = None) -> EnrolmentShown:
    """A certificate for a speaker that is registered: the one that it has, or the next one once that is due."""
    act, raw = _act(request, services), wish.request.encode("utf-8")
    claimed = claimed_by(raw)
    services.guesses.check_renewal(act.origin, claimed, act.now)
    try:
        with services.database.read() as session:
            asked = read_renewal(session, raw, services.keyring.tenant)
    except RenewalRefused:
        services.guesses.renewal_refused(act.origin, claimed, act.now)
        raise
    with services.database.write() as session:
        joined = renew(session, asked, services.authority, act.now)
    return _shown(services, joined)


def _act(request: Request, services: Services) -> Act:
    """What a speaker does that nobody knows yet."""
    return Act("speaker", origin_of(request), services.now())


def _shown(services: Services, joined: Joined) -> EnrolmentShown:
    device, certificate = joined.device, joined.certificate
    return EnrolmentShown(
        device=device.id, name=device.name, birth=services.keyring.birth(device.id), certificate=certificate.pem,
        authority=services.authority.pem.decode("ascii"), broker=services.broker_address(),
        renew_at=to_utc(renew_at(certificate.issued_at, certificate.not_after)),
        not_after=to_utc(certificate.not_after),
    )  # fmt: skip
