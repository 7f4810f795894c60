"""Patience with guesses: so many in a quarter of an hour, counted in the database.

A guess is counted before it is looked at, so that a thousand at once are ten. It counts against the account, the
address, and the two together. At a browser where the owner has logged in before, it counts against that browser
alone: whoever hammers the account from outside uses up others' tries, not theirs.
"""

import hashlib
from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address

from sqlmodel import Session, col, delete, func, select

from controller.people.entrance.models import Try

WINDOW = 15 * 60 * 1_000_000
"""us."""
PER_ACCOUNT, PER_PAIR, PER_ADDRESS, PER_BROWSER, PER_CODE, PER_OWNER = 10, 5, 30, 10, 5, 10
TOLD = "told:"


def buckets_of_stranger(login: str, origin: str) -> Mapping[str, int]:
    """What a guess at an account counts against. A login is counted whether it exists or not."""
    account, network = _hidden(login), network_of(origin)
    return {
        f"account:{account}": PER_ACCOUNT, f"pair:{account}:{network}": PER_PAIR, f"address:{network}": PER_ADDRESS,
    }  # fmt: skip


def buckets_of_browser(browser: str) -> Mapping[str, int]:
    return {f"browser:{browser}": PER_BROWSER}


def buckets_of_code(person: str, browser: str | None) -> Mapping[str, int]:
    """Codes of the second factor."""
    return {f"code:{person}:{browser or 'stranger'}": PER_CODE}


def buckets_of_address(origin: str) -> Mapping[str, int]:
    """What is too long to be guessed, but costs us something."""
    return {f"address:{network_of(origin)}": PER_ADDRESS}


def buckets_of_owner(person: str) -> Mapping[str, int]:
    """The password once more, from somebody who is logged in."""
    return {f"owner:{person}": PER_OWNER}


def admit(session: Session, buckets: Mapping[str, int], now: int) -> int:
    """Count a guess: 0, or where there were too many the time to wait (us), and nothing is counted."""
    session.exec(delete(Try).where(col(Try.at) <= now - WINDOW))
    wait = waits(session, buckets, now)
    if not wait:
        session.add_all([Try(bucket=bucket, at=now) for bucket in buckets])
    return wait


def waits(session: Session, buckets: Mapping[str, int], now: int) -> int:
    """How long the next guess would have to wait, us."""
    return max(_wait(session, bucket, most, now) for bucket, most in buckets.items())


def forgive(session: Session, buckets: Mapping[str, int], at: int) -> None:
    """It was no guess: one counted at that instant is taken back from each bucket."""
    for bucket in buckets:
        found = session.exec(select(Try).where(Try.bucket == bucket, Try.at == at)).first()
        if found is not None:
            session.delete(found)


def first_to_tell(session: Session, bucket: str, now: int) -> bool:
    """Whether nobody has been told of this for the length of the window: a hammer leaves one line, not thousands."""
    if is_told(session, bucket, now):
        return False
    session.add(Try(bucket=TOLD + bucket, at=now))
    return True


def is_told(session: Session, bucket: str, now: int) -> bool:
    rows = select(Try.id).where(Try.bucket == TOLD + bucket, Try.at > now - WINDOW)
    return session.exec(rows).first() is not None


def network_of(origin: str) -> str:
    """The address, or of IPv6 the /64: whoever has one of these has all of them."""
    try:
        address = ip_address(origin)
    except ValueError:
        return "unknown"
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> 64 << 64)}/64"


def _wait(session: Session, bucket: str, most: int, now: int) -> int:
    rows = select(func.count(), func.min(Try.at)).where(Try.bucket == bucket, Try.at > now - WINDOW)
    count, oldest = session.exec(rows).one()
    return 0 if count < most else max(1, oldest + WINDOW - now)


def _hidden(login: str) -> str:
    """People type passwords where a login belongs."""
    return hashlib.sha256(login.encode("utf-8", "replace")).hexdigest()[:32]
