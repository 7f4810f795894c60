"""JWS: what the key signed is believed, and not one bit else."""

import base64
import hashlib
import hmac
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws as jws_library
from joserfc.jwk import OKPKey

from devices.protocol import base64url
from devices.protocol.errors import BadSignature, Malformed, ProtocolError
from devices.protocol.keys import SigningKey, VerifyKey, public_from_pem, public_to_pem
from devices.protocol.signing import MAX_MESSAGE_BYTES, check_signature, open_envelope, sign
from tests.devices.protocol.samples import KEYS, play, secret, signed

KEY = KEYS["content"]
GOOD = signed(play())
HEADER, PAYLOAD, SIGNATURE = GOOD.split(b".")


def believed(raw, key=KEY):
    """The payload of `raw`, or None where it is refused in the declared way."""
    try:
        envelope = open_envelope(raw)
        check_signature(envelope, key.verify_key)
    except (Malformed, BadSignature):
        return None
    return envelope.payload


def b64(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def jws(header, payload=base64url.decode(PAYLOAD.decode()), signature=None):
    """A JWS with any header, signed by KEY unless told otherwise."""
    text = header if isinstance(header, bytes) else json.dumps(header, separators=(",", ":")).encode()
    said = b64(text) + b"." + b64(payload)
    if signature is None:
        signature = KEY._key.sign(said)
    return said + b"." + b64(signature)


def test_what_was_signed_is_believed():
    assert believed(GOOD) == base64url.decode(PAYLOAD.decode())
    assert json.loads(base64url.decode(HEADER.decode())) == {"alg": "Ed25519", "kid": KEY.id}


def test_the_signature_is_ed25519_over_header_and_payload():
    assert KEY.verify_key.fits(base64url.decode(SIGNATURE.decode()), HEADER + b"." + PAYLOAD)


def test_another_library_reads_ours_and_we_read_its_own():
    registry = jws_library.JWSRegistry(algorithms=["Ed25519"])
    public = {"kty": "OKP", "crv": "Ed25519", "x": KEY.verify_key.public}
    read = jws_library.deserialize_compact(GOOD, OKPKey.import_key(public), registry=registry)
    assert read.payload == base64url.decode(PAYLOAD.decode())
    secret_key = OKPKey.import_key(public | {"d": base64url.encode(secret("content"))})
    header = {"alg": "Ed25519", "kid": KEY.id}
    assert jws_library.serialize_compact(header, read.payload, secret_key, registry=registry).encode() == GOOD


def test_signing_is_deterministic():
    assert signed(play()) == GOOD


@pytest.mark.parametrize("part", [0, 1, 2])
def test_every_single_bit_counts(part):
    start = (0, len(HEADER) + 1, len(HEADER) + len(PAYLOAD) + 2)[part]
    length = len((HEADER, PAYLOAD, SIGNATURE)[part])
    for place in range(start - 1 if part else 0, start + length):
        for bit in range(8):
            flipped = bytearray(GOOD)
            flipped[place] ^= 1 << bit
            assert believed(bytes(flipped)) is None, (place, bit)


@given(st.integers(0, len(GOOD)), st.binary(max_size=3), st.integers(0, 3))
@settings(max_examples=300, deadline=None)
def test_nothing_can_be_put_in_or_taken_out(place, put, cut):
    changed = GOOD[:place] + put + GOOD[place + cut :]
    assert believed(changed) is None or changed == GOOD


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_refused(raw):
    for candidate in (raw, raw + b"." + raw + b"." + raw, HEADER + b"." + raw, GOOD + raw[:1] + b"x"):
        assert believed(candidate) is None


@given(st.binary(max_size=200), st.sampled_from(sorted(KEYS)), st.sampled_from(sorted(KEYS)))
@settings(deadline=None)
def test_a_key_believes_itself_alone(payload, one, other):
    assert (believed(sign(payload, KEYS[one]), KEYS[other]) == payload) == (one == other)


def test_no_algorithm_but_ed25519():
    public = base64url.decode(KEY.verify_key.public)
    for alg in ("none", "None", "HS256", "EdDSA", "ed25519", "Ed448", "ES256", "RS256", "", None, ["Ed25519"], 1):
        assert believed(jws({"alg": alg, "kid": KEY.id})) is None, alg
    for alg in ("none", "HS256", "Ed25519"):
        said = b64(json.dumps({"alg": alg, "kid": KEY.id}).encode()) + b"." + PAYLOAD
        assert believed(said + b".") is None
        for shared in (public, public_to_pem(KEY.verify_key), KEY.verify_key.public.encode()):
            assert believed(said + b"." + b64(hmac.digest(shared, said, hashlib.sha256))) is None


OKP = {"kty": "OKP", "crv": "Ed25519", "x": KEYS["stranger"].verify_key.public}


@pytest.mark.parametrize(
    "extra",
    [
        {"typ": "JWT"}, {"jwk": OKP}, {"jku": "https://example.org/keys"}, {"x5u": "https://example.org"},
        {"x5c": ["AA=="]}, {"crit": ["exp"]}, {"crit": []}, {"b64": False}, {"b64": False, "crit": ["b64"]},
        {"cty": "json"}, {"nonce": "1"}, {"exp": 1}, {"zip": "DEF"}, {"": ""},
    ],
)  # fmt: skip
def test_no_header_field_but_two(extra):
    header = {"alg": "Ed25519", "kid": KEY.id}
    assert believed(jws(header)) is not None
    assert believed(jws(header | extra)) is None
    assert believed(jws(header | extra), KEYS["stranger"]) is None


@pytest.mark.parametrize(
    "header",
    [
        b"", b"null", b"[]", b'"x"', b"1", b"{}", b"{", b'{"alg":"Ed25519"}', b'{"kid":"' + KEY.id.encode() + b'"}',
        {"alg": "Ed25519", "kid": None}, {"alg": "Ed25519", "kid": 1}, {"alg": "Ed25519", "kid": ""},
        {"alg": "Ed25519", "kid": KEY.id + "\n"}, {"alg": "Ed25519", "kid": KEY.id[:-1]},
        {"alg": "Ed25519", "kid": "é" * 22}, {"alg": "Ed25519", "kid": [KEY.id]},
        {"alg": "Ed25519", "kid": "\ud800" * 22},
        b'{"alg":"Ed25519",' + b" " * 400 + b'"kid":"' + KEY.id.encode() + b'"}',
        b'{"alg":"Ed25519","kid":"AAAAAAAAAAAAAAAAAAAAAA","kid":"' + KEY.id.encode() + b'"}',
        b'{"alg":"none","alg":"Ed25519","kid":"' + KEY.id.encode() + b'"}', b"[" * 50_000, b'{"a":' * 20_000,
    ],
)  # fmt: skip
def test_headers_that_are_none(header):
    with pytest.raises(Malformed):
        open_envelope(jws(header))


def test_other_spellings_of_the_same_header_are_read():
    spaced = b' { "kid" : "' + KEY.id.encode() + b'",\n "alg" : "Ed25519" } '
    assert believed(jws(spaced)) is not None


@pytest.mark.parametrize(
    "raw",
    [
        GOOD + b"\n", b" " + GOOD, GOOD + b"=", GOOD + b".", b"." + GOOD, GOOD.replace(b".", b"..", 1), HEADER,
        HEADER + b"." + PAYLOAD, HEADER + b"." + PAYLOAD + b".", HEADER + b".." + SIGNATURE,
        HEADER + b"." + PAYLOAD + b"." + SIGNATURE[:-1], HEADER + b"." + PAYLOAD + b"." + SIGNATURE + b"AA",
        HEADER + b"=." + PAYLOAD + b"." + SIGNATURE, HEADER + b"." + PAYLOAD + b"=." + SIGNATURE, b"", b"..", b"...",
        GOOD.replace(b"-", b"+").replace(b"_", b"/") + b"==", GOOD.decode().encode("utf-16"), b"\xef\xbb\xbf" + GOOD,
        json.dumps({"protected": HEADER.decode(), "payload": "", "signature": SIGNATURE.decode()}).encode(),
    ],
)  # fmt: skip
def test_other_wrappings_are_refused(raw):
    assert believed(raw) is None


def test_the_unused_bits_of_the_last_letter_are_nought():
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(chr(SIGNATURE[-1]))
    twins = [alphabet[last | extra] for extra in range(1, 16)]
    for twin in twins:
        assert base64.urlsafe_b64decode(SIGNATURE[:-1] + twin.encode() + b"==") == base64.urlsafe_b64decode(
            SIGNATURE + b"=="
        )
        assert believed(GOOD[:-1] + twin.encode()) is None


def test_a_message_has_128_kib_at_most():
    overhead = len(sign(b"", KEY))
    room = (MAX_MESSAGE_BYTES - overhead) * 3 // 4
    largest = sign(b"x" * room, KEY)
    assert len(largest) <= MAX_MESSAGE_BYTES < len(largest) + 2
    assert believed(largest) == b"x" * room
    with pytest.raises(Malformed):
        sign(b"x" * (room + 2), KEY)
    with pytest.raises(Malformed):
        open_envelope(largest + b"A" * 3)


def test_a_key_survives_its_files_and_others_are_refused():
    for phrase in (None, b"mot cau mat khau"):
        assert SigningKey.from_pem(KEY.to_pem(phrase), phrase).id == KEY.id
    assert public_from_pem(public_to_pem(KEY.verify_key)) == KEY.verify_key
    with pytest.raises(ValueError):
        SigningKey.from_pem(KEY.to_pem(b"right"), b"wrong")
    with pytest.raises(TypeError):
        SigningKey.from_pem(KEY.to_pem(b"right"))
    with pytest.raises(ValueError):
        public_from_pem(b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")


def test_a_key_id_is_half_a_hash_of_the_raw_key():
    raw = base64url.decode(KEY.verify_key.public)
    assert base64url.decode(KEY.id) == hashlib.sha256(raw).digest()[:16]
    assert SigningKey(secret("content")).id == KEY.id


def test_refusals_are_protocol_errors_with_data_that_is_short():
    for raw in (b"x" * 200_000, b"." * 3, jws({"alg": "Ed25519", "kid": "x" * 9_000})):
        with pytest.raises(ProtocolError) as error:
            open_envelope(raw)
        assert len(str(error.value)) < 300


def test_a_broken_public_key_fits_nothing():
    for public in ("A" * 43, base64url.encode(b"\xff" * 32), base64url.encode(b"\x01" + bytes(31))):
        with pytest.raises(BadSignature):
            check_signature(open_envelope(GOOD), VerifyKey(public))
