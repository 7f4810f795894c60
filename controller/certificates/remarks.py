"""What there is to say about the authority of certificates."""

from collections.abc import Iterator
from pathlib import Path

from controller.certificates.authority import at, read_authority
from controller.certificates.authority_key import KEY_FILE
from controller.keys.errors import AuthorityMissing, KeysError
from controller.keys.remark import SOON, Remark, unreadable


def about_authority(folder: Path, passphrase: str | None, now: int, *, certified: bool) -> Iterator[Remark]:
    """`certified`: whether speakers have certificates by it, so that it must be there."""
    if not folder.is_dir():
        if certified:
            yield unreadable(AuthorityMissing(), folder)
        return
    try:
        found = read_authority(folder, bytes, passphrase).certificate
    except KeysError as error:
        yield unreadable(error, folder)
        return
    begin, end = found.not_valid_before_utc, found.not_valid_after_utc
    span: dict[str, object] = {"begin": begin.date(), "end": end.date()}
    if not begin <= at(now) < end:
        yield Remark("bad", "authority_not_in_force", span)
    elif end < at(now + SOON):
        yield Remark("bad", "authority_ending", span)
    if b"ENCRYPTED" not in (folder / KEY_FILE).read_bytes():
        yield Remark("note", "in_clear", {"folder": folder})
