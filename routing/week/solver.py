"""How a week is planned: a roster, a search over all its walks at once, a bound, a draw, and the checked record."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from routing.check.violation import PlanBrokenError
from routing.deadline import Deadline
from routing.plan import Phase, Progress
from routing.search.search import Search
from routing.week.bound import WeekBound
from routing.week.check import verify_week
from routing.week.plan import WeekParams, WeekPlan
from routing.week.problem import WeekProblem
from routing.week.record import Loops, finished, loops_of
from routing.week.relaxed import walks_as_teams
from routing.week.roster import Roster, draw_up
from routing.week.surprise import surprise

_HOT, _COLD, _WARM = 0.5, 0.03, 0.1
_ROSTER_S, _ROSTER_SHARE = 10.0, 0.1
_SEARCH_SHARE, _DRAWS_SHARE = 0.6, 0.25
_DRAWS, _WHIM = 7, 2.0
_ITERATIONS_A_ROUND, _ITERATIONS_A_DRAW = 1000, 200
_STEPS_AT_ONCE, _PROOFS_A_ROUND = 20, 2
_PRICES_A_ROUND = 6
_TELL_EVERY_S = 0.3


def solve(
    problem: WeekProblem,
    params: WeekParams,
    *,
    seed: int,
    deadline: Deadline,
    on_progress: Callable[[Progress], None],
) -> WeekPlan:
    """Raises PlanBrokenError for a plan that the checker refuses."""
    run = _Run(problem, params, seed=seed, deadline=deadline, on_progress=on_progress)
    run.insertion()
    with run.proving():
        best = run.best()
        among = run.near(best)
    run.prove_alone()
    drawn = among[int(np.random.default_rng(seed).integers(len(among)))]
    plan = finished(
        problem,
        drawn,
        walks_as_teams(problem, drawn.roster)[0],
        seed=seed,
        solver=run.made_by,
        bound=run.bound.value,
        surprise=surprise([loops.visits() for loops in among], price=among[0].weight - drawn.weight),
    )
    violations = verify_week(problem, plan)
    if violations:
        raise PlanBrokenError(violations)
    run.done(drawn)
    return replace(plan, solve_s=deadline.elapsed_s())


def _closing_s(problem: WeekProblem) -> float:
    """Seconds kept for times, reasons and the check."""
    return 0.05 + 1e-6 * problem.teams * problem.blocks


class _Run:
    """One call of the planner."""

    def __init__(
        self,
        problem: WeekProblem,
        params: WeekParams,
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
        self._weight = 0.0
        self.made_by = "insertion"
        roster_s = min(_ROSTER_S, _ROSTER_SHARE * params.seconds)
        self._roster = draw_up(problem, seed=seed, seconds=roster_s)
        self._best = Loops(self._roster, [], 0.0)
        self._search = self._searching(self._roster)
        self.bound = WeekBound(problem, threads=max(1, params.threads - 1), seed=seed, over=self._deadline.over)

    def insertion(self) -> None:
        """Every loop filled greedily."""
        self._search.construct()
        self._note()
        self.tell("insertion")

    def best(self) -> Loops:
        """Annealing from there."""
        if self._params.rounds != 0 and not self._deadline.over():
            self.made_by = "search"
            gone = self._until(self._search_share(), self._note)
            self._search.cool(_HOT, _COLD, share=gone, iterations=self._iterations())
            self._note()
        return self._best

    def _note(self) -> None:
        """Look up the best plan so far."""
        found = loops_of(self._problem, self._roster, self._search.sequences())
        if found.weight > self._best.weight or not self._best.sequences:
            self._best, self._weight = found, found.weight

    def near(self, best: Loops) -> list[Loops]:
        """Plans worth nearly as much as the best, the best first: other rosters, and other tastes in blocks."""
        found = [best]
        rng = np.random.default_rng(self._seed)
        explore = self._params.explore
        for draw in range(_DRAWS if explore > 0 else 0):
            if self._deadline.over():
                break
            share = self._search_share() + _DRAWS_SHARE * (draw + 1) / _DRAWS
            whim = 1.0 + _WHIM * explore * rng.random(self._problem.blocks)
            seed = self._seed + 1 + draw
            roster = draw_up(self._problem, seed=seed, seconds=_ROSTER_SHARE * self._deadline.left_s() / _DRAWS)
            for one in (roster, best.roster):  # other days if that costs little enough
                loops = self._draw(best, one, whim, share)
                if loops.weight >= (1.0 - explore) * found[0].weight:
                    if all(loops.pairs() != other.pairs() for other in found):
                        found.append(loops)
                    break
            found.sort(key=lambda loops: -loops.weight)
        return [loops for loops in found if loops.weight >= (1.0 - explore) * found[0].weight]

    @contextmanager
    def proving(self) -> Iterator[None]:
        """Work on the bound meanwhile, where there are threads for it."""
        if self._params.threads < 2 or self._params.rounds is not None:
            yield
            return
        with ThreadPoolExecutor(1) as worker:
            bound = worker.submit(self._prove, silently=True)
            yield
            bound.result()

    def prove_alone(self) -> None:
        """Work on the bound for as long as the time lasts, or for so many rounds."""
        rounds = self._params.rounds
        if rounds is None and self._params.threads < 2:
            self._prove(silently=False)
        for _ in range(rounds or 0):
            self._by_time()
            more = True
            for _ in range(_PROOFS_A_ROUND):
                more = more and self._by_walks()
        self.tell("proof")

    def _prove(self, *, silently: bool) -> None:
        """Quickly first, then closely; silently beside the search, which tells for both."""
        for sharpen in (self._by_time, self._by_walks):
            while not self._deadline.over() and sharpen():
                if not silently:
                    self._tell_now_and_then("proof")

    def _by_time(self) -> bool:
        return self.bound.sharpen_by_time(self._deadline, steps=_STEPS_AT_ONCE, aim=self._weight)

    def _by_walks(self) -> bool:
        prices = None if self._params.rounds is None else _PRICES_A_ROUND
        loops = [loop for loop in self._best.sequences if loop]
        return self.bound.by_walks and self.bound.sharpen_by_walks(
            self._deadline, loops, prices=prices, floor=self._best.weight
        )

    def done(self, drawn: Loops) -> None:
        """Tell of the plan that was drawn."""
        self._weight = drawn.weight
        self.tell("done")

    def tell(self, phase: Phase) -> None:
        """How far it is."""
        self._told_s = elapsed = self._whole.elapsed_s()
        fraction = 1.0 if phase == "done" else min(elapsed / self._params.seconds, 1.0)
        self._on_progress(Progress(phase, fraction, self._weight, self.bound.value, elapsed))

    def _tell_now_and_then(self, phase: Phase) -> None:
        if self._telling():
            self.tell(phase)

    def _telling(self) -> bool:
        return self._whole.elapsed_s() - self._told_s > _TELL_EVERY_S

    def _searching(self, roster: Roster, whim: np.typing.NDArray[np.float64] | None = None) -> Search:
        problem = self._problem
        if whim is not None:
            problem = replace(problem, visit_weight=problem.visit_weight * whim[:, None])
        evening, days = walks_as_teams(problem, roster)
        return Search(evening, seed=self._seed, threads=1, days=days)

    def _draw(self, best: Loops, roster: Roster, whim: np.typing.NDArray[np.float64], share: float) -> Loops:
        search = self._searching(roster, whim)
        search.adopt(_moved(best, roster))
        rounds = self._params.rounds
        search.cool(
            _WARM,
            _COLD,
            share=self._until(share),
            iterations=None if rounds is None else rounds * _ITERATIONS_A_DRAW,
        )
        return loops_of(self._problem, roster, search.sequences())

    def _iterations(self) -> int | None:
        return None if self._params.rounds is None else self._params.rounds * _ITERATIONS_A_ROUND

    def _search_share(self) -> float:
        """How much of the time the search for the best plan has."""
        share = _SEARCH_SHARE if self._params.threads < 2 else 1.0
        return share - (_DRAWS_SHARE if self._params.explore > 0 else 0.0)

    def _until(self, share: float, note: Callable[[], None] | None = None) -> Callable[[], float]:
        """How much of the time from now until that share of the whole is gone; 1 as well when time is up.

        note: looks up the best plan by then, to tell of it.
        """
        began_s = self._deadline.elapsed_s()
        length_s = share * (began_s + self._deadline.left_s()) - began_s

        def gone() -> float:
            if note is not None and self._telling():
                note()
            self._tell_now_and_then("loops")
            if self._params.rounds is not None:
                return 1.0 if self._deadline.over() else 0.0
            if self._deadline.over() or length_s <= 0 or self._weight >= self.bound.value:
                return 1.0
            return (self._deadline.elapsed_s() - began_s) / length_s

        return gone


def _moved(loops: Loops, roster: Roster) -> list[tuple[int, ...]]:
    """The loops of each team on its walks of another roster, the longest where there is most time."""
    waiting: dict[int, list[tuple[int, ...]]] = {}
    order = np.argsort(-loops.roster.limit_s, kind="stable").tolist()
    for walk in order:
        waiting.setdefault(int(loops.roster.team[walk]), []).append(loops.sequences[walk])
    moved: list[tuple[int, ...]] = [()] * len(roster.team)
    for walk in np.argsort(-roster.limit_s, kind="stable").tolist():
        own = waiting.get(int(roster.team[walk]))
        if own:
            moved[walk] = own.pop(0)
    return moved
