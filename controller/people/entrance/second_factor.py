"""Codes of a telephone (TOTP, RFC 6238), each good once, and codes on paper for the day that it is lost."""

import base64
import re

import pyotp
from sqlmodel import Session, col, delete, func, select

from controller.errors.entrance import CodeRefused, SecondFactorThere
from controller.people.entrance.models import RecoveryCode, SecondFactor
from controller.people.entrance.sealing import Sealer
from controller.people.entrance.sessions import LoggedIn
from controller.people.entrance.tokens import Entropy, digest_of, same
from controller.people.models import Person

SECRET, PAPER = 20, 10
"""Bytes of chance in a secret, and in a recovery code."""
CODES = 10
STEP = 30 * 1_000_000
ISSUER = "Loa"


def propose(session: Session, sealer: Sealer, whose: LoggedIn, now: int, entropy: Entropy) -> str:
    """A secret that is not asked for before `confirm`; the one proposed in this session before. SecondFactorThere."""
    row = session.get(SecondFactor, whose.person.id)
    if row is not None and row.confirmed_at is not None:
        raise SecondFactorThere()
    kept = _open(sealer, row, _proposal(whose)) if row is not None else None
    if kept is not None:
        return kept
    secret = base64.b32encode(entropy(SECRET)).decode("ascii")
    row = row or SecondFactor(person_id=whose.person.id, sealed="", made_at=now)
    row.sealed = sealer.seal(_proposal(whose), secret.encode("ascii"))
    session.add(row)
    return secret


def address(person: Person, secret: str) -> str:
    """What the telephone scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=person.login, issuer_name=ISSUER)


def confirm(session: Session, sealer: Sealer, whose: LoggedIn, code: str, now: int) -> None:
    """From now on a code is asked for. CodeRefused where it is not that of what this session was shown."""
    row = session.get(SecondFactor, whose.person.id)
    secret = _open(sealer, row, _proposal(whose)) if row is not None and row.confirmed_at is None else None
    if row is None or secret is None or not _take(secret, row, code, now):
        raise CodeRefused()
    row.sealed, row.confirmed_at = sealer.seal(_purpose(whose.person.id), secret.encode("ascii")), now


def is_on(session: Session, person_id: str) -> bool:
    row = session.get(SecondFactor, person_id)
    return row is not None and row.confirmed_at is not None


def take_code(session: Session, sealer: Sealer, person_id: str, code: str, now: int) -> bool:
    """Whether the code is right; it is not a second time."""
    row = session.get(SecondFactor, person_id)
    secret = _open(sealer, row, _purpose(person_id)) if row is not None and row.confirmed_at is not None else None
    return row is not None and secret is not None and _take(secret, row, code, now)


def take_recovery_code(session: Session, person_id: str, code: str, now: int) -> bool:
    """Whether it is one of theirs; it is not a second time."""
    row = session.get(RecoveryCode, _paper_digest(person_id, code))
    if row is None or row.used_at is not None:
        return False
    row.used_at = now
    return True


def make_recovery_codes(session: Session, person_id: str, now: int, entropy: Entropy) -> list[str]:
    """Ten new ones, shown this once; the old ones are void."""
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person_id))
    codes = [_paper(entropy(PAPER)) for _ in range(CODES)]
    rows = [RecoveryCode(digest=_paper_digest(person_id, code), person_id=person_id, made_at=now) for code in codes]
    session.add_all(rows)
    return codes


def recovery_codes_left(session: Session, person_id: str) -> int:
    rows = select(func.count()).select_from(RecoveryCode)
    return session.exec(rows.where(RecoveryCode.person_id == person_id, col(RecoveryCode.used_at).is_(None))).one()


def drop(session: Session, person_id: str) -> None:
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person_id))
    session.exec(delete(SecondFactor).where(col(SecondFactor.person_id) == person_id))


def _take(secret: str, row: SecondFactor, code: str, now: int) -> bool:
    shown = re.sub(r"\s", "", code)
    for step in (now // STEP + offset for offset in (-1, 0, 1)):
        if step > row.last_step and same(shown, pyotp.TOTP(secret).generate_otp(step)):
            row.last_step = step
            return True
    return False


def _open(sealer: Sealer, row: SecondFactor, purpose: str) -> str | None:
    found = sealer.unseal(purpose, row.sealed)
    return found.decode("ascii") if found is not None else None


def _purpose(person_id: str) -> str:
    return f"second factor of {person_id}"


def _proposal(whose: LoggedIn) -> str:
    """What one session was shown is nothing to another: who saw it in a stolen one has seen nothing that counts."""
    return f"second factor of {whose.person.id}, proposed in {whose.session.id}"


def _paper(secret: bytes) -> str:
    """Sixteen letters in fours, none of them easily misread."""
    text = base64.b32encode(secret).decode("ascii").lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _paper_digest(person_id: str, code: str) -> str:
    return digest_of(person_id + re.sub(r"[^a-z2-7]", "", code.casefold()))
