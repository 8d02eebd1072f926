"""The packing as a model of OR-Tools: rows for teams and blocks, variables for columns of the pool.

At most one column a team. The first visit of a block is in its columns' worth; a further visit has a variable of its
own, as long as the block may be visited again, that gives back what this visit is worth less than the first.

Loading OR-Tools takes most of a second and belongs in the process that plans.
"""

from ortools.math_opt.python import mathopt

from routing.master.pool import Pool
from routing.problem import Problem


class Rows:
    """A model that columns are put into by their place in the pool."""

    def __init__(self, problem: Problem, pool: Pool, *, whole: bool) -> None:
        self.model = mathopt.Model()
        self.model.objective.is_maximize = True
        self.team_rows = [self.model.add_linear_constraint(ub=1.0) for _ in range(problem.teams)]
        self.block_rows: dict[int, mathopt.LinearConstraint] = {}
        self.variables: dict[int, mathopt.Variable] = {}
        self._pool = pool
        self._whole = whole
        self._visits = problem.visit_weight

    def add(self, place: int) -> None:
        """Put a column in; nothing happens if it is in."""
        if place in self.variables:
            return
        # No upper bound: the rows give one, and a bound on the column would hide part of its team's price.
        variable = self.model.add_variable(lb=0.0, is_integer=self._whole)
        self.model.objective.set_linear_coefficient(variable, self._pool.worth[place])
        self.team_rows[self._pool.team[place]].set_coefficient(variable, 1.0)
        for block in self._pool.loop[place]:
            self._block_row(block).set_coefficient(variable, 1.0)
        self.variables[place] = variable

    def drop(self, place: int) -> None:
        """Take a column out; it stays in the pool."""
        self.model.delete_variable(self.variables.pop(place))

    def _block_row(self, block: int) -> mathopt.LinearConstraint:
        if block not in self.block_rows:
            row = self.model.add_linear_constraint(ub=1.0)
            for again in self._visits[block, 1:]:
                if again > 0:
                    visit = self.model.add_variable(lb=0.0, ub=1.0)
                    self.model.objective.set_linear_coefficient(visit, float(again - self._visits[block, 0]))
                    row.set_coefficient(visit, -1.0)
            self.block_rows[block] = row
        return self.block_rows[block]
