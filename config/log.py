"""One line an event, for a person (text) or a collector (json). Secrets and positions are never logged.

Nor is what else tells of a person: what comes along with a library's error is taken out of the finished line.
What others wrote may stand in an event: a path, a reason. Characters by which it could look like a line of its own, or
move a terminal's cursor, are written as their escapes; a trace's lines are indented, which no event is.
"""

import io
import logging
import re
import sys
import textwrap
from typing import Any, TextIO

import structlog


def configure(*, level: str, form: str) -> None:
    """Send structlog and the standard library's log to stderr in `form` (text or json)."""
    shared: list[structlog.typing.Processor] = [
        _harmless,
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    # Tracebacks are plain: the pretty ones print local variables, and those hold tokens and positions.
    render: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, _harmless, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if form == "json"
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=_indented)]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    line = logging.StreamHandler(sys.stderr)
    line.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *render,
                _redacted,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [line]
    root.setLevel(level.upper())
    for noisy in ("urllib3", "peewee"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # A tick that is left out, as the one before is still at work, is no cause for alarm: what is due is in the tables.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


PERSONAL = re.compile(
    r"(?P<detail>DETAIL:  ?[^\n\\]*)"  # PostgreSQL repeats the row that it refused
    r"|(?P<address>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<number>\+\d{8,15}\b|\b0\d{1,2}[- ]?\d{3,4}[- ]?\d{4}\b)"
    r"|(?P<place>(?<![\d:.])-?\d{1,3}\.\d{4,}\b)"
    r"|(?P<token>(?<![\w-])[A-Za-z0-9_-]{43}(?![\w-]))"
)
"""What tells of a person whatever event it stands in: an address, a phone number, degrees, a token."""


def _redacted(_logger: object, _method: str, line: Any) -> str:
    """The finished line without what tells of people. None should come here; a library's error may bring one along."""
    return PERSONAL.sub(lambda found: f"({found.lastgroup} not logged)", line)


ENDS_A_LINE = "\n"
UNSEEN = [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
"""Controls, ends of lines, and what turns the direction of writing."""
ESCAPES = {code: f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" for code in UNSEEN}


def _harmless(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The event with every text of it on one line. A trace keeps its lines: JSON writes them as escapes itself."""
    for name, value in event.items():
        event[name] = _lines(value) if name == "exception" else _escaped(value)
    return event


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return value.translate(ESCAPES)
    if isinstance(value, list | tuple):
        return [_escaped(inner) for inner in value]
    return {name: _escaped(inner) for name, inner in value.items()} if isinstance(value, dict) else value


def _lines(text: str) -> str:
    return ENDS_A_LINE.join(line.translate(ESCAPES) for line in text.split(ENDS_A_LINE))


def _indented(out: TextIO, trace: structlog.typing.ExcInfo) -> None:
    plain = io.StringIO()
    structlog.dev.plain_traceback(plain, trace)
    out.write(textwrap.indent(_lines(plain.getvalue()), "    ", lambda _line: True))
