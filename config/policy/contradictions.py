"""What no single value of a policy shows: that two of them do not go together."""

import math
import re
from collections.abc import Iterator
from typing import Any

from config.policy.whole import Formats, Policy


def contradictions(content: dict[str, Any], policy: Policy) -> Iterator[tuple[str, str]]:
    """Place in the file and what is wrong there, for all that is. `content` is what `policy` was read from."""
    yield from _infinite(content)
    yield from _unfit_formats(policy.formats)
    yield from _at_odds(policy)
    yield from _untold(policy)


def _infinite(content: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """TOML has nan and inf, and no limit refuses them."""
    if isinstance(content, dict):
        for name, inner in content.items():
            yield from _infinite(inner, f"{where}.{name}".removeprefix("."))
    elif isinstance(content, list | tuple):
        for i, inner in enumerate(content):
            yield from _infinite(inner, f"{where}[{i}]")
    elif isinstance(content, float) and not math.isfinite(content):
        yield where, f"{content} is no number to reckon with"


def _unfit_formats(formats: Formats) -> Iterator[tuple[str, str]]:
    """Patterns that are none, and examples that their own pattern refuses."""
    for kind in ("phone", "registration"):
        pattern, example = getattr(formats, f"{kind}_pattern"), getattr(formats, f"{kind}_example")
        try:
            fits = re.fullmatch(pattern, re.sub(r"[^0-9A-Za-z]", "", example))
        except re.error as error:
            yield f"formats.{kind}_pattern", f"is no regular expression ({error})"
            continue
        if not fits:
            yield f"formats.{kind}_example", f"{example!r} does not fit {kind}_pattern"


def _at_odds(policy: Policy) -> list[tuple[str, str]]:
    """Values that do not go together, and names of what is not there."""
    walk, screening, welfare = policy.walk, policy.screening, policy.welfare
    found = []
    if not walk.default_min <= walk.soft_cap_min <= walk.hard_cap_min:
        found.append(("walk", "default_min ≤ soft_cap_min ≤ hard_cap_min does not hold"))
    if sum(screening.rubric.values()) != 100:
        found.append(("screening.rubric", f"the points add up to {sum(screening.rubric.values())}, not 100"))
    if not welfare.caution_c <= welfare.halve_c <= welfare.stop_c:
        found.append(("welfare", "caution_c ≤ halve_c ≤ stop_c does not hold"))
    if welfare.puppy_years >= welfare.senior_years:
        found.append(("welfare.puppy_years", "is not below senior_years: every dog would be one or the other"))
    if 2 * policy.blocks.min_m > policy.blocks.max_m:
        found.append(("blocks.min_m", "is more than half of max_m: a longer stretch could not be cut in two"))
    if list(policy.week.visit_shares) != sorted(policy.week.visit_shares, reverse=True):
        found.append(("week.visit_shares", "a later visit is worth more than one before it"))
    if policy.evening.begins == policy.evening.ends:
        found.append(("evening", "begins and ends at the same time"))
    if policy.escalation.station_duty not in {duty.code for duty in policy.every_duty()}:
        found.append(("escalation.station_duty", f"{policy.escalation.station_duty} is no duty of this policy"))
    found += _repeated("kinds", "code", [kind.code for kind in policy.kinds])
    found += _repeated("duties", "code", [duty.code for duty in policy.duties])
    found += _repeated("consents", "kind", [consent.kind for consent in policy.consents])
    found += _repeated("hotlines", "number", [hotline.number for hotline in policy.hotlines])
    numbers = {hotline.number for hotline in policy.hotlines}
    found += [
        (f"kinds[{i}]", f"{number} is no hotline of this policy")
        for i, kind in enumerate(policy.kinds)
        for number in (kind.call_first, *kind.refer_to)
        if number and number not in numbers
    ]
    found += [
        (f"kinds[{i}].duty", "a kind that goes to a duty must name it")
        for i, kind in enumerate(policy.kinds)
        if kind.goes_to == "duty" and not kind.duty
    ]
    return found


def _untold(policy: Policy) -> Iterator[tuple[str, str]]:
    """What other systems must not be told, or cannot be."""
    for i, code in enumerate(policy.bridges.kinds):
        kind = policy.kind(code)
        if kind is None:
            yield f"bridges.kinds[{i}]", f"{code} is no kind of this policy"
        elif kind.restricted or kind.urgency == "Immediate":
            yield f"bridges.kinds[{i}]", f"{code} is restricted or Immediate, which leaves the house by no bridge"
    for i, code in enumerate(policy.bridges.texts):
        if code not in policy.bridges.kinds:
            yield f"bridges.texts[{i}]", f"{code} is not among bridges.kinds"


def _repeated(table: str, name: str, values: list[str]) -> list[tuple[str, str]]:
    return [
        (f"{table}[{i}].{name}", f"{value} stands there twice") for i, value in enumerate(values) if value in values[:i]
    ]
