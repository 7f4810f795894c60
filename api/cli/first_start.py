"""What the first start makes and nobody else may know: shown on a terminal, else only the files that hold it.

The error stream is the log too, and a log is read by more people than a screen, and for longer.
"""

from pathlib import Path

from api.cli.key_words import tell
from api.cli.people import address_of
from api.cli.screen import is_watched, say
from controller.keyring import write_secret
from controller.keys.disk import Disk
from controller.runtime.folder import DataFolder
from controller.runtime.installation import Installation


def keep_root(folder: DataFolder, file: Path, passphrase: str) -> None:
    """A root key is being made under a passphrase that was drawn for it."""
    if is_watched():
        tell("root_made", file=file, passphrase=passphrase)
    else:
        Disk().write(folder.root_passphrase, passphrase.encode("ascii") + b"\n")
        tell("root_made_unseen", file=file, kept=folder.root_passphrase)


def introduce(installation: Installation, running: str) -> None:
    """The first key and the link of the first administrator; `running`: where the web interface listens."""
    settings = installation.services.settings
    folder = DataFolder(settings.data.absolute())
    if installation.first_key:
        say(f"your key       {_shown(installation.first_key, folder.api_key)}")
    if installation.first_link:
        link = f"{address_of(settings, running)}{installation.first_link}"
        write_secret(folder.first_link, link.encode("utf-8") + b"\n")
        say(f"first start    {_shown(link, folder.first_link)}")
        say("               open it within a day to become the administrator; it works once")


def _shown(secret: str, kept: Path) -> str:
    return f"{secret}\n               (also in the file {kept})" if is_watched() else f"in the file {kept}"
