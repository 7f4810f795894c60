"""The audit chain from the command line of the machine: checked, and carried away."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from api.cli.configured import settings_with
from api.cli.refusals import in_words
from api.cli.screen import fail, result_json, say
from controller.db import Database
from controller.people.anchors import Anchor, control_keys, read_anchors, signed
from controller.people.export import json_lines
from controller.people.exported import check_export
from controller.people.lines import Sought, head_of, whole_chain
from controller.people.verifying import Fault, Verifier
from controller.runtime import world
from controller.runtime.folder import DataFolder
from controller.runtime.keys import keyring_of
from devices.protocol.keys import VerifyKey

SHOWN = 20
_WORDS = {
    "changed": "was changed",
    "missing": "is missing",
    "misplaced": "stands where it does not belong: inserted, doubled or moved",
    "nameless": "has lost the name of its maker, and nobody had it forgotten",
    "cut": "is cut off: others vouch that it was there",
    "replaced": "is not the one that was signed as the end of the chain then",
    "unreadable": "cannot be read",
}


def verify(file: Path | None, data: Path | None, as_json: bool) -> int:
    """0 where the chain holds, 1 where it does not."""
    with in_words():
        return _of_file(file, data, as_json) if file else _of_folder(_opened(data), as_json)


def export(file: Path, data: Path | None) -> None:
    settings = settings_with(data)
    folder = _opened(data)
    with in_words(), Database(folder.database).read() as session, file.open("x", encoding="utf-8") as out:
        keyring = keyring_of(folder, settings)
        seq, digest = head_of(session)
        anchor = signed(Anchor(keyring.tenant, seq, digest, world.now()), keyring.keys["control"])
        out.writelines(json_lines(session, Sought(), keyring.tenant, anchor))
    say(f"{file}: {seq} lines. It holds names and addresses of people.")


def _of_folder(folder: DataFolder, as_json: bool) -> int:
    """The table beside the end that it names and the anchors in their file."""
    anchors = read_anchors(folder.audit_anchors, _keys(folder))
    vouched = sorted(filter(None, anchors), key=lambda one: one.known)  # one by a key that we know comes last, and wins
    with Database(folder.database).read() as session:
        head, verifier = head_of(session), Verifier({one.anchor.seq: one.anchor.hash for one in vouched})
        found = [fault for line in whole_chain(session) for fault in verifier.take(line)]
    found += verifier.end(head)
    known = sum(one.known for one in vouched)
    notes = [f"{known} anchors by keys of this installation, {len(anchors) - known} others"]
    return _tell(found, verifier.seq, notes, as_json)


def _of_file(file: Path, data: Path | None, as_json: bool) -> int:
    with file.open(encoding="utf-8", errors="replace") as lines:
        checked = check_export(lines, _keys(DataFolder(settings_with(data).data)))
    notes = ["its end is signed by this installation" if checked.signed else "no key here fits who signed its end"]
    if not checked.whole:
        notes.append("it is a selection: whether lines are missing cannot be told")
    return _tell(checked.faults, checked.lines, notes, as_json)


def _tell(found: Sequence[Fault], lines: int, notes: Sequence[str], as_json: bool) -> int:
    if as_json:
        result_json({"holds": not found, "lines": lines, "notes": notes, "faults": [asdict(one) for one in found]})
        return int(bool(found))
    for fault in found[:SHOWN]:
        through = f" to {fault.through}" if fault.through not in {None, fault.seq} else ""
        say(f"line {fault.seq}{through} {_WORDS[fault.kind]}")
    if len(found) > SHOWN:
        say(f"and {len(found) - SHOWN} more")
    say(f"{lines} lines: {'the chain is BROKEN' if found else 'the chain holds'} ({'; '.join(notes)})")
    return int(bool(found))


def _keys(folder: DataFolder) -> list[VerifyKey]:
    trust = folder.keys / "trust.jws"
    return control_keys(trust.read_bytes()) if trust.is_file() else []


def _opened(data: Path | None) -> DataFolder:
    folder = DataFolder(settings_with(data).data)
    if not folder.database.is_file():
        fail(f"{folder.database} is not there yet: it is made when `loa serve` first starts on this data folder")
    return folder
