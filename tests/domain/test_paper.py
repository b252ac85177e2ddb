"""What stands on the sheet of a case: who to ring, how, and whom never to write to."""

from domain.case import Contact
from domain.paper import sheet
from domain.people import Person, Role
from domain.registers.shifts import Watch
from tests.builders import NOON
from tests.explaining import end

STORY = end("ransomware-c2-recovery").case
KAYA = Person(id="kaya", name="Kaya Osei", roles=(Role.TRIAGE_OFFICER,), email="k@x.example")
PRIYA = KAYA.but(id="priya", name="Priya Nair", phone="07700 900203")


def test_the_owner_and_whoever_is_on_are_there_with_their_numbers() -> None:
    case = STORY.but(owner="kaya")
    on = (Watch(rung=1, now=("priya", "nobody-we-know"), until=None),)
    made = sheet(case, (KAYA, PRIYA), on, case.providers, NOON)
    assert [(one.rung, one.name, one.phone) for one in made.staff] == [
        ("owner", "Kaya Osei", None),
        ("L1", "Priya Nair", "07700 900203"),
    ]
    assert made.firm is not None
    assert made.firm.duty_line == next(
        one.duty_line for one in case.providers if one.id == made.view.provider
    )


def test_an_address_the_attacker_may_read_is_marked_and_never_offered() -> None:
    reporter = STORY.report.reporter.but(
        contact_email="me@elsewhere.example", company_email="me@council.example"
    )
    caught = Contact(post="dpo", name="Dana", email="dpo@it.council.example", phone="01632 960002")
    case = STORY.but(report=STORY.report.but(reporter=reporter), contacts=(caught,))
    first, *others = sheet(case, (), (), (), NOON).reach
    assert (first.email, first.unsafe_email) == ("me@elsewhere.example", "me@council.example")
    dana = next(one for one in others if one.post == "dpo")
    assert (dana.email, dana.unsafe_email) == (None, "dpo@it.council.example")


def test_a_contact_set_since_comes_before_the_one_in_the_report() -> None:
    posts = [one.post for one in sheet(STORY, (), (), (), NOON).reach]
    assert posts[0] == "reporter"
    assert len(posts) == len(set(posts))
