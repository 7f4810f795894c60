"""Refusals: what is kept to be said."""

from controller.errors.base import LoaError


class BulletinUnknown(LoaError):
    code = "bulletin_unknown"


class BulletinNotReady(LoaError):
    """Still being rendered, or rendering failed."""

    code = "bulletin_not_ready"


class VersionOfVersion(LoaError):
    """A version of a bulletin in another language has no versions of its own."""

    code = "version_of_version"


class TextEmpty(LoaError):
    """Nothing is left to be said once the text has been made readable."""

    code = "nothing_to_say"


class TextTooLong(LoaError):
    code = "text_too_long"


class GlossaryInvalid(LoaError):
    code = "glossary_invalid"
