"""What is personal is declared on the field, and everything so declared is sealed."""

import json
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator

import domain.decisions  # noqa: F401  (fills the registries)
from domain.case import Event
from domain.command import BASE_FIELDS, Command
from domain.decisions.billing import BillingHandedOff
from domain.decisions.intake import CaseOpened
from domain.free_text import clean_line, clean_words
from domain.personal import SEALED, opened, personal_paths, sealed
from domain.report import Report
from domain.value import Value
from tests.builders import a_report

every_event = pytest.mark.parametrize("name", sorted(Event.registry))

REPORTED = {
    "reporter.name",
    "reporter.contact_email",
    "reporter.phone",
    "reporter.out_of_hours_phone",
    "reporter.company_email",
    "contacts.name",
    "contacts.email",
    "contacts.phone",
    "incident.summary",
    "actions.containment_done",
}


def hide(place: str, value: Any) -> dict[str, str]:
    return {SEALED: json.dumps([place, value])}


def unhide(place: str, said: str) -> Any:
    where, value = json.loads(said)
    assert where == place
    return value


def is_free_text(hint: Any) -> bool:
    """Tell whether an input is words of a person: it is cleaned on arrival."""
    if isinstance(hint, AfterValidator):
        return hint.func in (clean_line, clean_words)
    return any(is_free_text(one) for one in _parts(hint))


def _parts(hint: Any) -> tuple[Any, ...]:
    return (*getattr(hint, "__args__", ()), *getattr(hint, "__metadata__", ()))


def test_a_report_declares_who_reports_and_what_they_say() -> None:
    assert set(personal_paths(Report)) >= REPORTED


@every_event
def test_words_of_a_person_stay_personal_in_the_event_of_their_command(name: str) -> None:
    event = Event.registry[name]
    own = {path.split(".")[0] for path in personal_paths(event)}
    words = {"reason", "text", "summary", "notes", "lessons", "answers", "email", "phone"}
    assert words & set(event.model_fields) <= own


def test_free_text_that_goes_on_the_record_is_personal_there() -> None:
    inputs = {
        field: info
        for command in Command.registry.values()
        for field, info in command.model_fields.items()
        if field not in BASE_FIELDS and is_free_text(Annotated[info.annotation, *info.metadata, 0])
    }
    personal = {path for event in Event.registry.values() for path in personal_paths(event)}
    carried = {
        field
        for field in inputs
        if any(field in event.model_fields for event in Event.registry.values())
    }
    named = {path.split(".")[0] for path in personal}
    assert carried - named - CODES == set()


CODES = {
    "card", "channel", "finance_ref", "given_by", "item", "of", "po_number", "provider",
    "reference", "result",
}  # fmt: skip
"""Inputs that are cleaned like words and are numbers, codes or ids of organisations."""


def test_what_is_sealed_comes_back_as_it_was() -> None:
    dumped = a_report(reporter__phone="07700 900123").model_dump(mode="json", by_alias=True)
    done = sealed(Report, dumped, hide, "report")
    assert done != dumped
    assert opened(done, unhide, "report") == dumped


def test_nothing_of_a_person_is_left_in_a_sealed_opening() -> None:
    report = a_report()
    payload = {"report": report.model_dump(mode="json"), "received_at": "2026-11-23T12:00:00Z"}
    seen = json.dumps(sealed(CaseOpened, payload, lambda _place, _value: {SEALED: "x"}))
    for word in (report.reporter.name, report.reporter.contact_email, report.incident.summary):
        assert word is not None
        assert word not in seen
    assert report.incident.type in seen


def test_a_pack_keeps_its_figures_in_clear_and_seals_who_worked() -> None:
    line = {"item": "W-1", "worker": "A. Worker", "description": "Rebuilt a server.", "minutes": 60}
    payload = {"pack": 1, "document": {"A": {"items": [line]}, "sha256": "0" * 64}}
    done = sealed(BillingHandedOff, payload, hide)
    (item,) = done["document"]["A"]["items"]
    assert (item["item"], item["minutes"]) == ("W-1", 60)
    assert set(item["worker"]) == set(item["description"]) == {SEALED}
    assert opened(done, unhide) == payload


def test_a_field_that_no_declaration_knows_is_taken_for_personal() -> None:
    class Known(Value):
        code: str

    assert sealed(Known, {"code": "C2", "more": "words"}, hide)["more"] == hide("/more", "words")


def test_nothing_is_said_where_nothing_was_said() -> None:
    assert sealed(Event.registry["case-linked"], {"reason": None}, hide) == {"reason": None}
