"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Literal

import typer

Json = Annotated[bool, typer.Option("--json", help="One JSON value on stdout, for programs.")]
Data = Annotated[Path | None, typer.Option("--data", help="Data folder; otherwise LOA_DATA, otherwise ./loa-data.")]
OnlineRole = Literal["content", "alert", "drill", "firmware", "control", "time", "all"]
RootFile = Annotated[
    Path | None, typer.Option("--root", help="The root key's file; otherwise LOA_KEYS__ROOT_FILE, otherwise root/.")
]
Secret = Annotated[
    Path | None,
    typer.Option(help="File with the root key's passphrase; otherwise LOA_KEYS__ROOT_PASSPHRASE, or asked."),
]
NewSecret = Annotated[
    Path | None, typer.Option(help="File with the new passphrase; otherwise LOA_KEYS__NEW_PASSPHRASE, or asked.")
]
