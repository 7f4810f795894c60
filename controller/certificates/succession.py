"""Another authority in place of one that somebody else has, or that is lost: nothing by the old one opens a door."""

from collections.abc import Callable
from pathlib import Path

from controller.certificates.authority import make_authority
from controller.keys.disk import Disk
from controller.keys.first_clock import refuse_clock


def replace_authority(
    folder: Path, *, entropy: Callable[[int], bytes], now: int, tenant: str, passphrase: str | None, disk: Disk
) -> None:
    """Make another authority; the controller's own certificate and key go with the old one. ClockBehind.

    Only where no controller runs on this data folder. After a cut there is the old authority, the new one, or none: a
    start without one is refused, and this is done again.
    """
    refuse_clock(now)
    fresh, old = make_authority(folder, entropy, now, tenant, passphrase), folder.with_name(folder.name + ".old")
    if folder.exists():
        _empty(old, disk)
        disk.move(folder, old)
    _empty(old, disk)
    disk.move(fresh, folder)


def _empty(folder: Path, disk: Disk) -> None:
    """Its keys leave the disk."""
    if folder.exists():
        for path in sorted(folder.iterdir()):
            disk.remove(path)
        folder.rmdir()
