"""What is to be said: a typed text or a recording, rendered once and then fixed for ever."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from sqlmodel import Session, col, select

from controller.errors.library import BulletinNotReady, BulletinUnknown, TextEmpty, TextTooLong, VersionOfVersion
from controller.library.models import Bulletin
from controller.library.studio import VoiceWish
from controller.people.answered import already_made, remember
from controller.people.audit import Act, record
from controller.people.permissions import Action
from devices.registry import parents

MOST_MEMBERS = 50
MAX_TEXT_BYTES = 128 * 1024


@dataclass(frozen=True)
class Shelving:
    """Where a bulletin stands among the others: whose it is (None: the installation's), its category, its language
    (BCP 47), and the bulletin of which it is the version in that language."""

    category: str | None = None
    language: str = "vi"
    version_of: str | None = None
    owner: str | None = None


@dataclass(frozen=True)
class TextBulletin:
    """A typed bulletin; `read_as` is how it will be spoken."""

    title: str
    text: str
    read_as: str
    voice: VoiceWish = field(default_factory=VoiceWish)
    chime: bool = True
    shelving: Shelving = Shelving()


@dataclass(frozen=True)
class RecordedBulletin:
    """An uploaded recording that lies in the store under its SHA-256."""

    title: str
    sha256: str
    name: str
    chime: bool = True
    shelving: Shelving = Shelving()


@dataclass(frozen=True)
class PlaylistBulletin:
    """Finished bulletins one after the other, made into one sound; `chime`: around and between them."""

    title: str
    members: tuple[str, ...]
    chime: bool = False
    shelving: Shelving = Shelving()


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
    return _add(session, row, wish.shelving, act)


def add_recording(session: Session, wish: RecordedBulletin, act: Act, new_id: Callable[[], str]) -> str:
    """A recording waiting to be judged and rendered, and its id."""
    row = Bulletin(
        id=new_id(), title=wish.title, kind="upload", upload_sha256=wish.sha256, upload_name=wish.name[:200],
        chime=wish.chime, created_at=act.now, created_by=act.who,
    )  # fmt: skip
    return _add(session, row, wish.shelving, act)


def add_playlist(session: Session, wish: PlaylistBulletin, act: Act, new_id: Callable[[], str]) -> str:
    """A playlist waiting to be joined, and its id. BulletinUnknown, BulletinNotReady for a member."""
    row = Bulletin(
        id=new_id(), title=wish.title, kind="playlist", members=list(wish.members), chime=wish.chime,
        created_at=act.now, created_by=act.who,
    )  # fmt: skip
    if already_made(session, act) is None:
        for name in wish.members:
            ready_wav(session, name)
    return _add(session, row, wish.shelving, act)


def ready_wav(session: Session, bulletin_id: str) -> str:
    """SHA-256 of the finished WAV of a bulletin that may air. BulletinUnknown, BulletinNotReady."""
    row = get_bulletin(session, bulletin_id)
    if row.state != "ready" or row.wav_sha256 is None:
        raise BulletinNotReady(bulletin=bulletin_id, state=row.state)
    return row.wav_sha256


def get_bulletin(session: Session, bulletin_id: str) -> Bulletin:
    bulletin = session.get(Bulletin, bulletin_id)
    if bulletin is None:
        raise BulletinUnknown(bulletin=bulletin_id)
    return bulletin


def unrendered(session: Session) -> Bulletin | None:
    """The oldest bulletin that waits for the studio."""
    rows = select(Bulletin).where(Bulletin.state == "rendering")
    return session.exec(rows.order_by(col(Bulletin.created_at), col(Bulletin.id))).first()


def _add(session: Session, row: Bulletin, shelving: Shelving, act: Act) -> str:
    if made := already_made(session, act):
        return made
    if shelving.version_of is not None and get_bulletin(session, shelving.version_of).original_id is not None:
        raise VersionOfVersion(bulletin=shelving.version_of)
    if shelving.owner is not None:
        parents(session, shelving.owner)
    row.category, row.language, row.original_id = shelving.category, shelving.language, shelving.version_of
    row.owner_id = shelving.owner
    session.add(row)
    remember(session, act, row.id)
    record(session, act, Action.BULLETIN_CREATE, row.id, row.title, area=row.owner_id)
    return row.id
