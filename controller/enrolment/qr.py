"""The one door to segno: a text as a QR code."""

from io import BytesIO

import segno

QUIET_MODULES = 4
"""White around it (ISO/IEC 18004)."""


def qr_svg(text: str) -> str:
    """An `<svg>` element without colours, styles or scripts of its own, as large as what it stands in."""
    return segno.make(text, error="m", micro=False).svg_inline(border=QUIET_MODULES, omitsize=True)


def qr_file(text: str) -> bytes:
    """An SVG file of its own, black on white, without style or script."""
    file = BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(file, kind="svg", scale=6, border=QUIET_MODULES, light="#fff", dark="#000")
    return file.getvalue()


def qr_png(text: str, scale: int = 8) -> bytes:
    """A PNG with so many points a module."""
    file = BytesIO()
    segno.make(text, error="m", micro=False).save(file, kind="png", scale=scale, border=QUIET_MODULES)
    return file.getvalue()
