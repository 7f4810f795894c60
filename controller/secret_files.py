"""Settings from files: `LOA_KEYS__PASSPHRASE_FILE` names a file that holds what LOA_KEYS__PASSPHRASE would."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from pydantic_settings import BaseSettings, EnvSettingsSource

from controller.errors.machine import SecretFileRefused

PREFIX, ENDING = "LOA_", "_FILE"


def from_files(environment: Mapping[str, str], own: Collection[str] = ()) -> dict[str, str]:
    """What the named files hold, without the end of the last line, by the name that it would have here.

    `own`: names that are settings themselves and say where a file lies.

    SecretFileRefused where a file cannot be read, or the setting is given twice.
    """
    names = {name: path for name, path in environment.items() if _is_named(name) and name not in own}
    for name in names:
        if name.removesuffix(ENDING) in environment:
            raise SecretFileRefused(name=name, reason=f"{name.removesuffix(ENDING)} is set too")
    return {name.removesuffix(ENDING): _content(name, Path(path)) for name, path in names.items()}


def file_source(kind: type[BaseSettings]) -> EnvSettingsSource:
    """The files that the environment of this process names, as a source of settings."""
    source = EnvSettingsSource(kind)
    found: dict[str, Any] = {name.lower(): value for name, value in from_files(os.environ, _own(kind)).items()}
    source.env_vars = found
    return source


def _is_named(name: str) -> bool:
    return name.startswith(PREFIX) and name.endswith(ENDING)


def _own(kind: type[BaseSettings]) -> set[str]:
    """Settings that end like that by themselves: `LOA_KEYS__ROOT_FILE`."""
    groups = {name: getattr(field.annotation, "model_fields", {}) for name, field in kind.model_fields.items()}
    return {f"{PREFIX}{group}__{name}".upper() for group, fields in groups.items() for name in fields}


def _content(name: str, path: Path) -> str:
    try:
        return path.read_text("utf-8-sig").rstrip("\r\n")
    except (OSError, ValueError) as error:
        raise SecretFileRefused(name=name, reason=getattr(error, "strerror", None) or "no text in UTF-8") from error
