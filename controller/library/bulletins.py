"""What is to be said: a typed text or a recording, rendered once and then fixed for ever."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from sqlmodel import Session, col, select

from controller.errors import BulletinUnknown, TextEmpty, TextTooLong
from controller.library.models import Bulletin
from controller.library.studio import VoiceWish
from controller.people.answered import already_made, remember
from controller.people.audit import Act, record
from controller.people.permissions import Action

MAX_TEXT_BYTES = 128 * 1024


@dataclass(frozen=True)
class TextBulletin:
    """A typed bulletin; `read_as` is how it will be spoken."""

    title: str
    text: str
    read_as: str
    voice: VoiceWish = field(default_factory=VoiceWish)
    chime: bool = True


@dataclass(frozen=True)
class RecordedBulletin:
    """An uploaded recording that lies in the store under its SHA-256."""

    title: str
    sha256: str
    name: str
    chime: bool = True


def check_text(text: str, read_as: str) -> None:
    """TextTooLong beyond 128 KiB of UTF-8, TextEmpty where nothing is left to say."""
    size = len(text.encode("utf-8", "replace"))
    if size > MAX_TEXT_BYTES:
        raise TextTooLong(bytes=size, most_bytes=MAX_TEXT_BYTES)
    if not read_as.strip():
        raise TextEmpty()


def add_text(session: Session, wish: TextBulletin, act: Act, new_id: Callable[[], str]) -> str:
    """A bulletin waiting to be rendered, and its id; the same request again gives the same one."""
    check_text(wish.text, wish.read_as)
    row = Bulletin(
        id=new_id(), title=wish.title, kind="text", text=wish.text, read_as=wish.read_as, chime=wish.chime,
        voice=asdict(wish.voice), created_at=act.now, created_by=act.who,
    )  # fmt: skip
    return _add(session, row, act)


def add_recording(session: Session, wish: RecordedBulletin, act: Act, new_id: Callable[[], str]) -> str:
    """A recording waiting to be judged and rendered, and its id."""
    row = Bulletin(
        id=new_id(), title=wish.title, kind="upload", upload_sha256=wish.sha256, upload_name=wish.name[:200],
        chime=wish.chime, created_at=act.now, created_by=act.who,
    )  # fmt: skip
    return _add(session, row, act)


def get_bulletin(session: Session, bulletin_id: str) -> Bulletin:
    bulletin = session.get(Bulletin, bulletin_id)
    if bulletin is None:
        raise BulletinUnknown(bulletin=bulletin_id)
    return bulletin


def unrendered(session: Session) -> Bulletin | None:
    """The oldest bulletin that waits for the studio."""
    rows = select(Bulletin).where(Bulletin.state == "rendering")
    return session.exec(rows.order_by(col(Bulletin.created_at), col(Bulletin.id))).first()


def _add(session: Session, row: Bulletin, act: Act) -> str:
    if made := already_made(session, act):
        return made
    session.add(row)
    remember(session, act, row.id)
    record(session, act, Action.BULLETIN_CREATE, row.id, row.title)
    return row.id
