"""What processes and the whole machine have computed, read off Linux' /proc; elsewhere nothing is known."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path

PROC = Path("/proc")
PARENT, OWN, OF_ENDED_CHILDREN = 1, slice(11, 13), slice(13, 15)
"""Places in /proc/PID/stat after the name; times are user's and system's."""
IDLE = (3, 4)
"""Places of idling and of waiting for a disk in /proc/stat."""


class Computed:
    """Seconds computed since it was made: by some processes with all that they started, and by everything else."""

    def __init__(self, processes: Mapping[str, list[int]]) -> None:
        """`processes`: what they are → the ids of those that run, each with what it started and is not named itself."""
        self._processes = processes
        self._before = self._now()

    def since(self) -> dict[str, float] | None:
        """By what they are; `rest` is all other work of the machine, a database's server among it. None: not known."""
        now = self._now()
        if not now or not self._before:
            return None
        spent = {name: seconds - self._before[name] for name, seconds in now.items()}
        rest = spent.pop("machine") - sum(spent.values())
        return {name: round(seconds, 2) for name, seconds in {**spent, "rest": rest}.items()}

    def _now(self) -> dict[str, float]:
        if not (PROC / "stat").exists():
            return {}
        table = dict(_processes())
        named = {pid for pids in self._processes.values() for pid in pids}
        found = {name: sum(_tree_s(pid, table, named) for pid in pids) for name, pids in self._processes.items()}
        return {**found, "machine": _machine_s()}


def children_of(pid: int) -> list[int]:
    """The processes that one has started and that still run; none where nothing is known."""
    return [child for child, (parent, _) in _processes() if parent == pid] if PROC.exists() else []


def _processes() -> list[tuple[int, tuple[int, float]]]:
    """Every process with its parent and its seconds."""
    found = []
    for folder in PROC.iterdir():
        if folder.name.isdecimal():
            try:
                fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            except OSError:  # it has just ended
                continue
            ticks = sum(int(each) for each in (*fields[OWN], *fields[OF_ENDED_CHILDREN]))
            found.append((int(folder.name), (int(fields[PARENT]), ticks / os.sysconf("SC_CLK_TCK"))))
    return found


def _tree_s(pid: int, table: Mapping[int, tuple[int, float]], named: Collection[int]) -> float:
    own = table[pid][1] if pid in table else 0.0
    children = [child for child, (parent, _) in table.items() if parent == pid and child not in named]
    return own + sum(_tree_s(child, table, named) for child in children)


def _machine_s() -> float:
    ticks = [int(each) for each in (PROC / "stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]]
    return (sum(ticks) - sum(ticks[place] for place in IDLE)) / os.sysconf("SC_CLK_TCK")
