"""Passphrases come from the environment, from a file, or from the keyboard; never from the command line."""

import sys
from pathlib import Path

import typer

from api.cli.key_words import tell
from controller.keys.errors import PassphraseMissing, PassphraseWeak
from controller.keys.sealing import LEAST_LETTERS, new_passphrase
from controller.runtime import world
from controller.runtime.keys import given_passphrase, read_passphrase
from controller.settings import KeySettings


def root_passphrase(keys: KeySettings, file: Path | None) -> str:
    """Of the root key file. PassphraseMissing."""
    given = read_passphrase(file) if file else given_passphrase(keys)
    return given if given is not None else _asked("Mật khẩu khóa gốc / passphrase of the root key")


def fresh_passphrase(keys: KeySettings, file: Path | None) -> str:
    """A new one: given, typed twice, or drawn and shown once. PassphraseMissing, PassphraseWeak."""
    given = _new_one_given(keys, file)
    if given is None:
        given = _asked("Mật khẩu mới, để trống thì máy tự chọn / new passphrase, empty: one is drawn", again=True)
    if given == "":
        given = new_passphrase(world.entropy)
        tell("drawn", passphrase=given)
    if len(given) < LEAST_LETTERS:
        raise PassphraseWeak()
    return given


def backup_passphrase(keys: KeySettings, file: Path | None, *, new: bool) -> str:
    """Of the keys in a backup. PassphraseMissing, PassphraseWeak."""
    if new:
        return fresh_passphrase(keys, file)
    given = _new_one_given(keys, file)
    return given if given is not None else _asked("Mật khẩu của bản sao lưu / passphrase of the backup")


def _new_one_given(keys: KeySettings, file: Path | None) -> str | None:
    if file is not None:
        return read_passphrase(file)
    return keys.new_passphrase.get_secret_value() if keys.new_passphrase else None


def _asked(question: str, *, again: bool = False) -> str:
    if not sys.stdin.isatty():
        raise PassphraseMissing()
    typed: str = typer.prompt(
        question, hide_input=True, confirmation_prompt=again, err=True, default="" if again else None,
        show_default=False,
    )  # fmt: skip
    return typed
