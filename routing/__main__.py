"""The planner on the command line: solve, verify, explain. `python -m routing --help`."""

from routing.command_line import cli

cli(prog_name="python -m routing")
