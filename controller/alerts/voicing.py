"""The speech of an alert is made while its tone already sounds."""

from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from controller.alerts.raising import add_speech, give_up_speech, speechless
from controller.db import Database
from controller.library.models import Blob
from controller.library.rendering import Renderer
from controller.library.studio import StudioError, VoiceWish
from devices.protocol.units import MILLI

log = structlog.get_logger()


@dataclass
class AlertVoice:
    """Speaks alerts one after the other, on a thread of its own, so that no bulletin is ever before it."""

    database: Database
    renderer: Renderer
    now: Callable[[], int]
    new_id: Callable[[], str]
    lead_ms: int
    wish: VoiceWish = field(default_factory=VoiceWish)

    def do_once(self) -> bool:
        """Speak the oldest alert that has no speech yet; False if there is none."""
        with self.database.read() as session:
            alert = speechless(session, self.now())
        if alert is None:
            return False
        try:
            sha256 = self.renderer.speak(alert.read_as, self.wish)
        except StudioError as error:
            self._give_up(alert.id, error.code)
        except Exception:
            log.exception("alert_speech_failed", alert=alert.id)
            self._give_up(alert.id, "rendering_failed")
        else:
            with self.database.write() as session:
                blob = session.get_one(Blob, sha256)
                add_speech(session, alert.id, blob, self.now(), self.lead_ms * MILLI)
        return True

    def _give_up(self, alert_id: str, problem: str) -> None:
        with self.database.write() as session:
            give_up_speech(session, alert_id, problem, self.now(), self.new_id)
