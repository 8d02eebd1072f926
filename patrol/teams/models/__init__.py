"""Records of teams."""

from patrol.teams.models.applicants import TeamImport, TeamNote
from patrol.teams.models.days import Candidate, DayExaminer, Mark, ScreeningDay, Station
from patrol.teams.models.screening import PracticalTest
from patrol.teams.models.standing import DogDispute, LapseWarning, Renewal
from patrol.teams.models.teams import Availability, Dog, Team, TeamStep
from patrol.teams.models.weather import WeatherFetch, WeatherReading

__all__ = [
    "Availability",
    "Candidate",
    "DayExaminer",
    "Dog",
    "DogDispute",
    "LapseWarning",
    "Mark",
    "PracticalTest",
    "Renewal",
    "ScreeningDay",
    "Station",
    "Team",
    "TeamImport",
    "TeamNote",
    "TeamStep",
    "WeatherFetch",
    "WeatherReading",
]
