"""Teams over HTTP. The door goes to its handler only."""

from patrol.teams.views import applicants, days, imports, marking, screening, standing, teams
from patrol.teams.views.blueprint import blueprint

__all__ = ["applicants", "blueprint", "days", "imports", "marking", "screening", "standing", "teams"]
