"""Whatever becomes of the keys and whatever a speaker hears of it: it ends where the office is, and never goes back."""

import os
import random
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.keyring import ONLINE_ROLES, Keyring
from controller.keys import changes
from controller.keys.custody import Custody
from controller.keys.errors import TooManyKeys
from controller.keys.root_file import read_root_file
from devices.protocol.errors import ProtocolError, UnknownKey
from devices.protocol.keys import SigningKey
from devices.protocol.units import DAY, HOUR
from firmware_sim.identity import Birth, Identity
from firmware_sim.memory_flash import MemoryFlash
from firmware_sim.trusted import Trusted
from tests.fakes.keys import NOW, PASSPHRASE, TENANT, CutDisk, PowerCut, begun, custody, root_file

ROLES = st.sets(st.sampled_from(ONLINE_ROLES), min_size=1)
DEEDS = st.one_of(
    st.tuples(st.just("rotate"), ROLES, st.sampled_from([0, HOUR, 8 * DAY])),
    st.tuples(st.just("new_root"), st.just(None), st.just(0)),
)
"""A rotation or recovery, or a new root."""


class Office:
    """Keys as values: what was in force, one trust set after the other."""

    def __init__(self) -> None:
        made, self.root = changes.first(TENANT, os.urandom, NOW)
        self.history: list[Keyring] = [made.after]

    @property
    def now(self) -> Keyring:
        return self.history[-1]

    def do(self, deed: tuple[str, set, int], at: int) -> None:
        what, roles, overlap = deed
        try:
            if what == "rotate":
                change = changes.rotated(self.now, self.root, roles, os.urandom, at, overlap)
            else:
                successor = SigningKey(os.urandom(32))
                change, self.root = changes.new_root(self.now, self.root, successor, at), successor
        except TooManyKeys:
            return
        self.history.append(change.after)


def speaker(birth: dict[str, str], flash: MemoryFlash, *, with_trust: bool) -> Trusted:
    """At power-up, with what its flash holds."""
    born = Birth(
        tenant=TENANT, device=birth["device"], root=birth["root"], trust=birth["trust"] if with_trust else None
    )
    trusted = Trusted(flash, Identity(born, SigningKey(b"\1" * 32)))
    trusted.load()
    return trusted


def hears(trusted: Trusted, raw: bytes) -> str:
    try:
        return "newer" if trusted.accept(raw) else "same"
    except ProtocolError as error:
        return error.code


@given(st.lists(DEEDS, min_size=1, max_size=10), st.integers(0, 2**32), st.booleans())
@settings(max_examples=50)
def test_any_part_of_the_history_in_any_order_ends_at_the_newest_keys(deeds: list, seed: int, with_trust: bool) -> None:
    office, chance, flash = Office(), random.Random(seed), MemoryFlash(10_000)
    birth = office.now.birth("22222222-2222-4222-8222-222222222222")
    for n, deed in enumerate(deeds):
        office.do(deed, NOW + n * HOUR)
    trusted = speaker(birth, flash, with_trust=with_trust)
    highest = trusted.seq
    heard = [chance.choice(office.history) for _ in range(chance.randrange(12))]
    for keyring in [*heard, office.now, *heard]:
        verdict, seq = hears(trusted, keyring.trust), keyring.said.seq
        expected = {"newer"} if seq > highest else {"same"} if seq == highest else {"stale", "unknown_key"}
        assert verdict in expected
        highest = max(highest, seq)
        assert trusted.seq == highest
        if chance.random() < 0.4:
            trusted = speaker(birth, flash, with_trust=with_trust)
            assert trusted.seq == highest, "old sets never come back, not after a power cut either"
    assert trusted.seq == office.now.said.seq
    last = {key.id for key in office.now.keys.values()}
    assert all(trusted.names(key_id) for key_id in last)
    for keyring in office.history:
        for role, key in keyring.keys.items():
            if key.verify_key.public not in {one.public for one in office.now.said.keys}:
                with pytest.raises(UnknownKey):
                    trusted.find(key.id, None)
            else:
                assert trusted.find(key.id, None) == (key.verify_key, (role,))


@given(st.lists(st.tuples(DEEDS, st.integers(0, 30)), min_size=1, max_size=6))
@settings(max_examples=15)
def test_the_same_with_files_and_power_cuts(deeds: list) -> None:
    """`cut`: at which write the power fails; 0: not at all. What is in force after each is what a controller says."""
    with tempfile.TemporaryDirectory() as folder:
        office = begun(Path(folder))
        birth = office.read().birth("22222222-2222-4222-8222-222222222222")
        trusted = speaker(birth, MemoryFlash(10_000), with_trust=True)
        files = [root_file(Path(folder))]
        for number, (deed, cut) in enumerate(deeds):
            now, fresh = NOW + (number + 1) * HOUR, Path(folder) / f"root-{number}.json"
            with suppress(PowerCut, TooManyKeys):
                do(custody(Path(folder), disk=CutDisk(cut) if cut else None), files, fresh, deed, now)
            files += [fresh] if fresh.exists() else []
            said = custody(Path(folder)).read()
            assert hears(trusted, said.trust) in {"newer", "same"} and trusted.seq == said.said.seq
            assert all(trusted.names(key.id) for key in said.keys.values())


def do(keys: Custody, files: list[Path], fresh: Path, deed: tuple[str, set, int], now: int) -> None:
    """With the root file that fits: exactly one does, after every cut."""
    (file,) = [file for file in files if read_root_file(file).public == keys.read().root.public]
    root, (what, roles, overlap) = keys.root(file, PASSPHRASE), deed
    if what == "rotate":
        keys.rotate(root, roles, now, overlap)
    else:
        keys.replace_root(root, fresh, PASSPHRASE, now)
