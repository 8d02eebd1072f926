"""What browsers are told about every answer, and the cookies that pages hold."""

from flask import Flask, Response, current_app, request
from werkzeug.wrappers import Response as AnyResponse

CONTENT_ALONE = (
    "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
)
"""Content-Security-Policy of what is no page: opened by itself, it loads, runs and sends nothing."""
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": CONTENT_ALONE,
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
"""Of every answer; a page brings a Content-Security-Policy of its own. No Access-Control-Allow-Origin: no other site
reads an answer."""
HTTPS_ALONE = "max-age=63072000; includeSubDomains"
SESSION = "patrol_session"
HOST_ONLY = "__Host-"
"""Prefix that browsers accept only with Secure, of this host and for all of it."""


def install(app: Flask, *, https: bool) -> None:
    """Put the headers on every answer. `https`: browsers reach the server by it, and by nothing else from then on."""
    app.extensions["https"] = https

    @app.after_request
    def protect(answer: Response) -> Response:
        for name, value in ALWAYS.items():
            answer.headers.setdefault(name, value)
        if https:
            answer.headers["Strict-Transport-Security"] = HTTPS_ALONE
        if request.path.startswith("/api/"):
            answer.headers.setdefault("Cache-Control", "no-store")
        return answer


def cookie_name(name: str = SESSION) -> str:
    """A cookie's name, here: by https it is the host's alone."""
    return HOST_ONLY + name if current_app.extensions["https"] else name


def cookie(name: str = SESSION) -> str:
    """The value of a cookie that came with the request, or ""."""
    return request.cookies.get(cookie_name(name), "")


def set_cookie(answer: AnyResponse, value: str, *, max_age_s: int, name: str = SESSION) -> None:
    """Let the browser keep a value that no script reads and no other site's request brings along."""
    answer.set_cookie(
        cookie_name(name),
        value,
        max_age=max_age_s,
        httponly=True,
        samesite="Lax",
        secure=current_app.extensions["https"],
    )


def forget(answer: AnyResponse) -> None:
    """Let the browser drop the session's cookie. What its pages keep, their own script removes."""
    answer.delete_cookie(cookie_name(), httponly=True, samesite="Lax", secure=current_app.extensions["https"])
