"""What every answer wears, so that a browser does nothing with it but show it."""

from collections.abc import Mapping

HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
TLS_ONLY = "max-age=31536000"
"""Strict-Transport-Security: for a year browsers come by TLS alone."""
PAGE: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
}
"""Of a page with forms. Without a referrer of our own a browser would send its forms with `Origin: null`."""


def worn(tls: bool) -> Mapping[str, str]:
    """`tls`: whether browsers reach us by TLS."""
    return {**HEADERS, "Strict-Transport-Security": TLS_ONLY} if tls else HEADERS
