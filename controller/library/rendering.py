"""Waiting bulletins become clips, one after the other; alerts have a renderer of their own."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlmodel import Session, select

from controller.db import Database
from controller.errors.library import BulletinNotReady
from controller.library.bulletins import ready_wav, unrendered
from controller.library.models import Blob, Bulletin
from controller.library.store import Store
from controller.library.studio import Studio, StudioError, Take, VoiceWish
from scheduler.timetable import wanted

log = structlog.get_logger()


@dataclass
class Renderer:
    """Makes sound and books it. Killed in the middle, it begins that bulletin again."""

    database: Database
    store: Store
    studio: Studio
    workshop: Path
    """A folder of the same disk as the store, for what is not finished."""
    chunk_bytes: int
    now: Callable[[], int]

    def do_once(self) -> bool:
        """Render the oldest waiting bulletin; False if none waits."""
        with self.database.read() as session:
            bulletin = unrendered(session)
        if bulletin is None:
            return False
        try:
            with tempfile.TemporaryDirectory(dir=self.workshop) as folder:
                self._finish(bulletin.id, self._make(bulletin, Path(folder)))
        except StudioError as error:
            self._fail(bulletin.id, error.code)
        except Exception:
            log.exception("rendering_failed", bulletin=bulletin.id)
            self._fail(bulletin.id, "rendering_failed")
        return True

    def speak(self, read_as: str, wish: VoiceWish) -> str:
        """Speak a text at once, without chime, and give the clip's SHA-256. StudioError."""
        with tempfile.TemporaryDirectory(dir=self.workshop) as folder:
            return self.book(self.studio.from_text(read_as, wish, chime=False, folder=Path(folder)))

    def ensure_clip(self, name: str, make: Callable[[Path], Take]) -> None:
        """A clip that every speaker holds is made once in the life of an installation."""
        with self.database.read() as session:
            if session.exec(select(Blob).where(Blob.clip == name)).first() is not None:
                return
        with tempfile.TemporaryDirectory(dir=self.workshop) as folder:
            sha256 = self.book(make(Path(folder)))
        with self.database.write() as session:
            session.get_one(Blob, sha256).clip = name

    def book(self, take: Take) -> str:
        """Move a take into the store and the table of blobs; its SHA-256."""
        size = take.opus.stat().st_size
        sha256 = self.store.adopt(take.opus)
        with self.database.write() as session:
            if session.get(Blob, sha256) is None:
                session.add(
                    Blob(
                        sha256=sha256, size=size, duration_ms=take.duration_ms, chunk_bytes=self.chunk_bytes,
                        issued_at=self.now(),
                    )
                )  # fmt: skip
        return sha256

    def _make(self, bulletin: Bulletin, folder: Path) -> Take:
        if bulletin.kind == "playlist":
            return self.studio.from_members(self._members(bulletin), chime=bulletin.chime, folder=folder)
        if bulletin.kind == "upload":
            source = self.store.path(bulletin.upload_sha256 or "")
            return self.studio.from_file(source, chime=bulletin.chime, folder=folder)
        wish = VoiceWish(**bulletin.voice)  # type: ignore[arg-type]
        return self.studio.from_text(bulletin.read_as or "", wish, chime=bulletin.chime, folder=folder)

    def _members(self, playlist: Bulletin) -> list[Path]:
        """The members' WAVs; StudioError if one may not air any more."""
        with self.database.read() as session:
            try:
                return [self.store.path(ready_wav(session, name)) for name in playlist.members]
            except BulletinNotReady as error:
                raise StudioError(error.code, **error.data) from error

    def _finish(self, bulletin_id: str, take: Take) -> None:
        sha256 = self.book(take)
        wav_sha256 = self.store.adopt(take.wav)
        with self.database.write() as session:
            row = session.get_one(Bulletin, bulletin_id)
            if row.state != "rendering":  # recalled meanwhile
                return
            row.state, row.sha256, row.wav_sha256 = "ready", sha256, wav_sha256
            row.lufs, row.true_peak_db, row.warnings = take.lufs, take.true_peak_db, list(take.warnings)
            wanted(session)

    def _fail(self, bulletin_id: str, problem: str) -> None:
        with self.database.write() as session:
            _mark_failed(session, bulletin_id, problem)


def _mark_failed(session: Session, bulletin_id: str, problem: str) -> None:
    row = session.get_one(Bulletin, bulletin_id)
    if row.state == "rendering":
        row.state, row.problem = "failed", problem
        wanted(session)
