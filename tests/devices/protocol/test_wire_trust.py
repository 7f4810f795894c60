"""Trust: newer sets by the root, followed from the root that a speaker was born with, and nothing else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.protocol import base64url
from devices.protocol.codec import to_json
from devices.protocol.errors import Conflicting, ProtocolError, Stale, UnknownKey
from devices.protocol.keys import VerifyKey
from devices.protocol.messages.trust import RootChange
from devices.protocol.signing import sign
from devices.protocol.trust import Trust, accept_trust, check_sequence, root_change_bytes
from tests.devices.protocol.samples import KEYS, NOW, OTHER_TENANT, TENANT, born, key, play, signed, trust_set, trusted

ROOTS = [KEYS["root"], key("root 2"), key("root 3"), key("root 4")]


def change(old, new, tenant=TENANT, by_old=None, by_new=None):
    """One hand-over from root to root, signed by both, or by whom you name."""
    said = root_change_bytes(tenant, old.verify_key.public, new.verify_key.public)
    signatures = [base64url.encode((by or right)._key.sign(said)) for by, right in ((by_old, old), (by_new, new))]
    return RootChange(old=old.verify_key.public, new=new.verify_key.public, by_old=signatures[0], by_new=signatures[1])


def chain(length):
    return tuple(change(ROOTS[n], ROOTS[n + 1]) for n in range(length))


def newer(root=KEYS["root"], **changes):
    """The bytes of the next trust set, signed by this root."""
    return sign(to_json(trust_set(**({"seq": NOW + 1} | changes))), root)


def code(trust, raw):
    try:
        accept_trust(trust, raw)
    except ProtocolError as error:
        return error.code
    return "good"


def at_birth():
    return Trust(TENANT, KEYS["root"].verify_key)


def test_born_with_a_root_a_speaker_believes_nobody_yet():
    with pytest.raises(UnknownKey):
        at_birth().key_for(KEYS["content"].id, NOW)


def test_the_first_set_is_accepted_and_replaces_everything():
    trust = born()
    assert trust.seq == NOW
    assert trust.key_for(KEYS["alert"].id, NOW) == (KEYS["alert"].verify_key, ("alert",))
    fewer = accept_trust(trust, newer(keys=trusted()[:1]))
    with pytest.raises(UnknownKey):
        fewer.key_for(KEYS["alert"].id, NOW)


def test_older_is_stale_the_same_is_nothing_new_and_other_bytes_of_the_same_seq_conflict():
    trust = accept_trust(born(), newer())
    assert code(trust, signed(trust_set())) == "stale"
    assert accept_trust(trust, newer()) == trust
    assert code(trust, newer(keys=trusted()[1:])) == "conflicting"


def test_only_the_root_signs_it():
    for name in ("content", "control", "device", "stranger"):
        assert code(at_birth(), newer(KEYS[name])) == "unknown_key"
    raw = bytearray(newer())
    raw[-5] ^= 1
    assert code(at_birth(), bytes(raw)) == "bad_signature"


def test_it_is_for_this_tenant_and_live():
    assert code(at_birth(), newer(tenant=OTHER_TENANT)) == "wrong_place"
    assert code(at_birth(), newer(to="controller")) == "wrong_place"
    assert code(at_birth(), newer(mode="drill")) == "wrong_place"


def test_other_messages_are_no_trust_set():
    assert code(at_birth(), signed(play(), by="root")) == "malformed"
    assert code(at_birth(), b"") == "malformed"
    assert code(at_birth(), sign(b"{}", KEYS["root"])) == "malformed"


@pytest.mark.parametrize("length", [1, 2, 3])
def test_a_chain_of_root_changes_is_followed(length):
    trust = accept_trust(born(), newer(ROOTS[length], root_changes=chain(length)))
    assert trust.root == ROOTS[length].verify_key
    for old in ROOTS[:length]:
        assert code(trust, newer(old, seq=NOW + 2, root_changes=chain(length))) == "unknown_key"
    assert code(trust, newer(ROOTS[length], seq=NOW + 2, root_changes=chain(length))) == "good"


@pytest.mark.parametrize("away", [0, 1, 2, 3])
def test_a_speaker_that_was_away_follows_from_where_it_stood(away):
    before = accept_trust(born(), newer(ROOTS[away], root_changes=chain(away)))
    after = accept_trust(before, newer(ROOTS[3], seq=NOW + 2, root_changes=chain(3)))
    assert after.root == ROOTS[3].verify_key


def test_a_broken_chain_leads_nowhere():
    assert code(born(), newer(ROOTS[2], root_changes=chain(3)[1:2])) == "unknown_key"
    assert code(born(), newer(ROOTS[2], root_changes=tuple(reversed(chain(2))))) == "unknown_key"


@pytest.mark.parametrize(
    "forged",
    [
        change(ROOTS[0], ROOTS[1], by_old=ROOTS[1]),
        change(ROOTS[0], ROOTS[1], by_new=ROOTS[0]),
        change(ROOTS[0], ROOTS[1], by_old=KEYS["stranger"]),
        change(ROOTS[0], ROOTS[1], tenant=OTHER_TENANT),
        RootChange(**(chain(1)[0].model_dump() | {"by_old": chain(1)[0].by_new, "by_new": chain(1)[0].by_old})),
        RootChange(**(chain(1)[0].model_dump() | {"new": ROOTS[2].verify_key.public})),
        RootChange(**(chain(1)[0].model_dump() | {"by_old": "A" * 86})),
    ],
)
def test_a_forged_change_is_refused(forged):
    assert code(born(), newer(ROOTS[1], root_changes=(forged,))) == "bad_signature"


def test_a_forged_change_of_a_root_that_is_not_ours_is_passed_over():
    foreign = change(KEYS["stranger"], ROOTS[1], by_old=ROOTS[1])
    assert code(born(), newer(root_changes=(foreign,))) == "good"
    assert code(born(), newer(ROOTS[1], root_changes=(foreign,))) == "unknown_key"


def test_refused_sets_change_nothing_and_never_crash():
    trust = born()
    payload = to_json(trust_set(seq=NOW + 1, root_changes=chain(1)))
    public = KEYS["root"].verify_key.public.encode()
    for raw in (
        payload.replace(chain(1)[0].by_old[-4:].encode(), b"AAAB"),
        payload.replace(public, public[:-1] + b"B"),
    ):
        assert code(trust, sign(raw, KEYS["stranger"])) == "malformed"
    assert trust == born()


def test_root_change_bytes_are_plain():
    said = root_change_bytes(TENANT, "old", "new")
    assert said == f"loa/1/root-change|{TENANT}|old|new".encode("ascii")


def test_an_expired_key_ends_by_the_clock_and_not_without_one():
    trust = born(content=NOW)
    assert trust.key_for(KEYS["content"].id, NOW)
    assert trust.key_for(KEYS["content"].id, None)
    with pytest.raises(UnknownKey):
        trust.key_for(KEYS["content"].id, NOW + 1)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=12))
@settings(deadline=None)
def test_a_sequence_never_falls(sequences):
    trust = at_birth()
    highest = 0
    for seq in sequences:
        expected = "stale" if seq < highest else "good"
        raw = newer(seq=seq)
        assert code(trust, raw) == expected
        if expected == "good":
            trust, highest = accept_trust(trust, raw), seq
    assert trust.seq == highest == max(sequences)


def test_sequences_by_themselves():
    check_sequence(0, "", 0, "a")
    check_sequence(5, "a", 5, "a")
    check_sequence(5, "a", 6, "b")
    with pytest.raises(Stale):
        check_sequence(5, "a", 4, "a")
    with pytest.raises(Conflicting):
        check_sequence(5, "a", 5, "b")


def test_a_trust_kept_in_flash_goes_on():
    kept = born()
    again = Trust(kept.tenant, VerifyKey(kept.root.public), kept.seq, kept.digest, dict(kept.keys))
    assert code(again, newer()) == "good"
    assert code(again, signed(trust_set(seq=NOW - 1))) == "stale"
