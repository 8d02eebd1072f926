"""Building target blocks from the streets and whatever safety data the city has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from config.database import transaction
from config.policy import Blocks
from patrol.errors import Conflict
from patrol.places.models import Block, City
from patrol.places.operations.blocks import line_of, line_values, middle_of, put
from patrol.places.operations.cities import hold, policy_of
from patrol.places.operations.districts import districts_of, lying_in, settle
from patrol.places.operations.safety import points_of
from patrol.places.operations.streets import load_graph
from patrol.places.rules import next_codes, weight_of

if TYPE_CHECKING:
    from patrol.places.operations.scoring import Candidate, Scored

Progress = Callable[[str, float], None]


class NothingToBuild(Conflict):
    """No stretch of the city's streets earns a point by its policy."""

    words = {
        "ko": "점수를 얻는 길이 없습니다. 정책 파일의 [blocks]를 살펴보세요: min_m {min_m:g}, street_points.",
        "en": "No stretch of street earns a point; see [blocks] in the policy file: min_m {min_m:g}, street_points.",
    }


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did, and what the city's built blocks now are."""

    blocks: int
    added: int
    changed: int
    unchanged: int
    switched_off: int
    stretches: int
    length_m: float
    weight: float
    source: str


def build_blocks(
    city: City,
    *,
    districts: frozenset[UUID] = frozenset(),
    now: datetime,
    cache_dir: Path | None = None,
    on_progress: Progress | None = None,
) -> Built:
    """Make the best stretches of street by the policy's [blocks] into line blocks; the same input, the same blocks.

    A block whose line is chosen again keeps its id and code; one that is chosen no more is switched off and kept, as
    shifts may refer to it. Imported and drawn blocks, and built ones that somebody edited (they count as drawn from
    then on), stay as they are, and no second block is laid on their line. Hot spots with a dwell are a coordinator's
    judgement and come by import or drawing only.
    With `districts`, the blocks of others stay as they are; the best stretches are chosen over the whole city anyway.
    Raises NoStreets, NothingToBuild.
    """
    say = on_progress or (lambda _phase, _fraction: None)
    rules = policy_of(city).blocks
    say("streets", 0.0)
    graph = load_graph(city, cache_dir)
    from patrol.places.operations.scoring import score  # noqa: PLC0415 - it loads SciPy; see streets.py

    say("scoring", 0.2)
    scored = score(graph, rules, points_of(city))
    if not scored.chosen:
        raise NothingToBuild(min_m=rules.min_m)
    say("writing", 0.8)
    built = _write(city, scored, rules, districts, now)
    say("writing", 1.0)
    return built


def _write(city: City, scored: "Scored", rules: Blocks, districts: frozenset[UUID], now: datetime) -> Built:
    with transaction():
        hold(city)
        there = list(Block.select().where(Block.city == city))
        by_hand = {line_of(block) for block in there if block.source != "built"}
        concerned = [block for block in there if not districts or block.district_id in districts]
        before = {line_of(block): block for block in concerned if block.source == "built"}
        chosen = {
            candidate.line: candidate
            for candidate in _within(city, scored.chosen, districts)
            if candidate.line not in by_hand
        }
        codes = iter(next_codes([block.code for block in there]))
        added = changed = 0
        for line, candidate in chosen.items():
            values = _values(candidate, scored.best, rules)
            if line not in before:
                Block.create(city=city, code=next(codes), created_at=now, changed_at=now, **values)
                added += 1
            else:
                changed += put(before[line], values, now)
        gone = [block for line, block in before.items() if line not in chosen and block.active]
        for block in gone:
            put(block, {"active": False}, now)
        settle(city, Block)
    return Built(
        blocks=len(chosen),
        added=added,
        changed=changed,
        unchanged=len(chosen) - added - changed,
        switched_off=len(gone),
        stretches=scored.stretches,
        length_m=round(sum(candidate.length_m for candidate in chosen.values()), 1),
        weight=round(sum(weight_of(candidate.points, scored.best) for candidate in chosen.values()), 1),
        source="safety data" if scored.from_layers else "streets alone",
    )


def _within(city: City, chosen: Sequence["Candidate"], districts: frozenset[UUID]) -> Sequence["Candidate"]:
    """Those in one of `districts`; all, where none is named."""
    if not districts:
        return chosen
    where = lying_in(districts_of(city), [middle_of(candidate.line) for candidate in chosen])
    return [candidate for candidate, found in zip(chosen, where, strict=True) if found in districts]


def _values(candidate: "Candidate", best: float, rules: Blocks) -> dict[str, Any]:
    return {
        **line_values(candidate.line),
        "street": candidate.street,
        "weight": weight_of(candidate.points, best),
        "visits_per_week": rules.visits_per_week,
        "reasons": candidate.reasons,
        "source": "built",
        "active": True,
    }
