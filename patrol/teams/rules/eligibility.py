"""The eligibility clock: until when a team may patrol, and what ends first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from config.policy import Policy
from patrol.people.rules import CONSENT_NAMES

What = Literal["vaccination", "screening", "consent", "training", "dog"]

WORDS: dict[What, tuple[str, str]] = {
    "vaccination": ("{name} 광견병 예방접종", "{name}'s rabies vaccination"),
    "screening": ("1년 활동 자격", "the year since the screening"),
    "consent": ("{name} 동의", "the consent to {name}"),
    "training": ("교육", "training"),
    "dog": ("함께할 반려견", "a dog to walk with"),
}

RENEWAL_STATES = ("asked", "documents_ok", "done")
DISPUTE_STATES = ("open", "decided", "dropped")


@dataclass(frozen=True, slots=True)
class Standing:
    """Something that a team needs: `name` is the dog's or the consent's kind; `until` its last good day.

    `until` None: it is not there at all. `asked_again`: a consent was given, but to an older text or too long ago; that
    keeps a team at home until its handler answers, without ending anything.
    """

    what: What
    name: str
    until: date | None
    asked_again: bool = False

    def holds(self, day: date) -> bool:
        """Whether it is good on `day`."""
        return self.until is not None and self.until >= day


@dataclass(frozen=True, slots=True)
class Clock:
    """All that a team needs which ends some day or is lacking, what ends first first."""

    standings: tuple[Standing, ...]

    @property
    def first(self) -> Standing | None:
        """What lapses first; None when nothing ever does."""
        return self.standings[0] if self.standings else None

    @property
    def until(self) -> date | None:
        """The last day on which the team is eligible; None when it is not now, or always."""
        return self.first.until if self.first else None

    def eligible(self, day: date) -> bool:
        """Whether the team may be planned for, and patrol, on `day`."""
        return all(standing.holds(day) for standing in self.standings)

    def lapsed(self, day: date) -> list[Standing]:
        """What has ended by `day`; what is merely asked again has not."""
        return [each for each in self.standings if not each.holds(day) and not each.asked_again]

    def ends_by(self, day: date) -> bool:
        """Whether something of it has ended, ends by `day` or is lacking."""
        return self.first is not None and (self.first.until or date.min) <= day

    def ending(self, first: date, last: date) -> list[Standing]:
        """What ends from `first` to `last`, both included: good that day, and no more the next."""
        return [each for each in self.standings if each.until is not None and first <= each.until <= last]


@dataclass(frozen=True, slots=True)
class GivenConsent:
    """A consent that was not withdrawn, with the day on which it was given."""

    kind: str
    version: int
    on: date


def clock(
    policy: Policy,
    *,
    active_until: date | None,
    trained_on: date | None,
    vaccinations: Sequence[tuple[str, date | None]],
    consents: Iterable[GivenConsent],
) -> Clock:
    """A team's clock from its dates. `vaccinations`: (name, last valid day) of each dog.

    Training counts from the first one recorded: a team activated before the city asked for it has none to lapse.
    """
    rules = policy.screening
    found = [Standing("screening", "", active_until)]
    if not vaccinations:
        found.append(Standing("dog", "", None))
    if rules.requires_rabies_vaccination:
        found += [Standing("vaccination", name, until) for name, until in vaccinations]
    if rules.requires_training and trained_on is not None:
        found.append(Standing("training", "", trained_on + timedelta(days=rules.training_valid_days)))
    found += _consents(policy, list(consents))
    return Clock(tuple(sorted(found, key=lambda each: (each.until or date.min, each.what, each.name))))


def _consents(policy: Policy, given: Sequence[GivenConsent]) -> list[Standing]:
    found = []
    for asked in policy.consents:
        if not asked.required:
            continue
        of_kind = [consent for consent in given if consent.kind == asked.kind]
        present = [consent.on for consent in of_kind if consent.version == asked.version]
        if not present:
            found.append(Standing("consent", asked.kind, None, asked_again=bool(of_kind)))
        elif asked.valid_days is not None:  # ends within that day: the one before is the last whole
            last = max(present) + timedelta(days=asked.valid_days - 1)
            found.append(Standing("consent", asked.kind, last))
    return found


def in_words(standings: Iterable[Standing]) -> tuple[str, str]:
    """What they are, in Korean and in English."""
    found = list(standings)
    ko, en = ([WORDS[each.what][which].format(name=_named(each)[which]) for each in found] for which in (0, 1))
    return ", ".join(ko), ", ".join(en)


def _named(standing: Standing) -> tuple[str, str]:
    """The dog's name, or what the consent is called where people give it."""
    names = CONSENT_NAMES.get(standing.name) if standing.what == "consent" else None
    return (names["ko"], names["en"]) if names else (standing.name, standing.name)


def due_lead(leads: Iterable[int], *, until: date, today: date) -> int | None:
    """The warning that is due: the shortest of the policy's lead times that has begun; None before, and once lapsed."""
    left = (until - today).days
    return min((lead for lead in leads if 0 <= left <= lead), default=None)
