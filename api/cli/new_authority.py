"""`loa keys new-authority`: other certificates for everybody, where somebody else has the authority's key."""

import os
from pathlib import Path

import typer

from api.cli.key_words import tell
from api.cli.refusals import in_words
from api.cli.signing_keys import RootWish, desk_of
from controller.certificates.succession import replace_authority
from controller.keys.disk import alone
from controller.keys.first_clock import refuse_clock
from controller.people.permissions import Action
from controller.runtime import world


def new_authority(data: Path | None, *, asked_already: bool) -> None:
    """The running controller has the old one in its memory: it must have ended. DataFolderInUse, KeysError."""
    desk = desk_of(RootWish(data, None, None))
    with in_words():
        handle = desk.folder.lock()
        try:
            keyring = desk.custody.read()
            if not asked_already:
                tell("authority_asked")
                typer.confirm("Tiếp tục? / Go on?", abort=True, err=True)
            refuse_clock(world.now())
            with alone(desk.folder.keys):
                desk.note(Action.KEYS_ROTATE, "authority", "another authority of certificates")
                replace_authority(
                    desk.folder.authority, entropy=world.entropy, now=world.now(), tenant=keyring.tenant,
                    passphrase=desk.custody.passphrase, disk=desk.custody.disk,
                )  # fmt: skip
        finally:
            os.close(handle)
    tell("authority_replaced", folder=desk.folder.authority)
