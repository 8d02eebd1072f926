"""How hard a plan is to foresee that was drawn among near-best ones."""

from collections import Counter
from collections.abc import Sequence
from math import log2

from routing.week.plan import Surprise

Visits = dict[int, list[tuple[int, int]]]
"""Per visited block, the (team, day) of each of its visits."""


def surprise(plans: Sequence[Visits], *, price: float) -> Surprise:
    """The figures for one plan drawn among these, with equal chances; see Surprise."""
    blocks = {block for plan in plans for block in plan}
    who_when = [_entropy(_chances([plan[block] for plan in plans if block in plan])) for block in sorted(blocks)]
    shares = [sum(block in plan for plan in plans) / len(plans) for block in sorted(blocks)]
    where = [_entropy([share, 1 - share]) for share in shares]
    return Surprise(
        plans=len(plans),
        entropy_bits=sum(who_when) / len(who_when) if who_when else 0.0,
        where_bits=sum(where) / len(where) if where else 0.0,
        price=price,
    )


def _chances(visited: Sequence[Sequence[tuple[int, int]]]) -> list[float]:
    """Of each (team, day), when a plan is drawn and then one of its visits."""
    found: Counter[tuple[int, int]] = Counter()
    for visits in visited:
        for visit in visits:
            found[visit] += 1 / (len(visits) * len(visited))  # type: ignore[assignment] # chances, not counts
    return list(found.values())


def _entropy(chances: Sequence[float]) -> float:
    """In bits; 0 for a certainty."""
    return max(0.0, -sum(p * log2(p) for p in chances if p > 0))
