"""How a plan is made, from the problem to the checked record.

Everybody from one door: annealing until the time is up, in ever longer coolings. From many doors: annealing, then
columns (loops weighed against each other over the whole city), the proof, and annealing on from the best.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from routing.deadline import Deadline
from routing.finish import finished, weight_of
from routing.joint import Merged, merge_groups
from routing.plan import Phase, Plan, PlanParams, Progress
from routing.problem import Integers, Problem
from routing.search.search import Search

if TYPE_CHECKING:
    from routing.master.columns import ColumnSearch

_HOT, _COLD, _WARM = 2.0, 0.1, 0.5
_COOLING_S, _LONGER = 1.0, 10.0**0.5
_FIRST_SHARE, _COLUMNS_SHARE, _PROOF_SHARE = 0.12, 0.32, 0.9
_LARGE = 1_000_000
_COLUMNS_SHARE_OF_LARGE, _PROOF_SHARE_OF_LARGE = 0.7, 0.82
_PASSES, _ROUNDS = 2, 6
_PACK_EARLY_SHARE, _PACK_SHARE = 0.04, 0.6
_LEAST_TO_PRICE_S = 0.3
_TELL_EVERY_S = 0.2
_ITERATIONS_A_ROUND = 1000
_PROOFS_BY_ROUNDS_S = 5.0


def solve(
    problem: Problem,
    params: PlanParams,
    *,
    seed: int,
    deadline: Deadline,
    on_progress: Callable[[Progress], None],
) -> Plan:
    """Insertion, search, columns, proof, reasons, check. Raises PlanBrokenError for a plan that the checker refuses."""
    merged = merge_groups(problem)
    run = _Run(merged.problem, params, seed=seed, deadline=deadline, on_progress=on_progress)
    run.insertion()
    if params.rounds is not None:
        run.by_rounds(params.rounds)
    elif _one_door(merged.problem):
        run.from_one_door()
    else:
        run.from_many_doors()
    return run.finish(problem, merged)


def _one_door(problem: Problem) -> bool:
    """Whether all teams are alike, so that weighing their loops against each other says nothing."""
    return problem.teams <= 1 or bool(
        (problem.door_m == problem.door_m[0]).all() and (problem.last_leg_m == problem.last_leg_m[0]).all()
    )


def _closing_s(problem: Problem) -> float:
    """Seconds kept for reasons and the check."""
    return 0.05 + 1.5e-6 * problem.teams * problem.blocks


def _reachable_weight(problem: Problem, reach: Integers) -> float:
    """What all visits are worth that somebody could make; reach: each block once for each team that can serve it."""
    able = np.bincount(reach, minlength=problem.blocks)
    visits = problem.visit_weight
    return float(visits[np.arange(visits.shape[1])[None, :] < able[:, None]].sum())


class _Run:
    """One call of the planner: the search, and the columns once they are needed."""

    def __init__(
        self,
        problem: Problem,
        params: PlanParams,
        *,
        seed: int,
        deadline: Deadline,
        on_progress: Callable[[Progress], None],
    ) -> None:
        self._problem, self._params, self._seed = problem, params, seed
        self._whole = deadline
        self._deadline = deadline.earlier(min(_closing_s(problem), 0.5 * params.seconds))
        self._on_progress = on_progress
        self._told_s = 0.0
        self._phase: Phase = "insertion"
        self._made_by = "insertion"
        self._search = Search(problem, seed=seed, threads=params.threads)
        self._columns: ColumnSearch | None = None
        self._loose_bound = _reachable_weight(problem, self._search.reach)

    def insertion(self) -> None:
        """Every loop filled greedily, and the previous plan if that is better."""
        self._search.construct()
        if self._problem.previous is not None:
            before = dict(self._problem.previous.routes)
            self._search.adopt([before.get(team, ()) for team in range(self._problem.teams)])
        self._tell("insertion")

    def by_rounds(self, rounds: int) -> None:
        """So many rounds of everything, whatever the time."""
        if rounds == 0 or not self._worth_searching():
            return
        self._made_by = "search"
        self._search.cool(_HOT, _COLD, share=self._share(0.9), iterations=rounds * _ITERATIONS_A_ROUND)
        columns = self._opened()
        for _ in range(rounds):
            if self._deadline.over() or not columns.step(self._deadline):
                break
        self._pack(columns, self._deadline)
        columns.prove(self._deadline.sooner(self._deadline.elapsed_s() + _PROOFS_BY_ROUNDS_S))

    def from_one_door(self) -> None:
        """Coolings that end after 1 s, 3 s, 10 s, ..., so that a longer run goes on from a shorter one."""
        if not self._worth_searching():
            return
        self._made_by = "search"
        ends_s = _COOLING_S
        while not self._deadline.over() and not self._covers_all():
            self._search.cool(_HOT, _COLD, share=self._until(ends_s))
            ends_s *= _LONGER

    def from_many_doors(self) -> None:
        """Anneal, weigh loops against each other, prove, and anneal on."""
        if not self._worth_searching():
            return
        self._made_by = "search"
        began_s = self._deadline.elapsed_s()
        left_s = self._deadline.left_s()
        self._search.cool(_WARM, _COLD / 2, share=self._until(began_s + _FIRST_SHARE * left_s))
        if self._deadline.left_s() < _LEAST_TO_PRICE_S or self._covers_all():
            return
        columns = self._opened()
        self._made_by = "search+columns"
        large = self._problem.teams * self._problem.blocks > _LARGE  # prices take long there, and no proof comes near
        share = _COLUMNS_SHARE_OF_LARGE if large else _COLUMNS_SHARE
        self._price(columns, self._deadline.sooner(began_s + share * left_s))
        self._pack(columns, self._deadline.sooner(began_s + (share + _PACK_EARLY_SHARE) * left_s))
        share = _PROOF_SHARE_OF_LARGE if large else _PROOF_SHARE
        self._prove(columns, self._deadline.sooner(began_s + share * left_s))
        self._close(columns)

    def finish(self, original: Problem, merged: Merged) -> Plan:
        """The checked plan."""
        self._tell("reasons")
        plan = finished(
            original,
            merged,
            self._search.sequences(),
            solver=self._made_by,
            seed=self._seed,
            solve_s=self._whole.elapsed_s,
            bound=self._bound(),
            lp=None if self._columns is None or self._columns.prices is None else self._columns.prices.value,
            over=self._whole.over,
        )
        self._tell("done")
        return plan

    def _worth_searching(self) -> bool:
        """Whether there is time and anything left to find."""
        return self._search.value > 0 and not self._deadline.over() and not self._covers_all()

    def _covers_all(self) -> bool:
        """Whether the best plan is as good as its bound, with nothing further to gain from pins or staying near."""
        return self._search.value >= self._bound() + self._search.bonuses

    def _opened(self) -> "ColumnSearch":
        """The columns, with the loops of the best plan to begin with."""
        from routing.master.columns import ColumnSearch  # noqa: PLC0415 loading OR-Tools takes most of a second

        self._columns = ColumnSearch(self._problem, threads=self._params.threads, seed=self._seed)
        self._columns.add(enumerate(self._search.sequences()))
        return self._columns

    def _price(self, columns: "ColumnSearch", deadline: Deadline) -> None:
        """Steps of pricing, a packing now and then."""
        while not deadline.over() and columns.step(deadline):
            self._tell("loops")

    def _prove(self, columns: "ColumnSearch", deadline: Deadline) -> None:
        """A bound, as close as it gets; if there is time then, better prices by the loops met, and a bound at those."""
        while not deadline.over():
            columns.prove(deadline, passes=_PASSES, rounds=_ROUNDS)
            self._tell("proof")
            if deadline.over() or not columns.step(deadline):
                break

    def _close(self, columns: "ColumnSearch") -> None:
        """Pack, anneal on from there, and pack once more with what that has found."""
        for share, cold in ((0.5, _COLD / 4), (1.0, _COLD / 8)):
            began_s, left_s = self._deadline.elapsed_s(), self._deadline.left_s()
            self._pack(columns, self._deadline.sooner(began_s + _PACK_SHARE * share * left_s))
            self._search.cool(_COLD, cold, share=self._until(began_s + share * left_s))

    def _pack(self, columns: "ColumnSearch", deadline: Deadline) -> None:
        """Take the best packing of the pool if it beats the best plan."""
        best = self._search.sequences()
        columns.add(enumerate(best))
        packed = columns.pack(best, deadline)
        if self._search.worth(packed) > self._search.value:
            self._search.adopt(packed)

    def _bound(self) -> float:
        """The least bound known: that of the columns, or the worth of all that anybody can reach."""
        if self._columns is not None:
            return min(self._columns.proof.value, self._loose_bound)
        return self._loose_bound

    def _share(self, of: float) -> Callable[[], float]:
        """How much of this share of the whole time is gone."""
        return self._until(of * (self._deadline.elapsed_s() + self._deadline.left_s()))

    def _until(self, ends_s: float) -> Callable[[], float]:
        """How much of the time from now until then is gone; 1 as well when time is up."""
        began_s = self._deadline.elapsed_s()
        length_s = min(ends_s, began_s + self._deadline.left_s()) - began_s

        def gone() -> float:
            now_s = self._deadline.elapsed_s()
            if now_s - self._told_s > _TELL_EVERY_S:
                self._tell("loops")
            if self._deadline.over() or length_s <= 0 or self._covers_all():
                return 1.0
            return (now_s - began_s) / length_s

        return gone

    def _tell(self, phase: Phase) -> None:
        self._told_s = elapsed = self._whole.elapsed_s()
        fraction = 1.0 if phase == "done" else min(elapsed / self._params.seconds, 1.0)
        weight = weight_of(self._problem, self._search.sequences())
        self._on_progress(Progress(phase, fraction, weight, self._bound(), elapsed))
