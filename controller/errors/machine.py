"""Refusals: this machine and the net beyond it."""

from controller.errors.base import LoaError


class OutwardRefused(LoaError):
    """We do not connect there; `why`: unreadable, scheme, userinfo, host, port, address, redirects, downgrade, encoding
    or too_large."""

    code = "outward_refused"


class OutwardFailed(LoaError):
    """Nothing came from there; `why`: unknown_name, slow or broken."""

    code = "outward_failed"


class SecretFileRefused(LoaError):
    """A file that was to hold a setting cannot be read, or the setting is given twice."""

    code = "secret_file_refused"


class DataFolderInUse(LoaError):
    """Another controller runs on this data folder."""

    code = "data_folder_in_use"


class DataFolderOpen(LoaError):
    """Everybody on this machine may look into the data folder, and it cannot be closed: let its owner run chmod 700."""

    code = "data_folder_open"


class BackupRefused(LoaError):
    """The backup file is already there, or cannot be written."""

    code = "backup_refused"
