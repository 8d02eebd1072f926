"""What the weather allows a dog."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from config.policy import Policy, Welfare


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """A reading: °C in the shade, m/s at 10 m, whether the sun is on the ground."""

    temperature_c: float
    wind_mps: float = 0.0
    sun: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """What of a dog the gates look at."""

    age_years: float
    weight_kg: float
    brachycephalic: bool = False
    overweight: bool = False


Verdict = Literal["go", "caution", "short", "stop"]


VERDICTS: tuple[Verdict, ...] = ("go", "caution", "short", "stop")


@dataclass(frozen=True, slots=True)
class Gate:
    """What the weather allows: `most_min` minutes of walk; `reasons` are codes, the gravest verdict's first."""

    verdict: Verdict
    most_min: int
    reasons: tuple[str, ...]


def welfare_gate(policy: Policy, weather: Weather | None, dogs: Sequence[Build], wanted_min: int) -> Gate:
    """What the weather allows a team: the strictest of what it allows each of its dogs.

    Unknown weather is a caution, not a refusal: the handler looks out of the door.
    """
    if weather is None:
        return Gate("caution", wanted_min, ("weather_unknown",))
    gates = [_cold(policy.welfare, weather, wanted_min)]
    gates += [_heat(policy.welfare, weather, dog, wanted_min) for dog in dogs]
    gates.sort(key=lambda gate: VERDICTS.index(gate.verdict), reverse=True)
    reasons = dict.fromkeys(reason for gate in gates for reason in gate.reasons)
    return Gate(gates[0].verdict, min(gate.most_min for gate in gates), tuple(reasons))


def _heat(welfare: Welfare, weather: Weather, dog: Build, wanted_min: int) -> Gate:
    sensitive = dog.brachycephalic or dog.overweight or dog.age_years >= welfare.senior_years
    heavy = dog.weight_kg > welfare.heavy_kg
    felt = weather.temperature_c + (welfare.sensitive_lower_c if sensitive else 0.0)
    why = ("sensitive_dog",) if sensitive else ()
    if felt >= welfare.stop_c:
        return Gate("stop", 0, ("too_hot", *why))
    if heavy and felt >= welfare.heavy_stop_c:
        return Gate("stop", 0, ("too_hot", "heavy_dog", *why))
    if weather.sun and felt >= welfare.caution_c:
        return Gate("stop", 0, ("sun_on_asphalt", *why))
    if felt >= welfare.halve_c:
        return Gate("short", wanted_min // 2, ("hot", *why))
    if felt >= welfare.caution_c:
        return Gate("caution", wanted_min, ("warm", *why))
    return Gate("go", wanted_min, ())


def _cold(welfare: Welfare, weather: Weather, wanted_min: int) -> Gate:
    if wind_chill_c(weather) < welfare.cold_short_c:
        return Gate("short", min(wanted_min, welfare.cold_max_min), ("cold",))
    return Gate("go", wanted_min, ())


def wind_chill_c(weather: Weather) -> float:
    """Felt temperature in the wind, °C; the air's own above 10 °C or in a calm.

    Osczevski and Bluestein 2005, doi:10.1175/BAMS-86-10-1453.
    """
    air, wind_kmh = weather.temperature_c, weather.wind_mps * 3.6
    if air > 10.0 or wind_kmh <= 4.8:
        return air
    blown = wind_kmh**0.16
    return float(13.12 + 0.6215 * air - 11.37 * blown + 0.3965 * air * blown)
