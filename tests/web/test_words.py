"""Every page says all it says in Korean and in English."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

WEB = Path(__file__).parents[2] / "web"
PAGES = sorted([*(WEB / "templates").glob("*.html"), *(WEB / "static").glob("*.js")])
HANGUL = re.compile("[\uac00-\ud7a3]")
FILLED = re.compile(r"\$\{[^}]*\}")
WORD = re.compile("[A-Za-z]{3,}")
PAIR = re.compile(r"""\[\s*("[^"\n]*"),\s*("[^"\n]*")""")
OPENING, CLOSING, QUOTES = "([{", ")]}", "\"'`"
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'`])//[^\n]*|\{#.*?#\}", re.DOTALL)
NAMED_IN_ITSELF = re.compile(r'한국어|<(\w+)[^>]*\blang="(?:ko|en)"[^>]*>.*?</\1>')
"""A language's own name, and what stands beside in the page's other language."""


def skip_text(text: str, begin: int) -> int:
    """Where the quoted text that begins here ends; what a template literal holds may be quoted itself."""
    at = begin + 1
    while text[at] != text[begin]:
        if text[at] == "\\":
            at += 1
        elif text[begin] == "`" and text.startswith("${", at):
            at = list(parts(text, at + 1))[-1][1]
        at += 1
    return at


def parts(text: str, begin: int) -> Iterator[tuple[int, int]]:
    """Begin and end of each part between commas of what is bracketed here."""
    depth, at, since = 0, begin, begin + 1
    while True:
        if text[at] in QUOTES:
            at = skip_text(text, at)
        elif text[at] in OPENING:
            depth += 1
        elif text[at] in CLOSING:
            depth -= 1
        if depth == 0 or (depth == 1 and text[at] == ","):
            yield since, at
            since = at + 1
        if depth == 0:
            return
        at += 1


def said(text: str) -> Iterator[tuple[int, list[str]]]:
    """Where each `say(…)` ends, and what is given to it."""
    for found in re.finditer(r"\bsay\(", text):
        spans = [*parts(text, found.end() - 1)]
        yield spans[-1][1], [text[begin:end].strip() for begin, end in spans if text[begin:end].strip()]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_what_is_said_is_said_in_both_languages(path: Path):
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))
    pairs = [given for _, given in said(text) if not given[0].startswith("...")]
    pairs += [list(found.groups()) for found in PAIR.finditer(text) if HANGUL.search(found.group(1))]
    for pair in pairs:
        assert len(pair) == 2, f"{pair}: Korean and English"
        korean, english = pair
        assert not HANGUL.search(english), f"{pair}: the second is English"
        written = FILLED.sub("", korean) if korean[0] in QUOTES else ""
        assert HANGUL.search(korean) or not WORD.search(written), f"{pair}: the first is Korean"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_nothing_is_said_in_one_language_alone(path: Path):
    text = COMMENT.sub("", path.read_text(encoding="utf-8"))
    text = NAMED_IN_ITSELF.sub("", PAIR.sub("", text))
    for found in reversed([*re.finditer(r"\bsay\(", text)]):
        end = [*parts(text, found.end() - 1)][-1][1]
        text = text[: found.start()] + text[end + 1 :]
    assert HANGUL.findall(text) == []
