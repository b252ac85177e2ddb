"""What a staff register may hold, and that it can always be changed again."""

import json
from typing import Any

import pytest

from domain.people import Person
from domain.registers import staff
from domain.registers.around import Around
from domain.registers.entries import InvalidRegisterError
from domain.registers.shifts import Shift
from tests.builders import DAY, NOON, STAFF, providers

ROWS: dict[str, dict[str, Any]] = {
    name: {
        "id": name,
        "name": name.title(),
        "roles": [role.value for role in roles],
        "email": f"{name}@cir.example.gov.uk",
    }
    for name, roles in STAFF.items()
}


def text(*rows: dict[str, Any]) -> str:
    return "[\n" + ",\n".join(json.dumps(one) for one in rows) + "\n]"


def doubts(*rows: dict[str, Any], **around: Any) -> tuple[str, ...]:
    """Return what is doubtful about a register of these people, who were all there before."""
    entries = staff.read(text(*rows))
    people = tuple(Person.model_validate(row) for row in ROWS.values())
    known = Around(**{"people": people, "providers": providers(), **around})
    return staff.judged(entries, tuple(one.row for one in entries), known, NOON)


def without(*names: str) -> list[dict[str, Any]]:
    return [row for name, row in ROWS.items() if name not in names]


def problems(*rows: dict[str, Any], **around: Any) -> tuple[str, ...]:
    with pytest.raises(InvalidRegisterError) as caught:
        doubts(*rows, **around)
    return caught.value.problems


def test_the_whole_staff_is_beyond_doubt() -> None:
    assert doubts(*ROWS.values()) == ()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"roles": ["astronaut"]}, "roles"),
        ({"email": ""}, "email"),
        ({"shoe_size": 9}, "shoe_size"),
        ({"id": "system"}, "the id system is the case's own"),
        ({"id": "ka ya"}, "no spaces"),
        ({"id": "alder:account-lead"}, "no colon"),
        ({"roles": []}, "kaya has no role"),
        ({"roles": ["system"]}, "kaya cannot be system"),
        ({"roles": ["triage-officer", "provider"]}, "kaya cannot be provider"),
        ({"id": "alder"}, "alder is the id of a provider"),
    ],
)
def test_a_person_who_cannot_be_is_refused_with_the_line(
    changes: dict[str, Any], says: str
) -> None:
    (words,) = problems({**ROWS["kaya"], **changes}, *without("kaya"))
    assert words.startswith("Line 2: ")
    assert says in words


def test_an_id_belongs_to_one_person() -> None:
    rows = (ROWS["kaya"], {**ROWS["kaya"], "name": "Another"}, {**ROWS["tomas"], "roles": []})
    assert problems(*rows) == (
        "The id kaya stands 2 times (line 2, line 3).",
        "Line 4: tomas has no role.",
    )


@pytest.mark.parametrize("gone", [("helen",), ("ruth", "amory"), tuple(ROWS)])
def test_two_people_are_left_who_can_change_it(gone: tuple[str, ...]) -> None:
    rows = without(*gone) or [ROWS["kaya"]]
    assert "this file leaves no two such people" in problems(*rows)[-1]


def test_a_head_and_a_director_are_two_such_people() -> None:
    assert doubts(*without("ruth")) == ()


def test_whoever_leaves_with_cases_or_shifts_is_named() -> None:
    shift = Shift(rung=0, person="tomas", begins=NOON, until=NOON + DAY)
    over = Shift(rung=0, person="kaya", begins=NOON - DAY, until=NOON)
    found = doubts(
        *without("kaya", "tomas"),
        owned={"kaya": tuple(f"CIR-2026-00000{n}" for n in range(1, 6))},
        rota=(shift, over),
    )
    cases, shifts, role = found
    few = "CIR-2026-000001, CIR-2026-000002, CIR-2026-000003 and 2 more"
    assert cases.startswith(f"kaya leaves and owns {few}: cir handling assign-owner")
    assert shifts == "tomas leaves and stands in the rota (1): import one without them."
    assert role == "Nobody on the register is triage-officer."
