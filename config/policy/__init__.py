"""A city's policy: what it may decide without touching code. One TOML file, validated whole, kept with the city.

busan.toml is the worked example; generic.toml serves a city that has not written its own yet.
"""

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from config.policy.answering import Duty, Kind, Notices, Notifications
from config.policy.contradictions import contradictions
from config.policy.privacy import Consent, Retention
from config.policy.values import Destination, Urgency, Words
from config.policy.walking import Blocks, Evening, Feature, Gap, Screening, Welfare
from config.policy.whole import Formats, Policy

__all__ = [
    "Blocks",
    "Consent",
    "Destination",
    "Duty",
    "Evening",
    "Feature",
    "Formats",
    "Gap",
    "Kind",
    "Notices",
    "Notifications",
    "Policy",
    "PolicyError",
    "Retention",
    "Screening",
    "Urgency",
    "Welfare",
    "Words",
    "dump",
    "parse",
    "read_policy",
    "shipped",
]

SHIPPED = Path(__file__).parent


class PolicyError(Exception):
    """The policy cannot be used. `where` names the place in the file, such as `kinds[3].urgency`."""

    def __init__(self, source: str, where: str, problem: str) -> None:
        """Shown as `busan.toml: kinds[3].urgency: …`."""
        self.source, self.where, self.problem = source, where, problem
        super().__init__(f"{source}: {where}: {problem}" if where else f"{source}: {problem}")


def shipped(name: str) -> Path:
    """Path of a policy that ships: `busan` or `generic`."""
    return SHIPPED / f"{name}.toml"


def read_policy(path: Path) -> Policy:
    """The policy in a file. Raises PolicyError naming the place and what is wrong."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PolicyError(str(path), "", f"cannot be read ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(str(path), "", f"is not TOML: {error}") from None
    return parse(content, source=path.name)


def parse(content: dict[str, Any], *, source: str) -> Policy:
    """The policy in a parsed file or a city's row. Raises PolicyError."""
    try:
        policy = msgspec.convert(content, Policy)
    except msgspec.ValidationError as error:
        raise PolicyError(source, *_placed(str(error))) from None
    for where, problem in contradictions(content, policy):
        raise PolicyError(source, where, problem)
    return policy


def dump(policy: Policy) -> dict[str, Any]:
    """Plain values, as kept in the city's row."""
    content: dict[str, Any] = msgspec.to_builtins(policy)
    return content


def _placed(text: str) -> tuple[str, str]:
    """What msgspec says (`… - at `$.kinds[3].name``, perhaps `at `key` in `) → place, problem."""
    found = re.fullmatch(r"(.*?) - at (`key` in )?`\$\.?(.*)`", text)
    if found is None:
        return "", text
    problem, in_key, where = found.groups()
    return where, f"{problem} as a name in it" if in_key else problem
