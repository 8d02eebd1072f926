"""Shifts that the forecast forbids their dogs are taken back ahead, so that nobody stands at the door in vain."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta

from config.database import transaction
from config.due import one_by_one
from patrol.places.models import City
from patrol.places.operations.cities import policy_of
from patrol.shifts.models import Shift
from patrol.shifts.operations.moving import ShiftState, move
from patrol.shifts.operations.telling import tell_coordinators, tell_handler
from patrol.shifts.rules import states_with
from patrol.teams.models import Team
from patrol.teams.operations.welfare import Watch, WeatherAt, in_words, names_of, watch_over
from patrol.teams.rules import Gate, strictest


def withdraw_forbidden(weather_of: Callable[[City], WeatherAt], now: datetime) -> int:
    """Take back the shifts of the policy's next hours that no dog of theirs may walk; returns how many. Due job.

    Their handlers and the coordinators are told why. Where the weather is not known nothing is taken back.
    """
    return sum(one_by_one("dogs", City.select(), lambda city: _of_city(city, weather_of(city), now)))


def _of_city(city: City, weather: WeatherAt, now: datetime) -> int:
    ahead = timedelta(hours=policy_of(city).welfare.forecast_hours)
    near = (Shift.starts_at <= now + ahead) & (Shift.closes_at > now)
    waiting = (Shift.city == city) & Shift.state.in_(states_with("withdraw")) & near
    forbidden: dict[date, list[tuple[Shift, Gate]]] = defaultdict(list)
    for shift in Shift.select(Shift, Team).join(Team).where(waiting).order_by(Shift.id):
        gate = _forbids(watch_over(shift.team, weather=weather, on=shift.evening), shift, now)
        if gate is not None:
            forbidden[shift.evening].append((shift, gate))
    return sum(_withdraw(shifts, now) for shifts in forbidden.values())


def _forbids(watch: Watch, shift: Shift, now: datetime) -> Gate | None:
    """What keeps the dogs in, whenever the walk begins; None if it may begin at some time."""
    first = max(shift.opens_at, min(now, shift.starts_at))
    length = timedelta(seconds=shift.duration_s)
    minutes = max(1, int(shift.duration_s // 60))
    starts = [*(piece.begins for piece in watch.pieces(first, shift.closes_at, minutes)), shift.closes_at]
    gates = [watch.gate_over(start, start + length, minutes) for start in starts]
    return strictest(gates) if all(gate.verdict == "stop" for gate in gates) else None


def _withdraw(shifts: list[tuple[Shift, Gate]], now: datetime) -> int:
    """Those of one evening."""
    taken = []
    with transaction():
        for shift, gate in shifts:
            try:
                changed = move(shift, "withdraw", withdrawn_for=list(gate.reasons), now=now)
            except ShiftState:  # begun, answered or withdrawn in between
                continue
            known = names_of(gate.dogs)
            why = in_words(gate.reasons, [known[dog] for dog in gate.dogs if dog in known])
            tell_handler(changed, "shift_kept_in", why_ko=why["ko"], why_en=why["en"], now=now)
            taken.append((changed, gate))
        if taken:
            reasons = dict.fromkeys(reason for _, gate in taken for reason in gate.reasons)
            why = in_words(reasons)
            told = [shift for shift, _ in taken]
            tell_coordinators(told, "shifts_kept_in", why_ko=why["ko"], why_en=why["en"], now=now)
    return len(taken)
