"""Councils: what the register knows of each, and how one is found by its code or its name.

The register is dated data, never code: councils end and are replaced. Names are a trap: a county
and a district may share one, and one town's name may begin another's. So a name alone picks a
council only when it is the whole of one council's name and of no other's.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Self

from pydantic import StringConstraints, model_validator

from domain.personal import PersonalText
from domain.report import Report
from domain.value import Value

PRINCIPAL_TYPES = (
    "non-metropolitan-district",
    "unitary",
    "metropolitan-district",
    "london-borough",
    "city-corporation",
    "county",
)
"""The types of English principal council; the service is for these [our default]."""

UNKNOWN_CODE = "ZZZ"
"""Stands for the code of a council that nobody could name yet [our default]; no council has it."""

_KIND_WORDS = frozenset({"district", "borough", "county", "city", "metropolitan", "royal"})
_NOISE_WORDS = frozenset({"council", "corporation", "of", "the"})


class Council(Value):
    """One entry of the register.

    Attributes:
        code: Three letters; the steady key of the council as a body.
        gss: ONS code of its area; follows the boundary, so it may change. None = not known.
        type: One of `PRINCIPAL_TYPES`, or the word for another kind of body; None = not known.
        eligible: Whether `qualifies` may be decided for it. Where an entry does not say: no for
            another kind of body and for anything outside England, otherwise yes.
        starts_on: First day; None = before the register's memory.
        ends_on: Last day; None = no end is known.
        replaced_by: The successor's code.
        safe_contacts: Addresses and numbers outside its own systems.
        warp: Its regional Warning, Advice and Reporting Point.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    gss: str | None = None
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    short_name: str | None = None
    type: str | None = None
    region: str | None = None
    eligible: bool = True
    starts_on: date | None = None
    ends_on: date | None = None
    replaced_by: str | None = None
    switchboard: PersonalText | None = None
    safe_contacts: tuple[PersonalText, ...] = ()
    warp: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _judge_eligibility(cls, entry: object) -> object:
        if not isinstance(entry, Mapping) or entry.get("eligible") is not None:
            return entry
        is_principal = entry.get("type") is None or entry["type"] in PRINCIPAL_TYPES
        is_english = entry.get("gss") is None or str(entry["gss"]).startswith("E")
        return {**entry, "eligible": is_principal and is_english}

    def is_named(self, text: str) -> bool:
        """Say whether ``text`` can be this council's name.

        It may leave out what kind of council it is ("Eastmere Council"), but not give another kind:
        "Eastmere County Council" is not Eastmere District Council.
        """
        names = [name for name in (self.name, self.short_name) if name]
        if fold_name(text) in map(fold_name, names):
            return True
        core, kind = _core_and_kind(text)
        return kind <= _core_and_kind(self.name)[1] and core in (
            _core_and_kind(name)[0] for name in names
        )

    def exists_on(self, day: date) -> bool:
        """Say whether the council exists on that day; both its first and its last day count."""
        return (self.starts_on or day) <= day <= (self.ends_on or day)


class CouncilRegister(Value):
    """The councils we know, each code once."""

    councils: tuple[Council, ...] = ()

    @model_validator(mode="after")
    def _each_code_once(self) -> Self:
        times = Counter(council.code for council in self.councils)
        twice = sorted(code for code in times if times[code] > 1)
        if twice:
            raise ValueError(f"The register has these codes more than once: {', '.join(twice)}.")
        return self

    def by_code(self, code: str) -> Council | None:
        """Return the council with this code, however it is typed."""
        wanted = code.strip().upper()
        return next((council for council in self.councils if council.code == wanted), None)

    def named(self, name: str) -> tuple[Council, ...]:
        """Return every council whose full or short name is the whole of ``name``."""
        wanted = fold_name(name)
        return tuple(
            council
            for council in self.councils
            if wanted in (fold_name(council.name), fold_name(council.short_name or council.name))
        )

    def find(self, text: str) -> tuple[Council, ...]:
        """Return what a person may mean, likeliest first: the code, then whole names, then parts.

        Every word of ``text`` must begin a word of the name, so the name of a town offers every
        council that has it, county and district alike. Nothing is chosen: several stay several.
        """
        wanted = fold_name(text).split()
        if not wanted:
            return ()
        by_code = self.by_code(text)
        parts = sorted(
            (council for council in self.councils if _has_words(council, wanted)),
            key=lambda council: (fold_name(council.name), council.code),
        )
        found = ((by_code,) if by_code else ()) + self.named(text) + tuple(parts)
        return tuple({council.code: council for council in found}.values())


def as_register(councils: Mapping[str, Council] | CouncilRegister) -> CouncilRegister:
    """Return a register of these councils."""
    if isinstance(councils, CouncilRegister):
        return councils
    return CouncilRegister(councils=tuple(councils.values()))


def council_of(report: Report, register: CouncilRegister) -> Council | None:
    """Return the council the report is about: by its code, or by a name that only one council has.

    A code decides, whatever the name; a name that two councils share decides nothing.
    """
    if report.council.code is not None:
        return register.by_code(report.council.code)
    found = register.named(report.council.name or "")
    return found[0] if len(found) == 1 else None


def fold_name(text: str) -> str:
    """Return a name as it is compared: case, accents, hyphens, "&" and spaces folded."""
    plain = unicodedata.normalize("NFKD", text).casefold().replace("&", " and ")
    plain = re.sub(r"['`\u2019\u00b4\u0300-\u036f]", "", plain)
    return " ".join(re.sub(r"[^\w]+", " ", plain).split())


def _core_and_kind(name: str) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return what is left of a name without the kind of council, and the words for the kind."""
    spoken = fold_name(name).replace("london borough", "borough").split()
    core = tuple(word for word in spoken if word not in _KIND_WORDS | _NOISE_WORDS)
    return core, frozenset(spoken) & _KIND_WORDS


def _has_words(council: Council, wanted: list[str]) -> bool:
    words = fold_name(f"{council.name} {council.short_name or ''}").split()
    return all(any(word.startswith(part) for word in words) for part in wanted)
