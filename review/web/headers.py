"""What every answer of the desk carries: nothing but its own files and forms, never in a frame, never kept."""

from __future__ import annotations

from flask import Flask, Response, request

from review.web.desk import desk

STATIC_SECONDS = 3600


def policy(evidence: str) -> str:
    """Captured material may be shown as a picture or in a frame, from its own origin; nothing else comes from there."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' data: {evidence}",
            f"frame-src {evidence}",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def protect(app: Flask) -> None:
    app.after_request(_protected)


def _protected(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = policy(desk().web.listen.evidence)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint in ("static", "vendor.static"):
        headers["Cache-Control"] = f"public, max-age={STATIC_SECONDS}"
    else:
        headers["Cache-Control"] = "no-store"
        headers.add("Vary", "Cookie, HX-Request")
    return response
