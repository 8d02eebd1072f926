"""Records of teams."""

from patrol.teams.models.applicants import TeamImport, TeamNote
from patrol.teams.models.screening import PracticalTest
from patrol.teams.models.teams import Availability, Dog, Team, TeamStep
from patrol.teams.models.weather import WeatherFetch, WeatherReading

__all__ = [
    "Availability",
    "Dog",
    "PracticalTest",
    "Team",
    "TeamImport",
    "TeamNote",
    "TeamStep",
    "WeatherFetch",
    "WeatherReading",
]
