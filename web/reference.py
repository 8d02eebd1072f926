"""The page for reading the API's OpenAPI document, at /api/docs."""

from flask import Blueprint, Response, render_template

from web.views import CONTENT

blueprint = Blueprint("reference", __name__, template_folder="templates")

RELAXED = CONTENT.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
"""The viewer writes style attributes; scripts stay as strict as everywhere."""


@blueprint.get("/api/docs")
def docs() -> str:
    """The document, to read."""
    return render_template("reference.html")


@blueprint.after_request
def secure(answer: Response) -> Response:
    """As every page, but for the viewer's style attributes."""
    answer.headers["Content-Security-Policy"] = RELAXED
    return answer
