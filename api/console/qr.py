"""Square codes that a telephone scans."""

from io import BytesIO

import segno


def qr_svg(text: str) -> bytes:
    """An SVG of its own, without style or script."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", scale=6, border=4, light="#fff", dark="#000")
    return out.getvalue()
