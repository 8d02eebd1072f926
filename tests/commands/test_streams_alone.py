"""A process that holds live streams and nothing else."""

from commands.serving import STREAM, only


def answered(application, path):
    said = []
    body = b"".join(application({"PATH_INFO": path}, lambda status, headers: said.append((status, dict(headers)))))
    return said[0], body


def stream(environ, start):
    start("200 OK", [("Content-Type", "text/event-stream")])
    return [b"id: 1\n\n"]


def test_the_stream_is_answered():
    (status, _), body = answered(only(stream, STREAM), STREAM)
    assert (status, body) == ("200 OK", b"id: 1\n\n")


def test_whatever_else_is_asked_for_is_not_there():
    (status, headers), body = answered(only(stream, STREAM), "/api/v1/me")
    assert status == "404 Not Found"
    assert headers == {"Content-Type": "application/problem+json", "Content-Length": str(len(body))}
