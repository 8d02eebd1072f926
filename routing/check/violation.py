"""What a checker says about a broken plan, and how exact it is."""

from dataclasses import dataclass

SLACK_S = 1e-3
SLACK_M = 1e-3
SLACK_WEIGHT = 1e-6


@dataclass(frozen=True)
class Violation:
    """A promise that a plan breaks: a code for programs, where, and a sentence for people."""

    code: str
    where: str
    what: str


class PlanBrokenError(RuntimeError):
    """The solver returned a plan that its checker refuses."""

    def __init__(self, violations: list[Violation]) -> None:
        super().__init__("; ".join(f"{one.where}: {one.what}" for one in violations))
        self.violations = violations

    def __reduce__(self) -> tuple[type["PlanBrokenError"], tuple[list[Violation]]]:
        """Survive the way back from the planner's process."""
        return type(self), (self.violations,)


def near(said: float, true: float, slack: float) -> bool:
    """Whether two numbers agree; inf agrees with itself."""
    return said == true or abs(said - true) <= slack
