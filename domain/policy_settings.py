"""Every setting by name: its unit, its limits, and which of them nobody may change.

A setting is ``<clock>.target_minutes`` or ``<clock>.warning_minutes`` for a clock with one target,
else a name of its own; the last word of a name is its unit. The numbers are in ``policy/``.
"""

from collections.abc import Iterable
from dataclasses import dataclass

Problem = tuple[str, str]
"""A key of the policy and what is wrong with it, in words; the key is empty for the whole file."""


class PolicyError(ValueError):
    """A policy, or a change to one, that cannot stand. Carries every problem at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        told = "; ".join(f"{key}: {words}" if key else words for key, words in self.problems)
        super().__init__(told)


@dataclass(frozen=True)
class SettingRule:
    """What holds for one setting, whatever its number.

    Attributes:
        name: Its name; wire format.
        least: The smallest number it may have.
        most: The largest; ours, against slips of the hand.
        fixed: The only number it may have, when it is law, published or outside our power.
        service_wide: Whether it belongs to the service and not to one case.
    """

    name: str
    least: int
    most: int
    fixed: int | None = None
    service_wide: bool = False

    @property
    def unit(self) -> str:
        """Return the unit: the last word of the name (``minutes``, ``pence``, ``percent`` …)."""
        return self.name.rsplit("_", 1)[-1]

    @property
    def is_changeable(self) -> bool:
        """Tell whether change-policy may touch it."""
        return self.fixed is None and not self.service_wide

    def problem_with(self, number: object) -> str | None:
        """Return what is wrong with ``number`` as the value of this setting, if anything."""
        if isinstance(number, bool) or not isinstance(number, int | float) or number % 1:
            return f"{number!r} is not a whole number of {self.unit}"
        if self.fixed is not None and number != self.fixed:
            return f"{number} is not allowed: it is {self.fixed} and not a setting"
        if not self.least <= number <= self.most:
            return f"{number} is not between {self.least} and {self.most} {self.unit}"
        return None


FIXED = {
    "provider-contact.target_minutes": 30,  # published
    "provider-contact.warning_minutes": 20,
    "provider-contact.second_mark_minutes": 45,
    "provider-contact.third_mark_minutes": 60,
    "ico-report.target_minutes": 4320,  # published: law
    "ico-report.first_reminder_minutes": 1440,
    "ico-report.second_reminder_minutes": 2880,
    "ico-report.third_reminder_minutes": 3960,
    "closing-review.earliest_working_days": 5,  # published
    "closing-review.latest_working_days": 10,  # published
    "pager.hourly_equal_texts": 20,  # published
    "pager.hourly_texts": 100,  # published
}
"""What is no setting: the guide says so, or it is somebody else's number."""

_SERVICE_WIDE = ("pager.batching_seconds", "possible-duplicate.lookback_days")
_MAY_BE_NOTHING = (
    "reopen.window_months",
    "reopen.window_minutes",
    "backdating.tolerance_minutes",
    "future.tolerance_minutes",
    "initial_authority_pence",
)
_MOST = {
    "minutes": 5 * 366 * 24 * 60,  # five years
    "seconds": 3600,
    "days": 3660,
    "months": 120,
    "years": 100,
    "percent": 100,
    "pence": 10**11,
    "rung": 3,
}
_MOST_OF_OTHERS = 1000

_TARGET = ("target_minutes",)
_TARGET_AND_WARNING = ("target_minutes", "warning_minutes")
_REVIEWS = ("first_minutes", "second_minutes", "every_minutes")
_LADDER = ("every_minutes", "top_rung", "acknowledgement_minutes", "pause_limit_minutes")

_SETTINGS: dict[str, tuple[str, ...]] = {
    "triage-acknowledgement": _TARGET_AND_WARNING,
    "decision": _TARGET_AND_WARNING,
    "category-chase": _TARGET,
    "information-reply": _TARGET_AND_WARNING,
    "council-confirmation": _TARGET_AND_WARNING,
    "provider-assignment": _TARGET,
    "provider-acknowledgement": _TARGET,
    "provider-contact": (*_TARGET_AND_WARNING, "second_mark_minutes", "third_mark_minutes"),
    "scope-agreement": _TARGET_AND_WARNING,
    "containment-update": (
        "c1_c2_first_minutes",
        "c1_c2_first_spell_minutes",
        "c1_c2_later_minutes",
        "c3_first_minutes",
        "c3_first_spell_minutes",
        "c3_later_minutes",
        "other_minutes",
        "warning_percent",
    ),
    "containment-review": _REVIEWS,
    "eradication-update": _TARGET_AND_WARNING,
    "eradication-review": _REVIEWS,
    "phase-exit-answer": _TARGET_AND_WARNING,
    "recovery-offer-issue": _TARGET,
    "recovery-reply": (
        *_TARGET,
        "first_reminder_minutes",
        "second_reminder_minutes",
        "lapse_minutes",
    ),
    "recovery-update": _TARGET_AND_WARNING,
    "recovery-stall": _TARGET,
    "support-review": _TARGET,
    "spend-authority": _TARGET_AND_WARNING,
    "final-report": _TARGET_AND_WARNING,
    "billing-hand-off": (*_TARGET, "after_rejection_minutes"),
    "billing-acknowledgement": _TARGET_AND_WARNING,
    "closure": _TARGET_AND_WARNING,
    "hand-over": _TARGET_AND_WARNING,
    "phone-task": _TARGET,
    "ico-report": (
        *_TARGET,
        "first_reminder_minutes",
        "second_reminder_minutes",
        "third_reminder_minutes",
    ),
    "ladder-u": _LADDER,
    "ladder-s": _LADDER,
    "ladder-o": _LADDER,
    "reassess-watch": ("window_minutes",),
    "offer-open": ("window_minutes",),
    "reopen": ("window_months", "window_minutes"),
    "backdating": ("tolerance_minutes",),
    "future": ("tolerance_minutes",),
    "contract-ending": ("notice_days",),
    "council-ending": ("notice_days",),
    "possible-duplicate": ("lookback_days",),
    "closing-review": ("earliest_working_days", "latest_working_days"),
    "": ("initial_authority_pence",),
    "spend-alert": ("first_percent", "second_percent", "third_percent"),
    "rate": ("day_minutes",),
    "pager": ("batching_seconds", "hourly_equal_texts", "hourly_texts"),
    "retention": (
        "decisions_and_money_years",
        "contacts_months",
        "negative_outcomes_years",
        "exercises_days",
    ),
}
"""By clock or subject, each on one line; the one name without a subject stands under nothing."""

IN_ORDER = (
    ("containment-review.first_minutes", "containment-review.second_minutes"),
    ("eradication-review.first_minutes", "eradication-review.second_minutes"),
    ("recovery-reply.first_reminder_minutes", "recovery-reply.second_reminder_minutes"),
    ("spend-alert.first_percent", "spend-alert.second_percent"),
    ("spend-alert.second_percent", "spend-alert.third_percent"),
)
"""Pairs of which the first number must be below the second."""


def _rule(name: str) -> SettingRule:
    return SettingRule(
        name=name,
        least=0 if name in _MAY_BE_NOTHING else 1,
        most=_MOST.get(name.rsplit("_", 1)[-1], _MOST_OF_OTHERS),
        fixed=FIXED.get(name),
        service_wide=name in _SERVICE_WIDE,
    )


RULES: dict[str, SettingRule] = {
    name: _rule(name)
    for subject, names in _SETTINGS.items()
    for name in (f"{subject}.{one}".removeprefix(".") for one in names)
}
"""Every setting by its name."""


def order_problems(numbers: dict[str, int]) -> tuple[Problem, ...]:
    """Return every pair of numbers that stands the wrong way round."""
    return tuple(
        (lower, f"{numbers[lower]} is not below {higher}, which is {numbers[higher]}")
        for lower, higher in IN_ORDER
        if lower in numbers and higher in numbers and numbers[lower] >= numbers[higher]
    )
