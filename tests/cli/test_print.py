"""``cir case print``: plain text of 80 columns, a page a case, a form feed between."""

from typing import Any

from tests.cli.conftest import Shell
from tests.cli.pretend_desk import CASE, PretendDesk
from tests.cli.test_terminal import AT, EVIL, a_case, is_harmless

OTHER = "CIR-2026-000124"
CLOCKED = {"who": "triage-officer", "what": "decision waits", "by": AT, "command": "cir triage d"}


def a_sheet(case: str = CASE, many: int = 1, words: str = "Eastmere") -> dict[str, Any]:
    """Return a sheet as the desk answers it."""
    view = {**a_case(many, words), "case": case, "council_code": "XEA"}
    view["escalations"] = [{**one, "rung": 1} for one in view["escalations"]]
    reach = {"post": "dpo", "name": words, "phone": "01632 960001", "out_of_hours_phone": None,
             "email": "dpo@safe.example", "unsafe_email": "dpo@council.example"}  # fmt: skip
    firm = {"name": "Alder and Finch", "duty_line": "01632 960100", "email": "duty@alder.example",
            "account_lead": words, "account_lead_phone": None}  # fmt: skip
    staff = [{"rung": "L0", "name": "Kaya Osei", "phone": "07700 900201"}]
    return {"case": case, "as_of": AT, "view": view, "reach": [reach] * many, "staff": staff,
            "firm": firm}  # fmt: skip


def test_a_page_says_who_must_act_by_when_and_whom_to_ring(cir: Shell, desk: PretendDesk) -> None:
    desk.reads[f"/cases/{CASE}/paper"] = a_sheet()
    page = cir("case", "print", CASE).out
    wanted = (
        *(CASE, "EXERCISE", "OFFICIAL-SENSITIVE", "containment", "23 Jul 2026 03:10:00 BST"),
        *("WHO MUST ACT", "cir x Eastmere", "01632 960001", "UNSAFE dpo@council.example"),
        *("01632 960100", "07700 900201", "WHEN THE SCREENS ARE DARK", "L1 about Eastmere"),
        *("--occurred-at WHEN", "--evidence TEXT"),
    )
    assert not [words for words in wanted if words not in page], page
    assert "\f" not in page


def test_every_open_case_has_a_page_of_its_own(cir: Shell, desk: PretendDesk) -> None:
    desk.reads["/cases"] = [{"case": CASE}, {"case": OTHER}]
    for case in (CASE, OTHER):
        desk.reads[f"/cases/{case}/paper"] = a_sheet(case)
    first, second = cir("case", "print").out.split("\f")
    assert CASE in first
    assert OTHER in second
    assert [one["case"] for one in cir("case", "print", "--json").data] == [CASE, OTHER]


def test_with_no_case_open_that_is_said(cir: Shell, desk: PretendDesk) -> None:
    desk.reads["/cases"] = []
    assert cir("case", "print").out == "No case is open.\n"


def test_a_page_is_no_wider_than_paper_and_hostile_text_does_nothing(
    cir: Shell, desk: PretendDesk
) -> None:
    desk.reads[f"/cases/{CASE}/paper"] = a_sheet(many=30, words="x" * 150)
    lines = cir("case", "print", CASE).out.splitlines()
    assert max(map(len, lines)) <= 80
    assert "  … and 18 more" in lines
    desk.reads[f"/cases/{CASE}/paper"] = a_sheet(words=EVIL + "\f")
    page = cir("case", "print", CASE).out
    assert is_harmless(page)
    assert "\f" not in page
