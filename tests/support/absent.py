"""What this machine lacks, which tests that leaves out, and one loud line about each."""

import os
from dataclasses import dataclass

import pytest

from tests.support import chromium, postgres


@dataclass(frozen=True)
class Program:
    """Something that some tests need and not every machine has."""

    name: str
    present: bool
    remedy: str

    def needed_by(self, item: pytest.Item) -> bool:
        """Whether `item` cannot run without it."""
        if self.name == "PostgreSQL":
            callspec = getattr(item, "callspec", None)
            return callspec is not None and callspec.params.get("database") == "postgresql"
        return "browser" in getattr(item, "fixturenames", ())


def programs() -> list[Program]:
    """PostgreSQL's server and a browser, as found here."""
    return [
        Program("PostgreSQL", postgres.find_programs() is not None, "apt-get install postgresql"),
        Program("Chromium", chromium.find_program() is not None, "apt-get install chromium"),
    ]


class Absences:
    """A plug-in that leaves out what cannot run and says so; with CI=true it refuses to start instead."""

    def __init__(self, found: list[Program]) -> None:
        self.absent = [program for program in found if not program.present]
        self.left_out = {program.name: 0 for program in self.absent}

    def refuse_in_ci(self) -> None:
        """Raise UsageError where everything is meant to be there."""
        if self.absent and os.environ.get("CI") == "true":
            lines = [f"{program.name} not found ({program.remedy})" for program in self.absent]
            raise pytest.UsageError("CI=true wants every test to run: " + "; ".join(lines))

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        for program in self.absent:
            cannot = [item for item in items if program.needed_by(item)]
            items[:] = [item for item in items if item not in cannot]
            config.hook.pytest_deselected(items=cannot)
            self.left_out[program.name] = len(cannot)
        if hasattr(config, "workeroutput"):  # a worker of xdist, whose terminal nobody sees
            config.workeroutput["left_out"] = self.left_out

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        """Every worker collects the same tests, so any one's numbers are the run's."""
        self.left_out.update(getattr(node, "workeroutput", {}).get("left_out", {}))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for name, number in self.left_out.items():
            terminalreporter.write_line(f"{name} not found: {number} tests not run", red=True, bold=True)
