import re
from collections.abc import Mapping

import pytest
from jinja2 import UndefinedError
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from activities.notice_ports import Rendered
from adapters.check_words import WORDS, CheckWords
from adapters.rendering import TEMPLATES, PageLine, Templates, plain, pounds, quoted, uk_time
from domain.notice import Address, Channel, Notice
from domain.notices import CATALOGUE, NOTICE_BY_PAGE, PAGE_TEMPLATES, Entry
from tests.builders import OTHER
from tests.notice_moments import (
    COUNCIL_NAME,
    MOMENTS,
    a_case,
    happened,
    moment_of,
)

DUTY_LINE = "01632 960999"
KEY = b"a key for tests, not for life"
TO = Address(name="Joanna Hale", email="jo.hale@personal.example.org", phone="07700 900101")
CHECK_WORD = re.compile(rf"\b({'|'.join(WORDS)}) ({'|'.join(WORDS)}) \d\d\b")
ENTRIES = pytest.mark.parametrize("entry", MOMENTS.values(), ids=list(MOMENTS))
OURS = ("reference", "phase", "what", "about")
"""Context that is one of our own words, not a detail."""

HOSTILE = (
    "Eve\r\nBcc: all@evil.example\u2028\x1b[31mred\x1b[0m \u202egnp.exe https://evil.example/x "
    "10.0.0.5 {{ 7 * 7 }}"
)


class Golden(SingleFileSnapshotExtension):
    """One reviewable text file for each notice."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(Golden)


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates(DUTY_LINE, CheckWords(KEY))


def notice_of(entry: Entry, **changes: object) -> Notice:
    return entry.made_of(moment_of(entry)).but(**changes)


def rendered(templates: Templates, notice: Notice, channel: Channel | None = None) -> Rendered:
    return templates.render(notice, TO, channel or notice.channels[0])


def in_full(words: Rendered) -> str:
    return f"Subject: {words.subject}\n\n{words.body}\n--- SMS or page ---\n{words.sms}\n"


@ENTRIES
def test_the_words_of_each_notice(
    entry: Entry, templates: Templates, golden: SnapshotAssertion
) -> None:
    notice = notice_of(entry)
    text = in_full(rendered(templates, notice))
    assert text == golden


@ENTRIES
def test_label_and_reference_are_in_subject_first_line_and_sms(
    entry: Entry, templates: Templates
) -> None:
    words = rendered(templates, notice_of(entry))
    outside = entry.to in ("council", "provider")
    label = f"OFFICIAL-SENSITIVE {'TLP:AMBER' if outside else 'TLP:AMBER+STRICT'}"
    assert words.subject.startswith(f"{label} CIR-2026-000123: ")
    assert words.body.splitlines()[0] == label
    assert not words.sms or words.sms.startswith(f"{label} CIR-2026-000123: ")


@ENTRIES
def test_an_exercise_says_so_in_subject_first_line_and_sms(
    entry: Entry, templates: Templates
) -> None:
    words = rendered(templates, notice_of(entry, exercise=True))
    assert " EXERCISE CIR-2026-000123: " in words.subject
    assert words.body.splitlines()[0].endswith(" EXERCISE")
    assert not words.sms or " EXERCISE " in words.sms


@ENTRIES
def test_a_notice_says_what_happened_what_to_do_by_when_and_whom_to_ring(
    entry: Entry, templates: Templates
) -> None:
    body = rendered(templates, notice_of(entry)).body
    parts = ("WHAT HAPPENED", "WHAT TO DO", "BY WHEN", "WHOM TO RING")
    found = [body.index(part) for part in parts]
    assert found == sorted(found)
    assert DUTY_LINE in body
    assert not re.search(r"(WHAT HAPPENED|WHAT TO DO|BY WHEN)\n\n", body)


@ENTRIES
def test_no_council_and_no_detail_in_subject_or_sms(entry: Entry, templates: Templates) -> None:
    notice = notice_of(entry)
    words = rendered(templates, notice)
    short = f"{words.subject}\n{words.sms}"
    context = {k: v for k, v in notice.context.items() if k not in OURS}
    details = [v for v in context.values() if isinstance(v, str) and len(v) > 3]
    assert COUNCIL_NAME not in short
    assert [detail for detail in details if detail in short] == []
    assert not re.search(r"£|\bC[1-6]\b|Alder|Kestrel", short)


@ENTRIES
def test_an_sms_is_short(entry: Entry, templates: Templates) -> None:
    sms = rendered(templates, notice_of(entry), "sms").sms
    assert len(sms) <= 306  # two joined parts of the GSM alphabet, 153 characters each


@ENTRIES
def test_whoever_gets_sms_or_page_has_words_for_it(entry: Entry, templates: Templates) -> None:
    short = {"sms", "page"} & set(entry.channels) or entry.to == "council"
    assert bool(rendered(templates, notice_of(entry)).sms) or not short


@ENTRIES
def test_a_check_word_is_never_in_mail(entry: Entry, templates: Templates) -> None:
    for channel in ("email", "page"):
        words = rendered(templates, notice_of(entry), channel)
        assert not CHECK_WORD.search(f"{words.subject} {words.body}")
        assert not CHECK_WORD.search(words.sms)


@ENTRIES
def test_hostile_words_neither_break_a_header_nor_make_a_link(
    entry: Entry, templates: Templates
) -> None:
    council = a_case().council.but(name=HOSTILE[:200])
    m = moment_of(entry)
    event = happened(m.event.type, **_all_poisoned(m.event.model_dump(exclude={"at"})))
    event = event.but(step=m.event.step) if hasattr(m.event, "step") else event
    poisoned = m._replace(after=m.after.but(council=council), event=event)
    words = templates.render(entry.made_of(poisoned), TO.but(name=HOSTILE[:200]), entry.channels[0])
    for line in (words.subject, words.sms):
        assert "\n" not in line
        assert "\r" not in line
    everything = in_full(words)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", everything)
    assert not re.search(r"://|@evil|evil\.example|10\.0\.0\.5", everything)
    assert not re.search(r"^Bcc:", everything, re.MULTILINE)
    assert "49" not in everything.replace("900499", "")


def test_both_sides_of_a_call_out_get_the_same_check_word(templates: Templates) -> None:
    sms = rendered(templates, notice_of(MOMENTS["provider-changed-to-council"]), "sms").sms
    signed = rendered(templates, notice_of(MOMENTS["call-out-to-provider"])).body
    (council,) = CHECK_WORD.findall(sms)
    (provider,) = CHECK_WORD.findall(signed)
    assert council == provider


def test_another_call_out_has_another_check_word() -> None:
    words = CheckWords(KEY)
    assert words.of("CIR-2026-000123/alder/a") != words.of("CIR-2026-000123/kestrel/b")


def test_another_key_makes_other_check_words() -> None:
    assert CheckWords(KEY).of("x") != CheckWords(KEY[::-1]).of("x")


def test_a_key_that_could_be_guessed_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        CheckWords(b"short")


def test_without_a_key_no_notice_has_a_check_word() -> None:
    notice = notice_of(MOMENTS["activation-confirmed-to-council"])
    words = Templates(DUTY_LINE).render(notice, TO, "sms")
    assert "word" not in words.sms


def test_a_blank_never_goes_out(templates: Templates) -> None:
    notice = notice_of(MOMENTS["activation-confirmed-to-council"])
    lacking = {k: v for k, v in notice.context.items() if k != "provider"}
    with pytest.raises(UndefinedError, match="provider"):
        rendered(templates, notice.but(context=lacking))


def test_the_words_of_a_duplicate_of_the_councils_own_case(
    templates: Templates, golden: SnapshotAssertion
) -> None:
    entry = MOMENTS["decision-duplicate-to-council"]
    m = moment_of(entry)
    own = m._replace(event=m.event.but(of=OTHER, own=True))
    words = rendered(templates, entry.made_of(own))
    assert in_full(words) == golden
    assert OTHER not in words.subject + words.sms


def test_each_notice_has_a_folder_and_each_folder_a_notice() -> None:
    folders = {p.name for p in TEMPLATES.iterdir() if p.is_dir() and not p.name.startswith("_")}
    pages = {*PAGE_TEMPLATES, NOTICE_BY_PAGE}
    assert folders == {entry.notice for entry in CATALOGUE} | pages


def test_templates_hold_no_logic_beyond_if_and_for() -> None:
    allowed = {"if", "elif", "else", "endif", "for", "endfor", "block", "endblock"}
    allowed |= {"extends", "include"}
    found = {
        word
        for path in TEMPLATES.rglob("*.txt")
        for word in re.findall(r"{%-?\s*(\w+)", path.read_text())
    }
    assert found <= allowed


@pytest.mark.parametrize("template", PAGE_TEMPLATES)
def test_the_words_of_each_page(
    template: str, templates: Templates, golden: SnapshotAssertion
) -> None:
    rows = [page(1), page(2)] if template == "escalation-digest" else [page(1)]
    text = in_full(templates.render_page(template, "Priya Nair", rows))
    assert text == golden


def test_the_words_of_a_notice_by_page(templates: Templates, golden: SnapshotAssertion) -> None:
    text = in_full(templates.render_page(NOTICE_BY_PAGE, "Priya Nair", [a_notice(1)]))
    assert text == golden


def test_the_words_of_pages_and_a_notice_in_one(
    templates: Templates, golden: SnapshotAssertion
) -> None:
    rows = [page(1), a_notice(2)]
    text = in_full(templates.render_page("escalation-digest", "Priya Nair", rows))
    assert text == golden


def test_notices_alone_send_nobody_to_the_list_of_escalations(templates: Templates) -> None:
    rows = [a_notice(1).model_copy(update={"due_at": ""}), a_notice(2)]
    words = templates.render_page("escalation-digest", "Priya Nair", rows)
    assert words.sms.endswith("Worst: CIR-2026-000121 hand-over-request. cir inbox")
    assert "cir escalation" not in words.body
    assert words.body.count("Deadline: ") == 1


@ENTRIES
def test_the_pager_says_of_a_notice_what_its_text_says(entry: Entry, templates: Templates) -> None:
    notice = notice_of(entry)
    words = rendered(templates, notice, "page")
    assert words.says in words.sms
    assert bool(words.says) is bool(words.sms)
    assert not re.search(r"OFFICIAL|duty line|Ring 0", words.says)
    assert rendered(templates, notice, "email").says == ""


def a_notice(number: int) -> PageLine:
    case = f"CIR-2026-00012{number}"
    return PageLine(
        case=case,
        about="hand-over-request",
        says=f"A hand-over waits for you. cir handling accept-hand-over {case}",
        rung=0,
        due_at="2026-10-01T02:50:00Z",
        acknowledge="",
    )


def page(number: int) -> PageLine:
    return PageLine(
        case=f"CIR-2026-00012{number}",
        about="provider-contact",
        says="provider-contact waits for the provider to reach the council",
        rung=1,
        due_at="2026-10-01T02:35:00Z",
        late="4 minutes",
        acknowledge=(f"cir escalation acknowledge CIR-2026-00012{number} --about provider-contact"),
    )


def test_uk_time_names_its_zone_in_summer_and_winter() -> None:
    assert uk_time("2026-10-01T01:40:00Z") == "Thursday 1 October 2026 at 02:40 BST"
    assert uk_time("2026-12-01T01:40:00Z") == "Tuesday 1 December 2026 at 01:40 GMT"


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    assert uk_time("2026-10-25T00:30:00Z").endswith("01:30 BST")
    assert uk_time("2026-10-25T01:30:00Z").endswith("01:30 GMT")


def test_pounds_keep_pence() -> None:
    assert pounds(6000000) == "£60,000.00"
    assert pounds(5) == "£0.05"


def test_plain_is_one_line() -> None:
    assert plain("a\r\nBcc: x\t\x1b[31mb\u202e") == "a Bcc: x b"


def test_quoted_words_cannot_pass_for_ours() -> None:
    assert quoted("one\nWHOM TO RING\n0700") == "| one\n| WHOM TO RING\n| 0700"


def _poisoned(value: object) -> object:
    """Return the same shape with hostile text in every place for free words."""
    if isinstance(value, dict):
        return _all_poisoned(value)
    if isinstance(value, list | tuple):
        return tuple(_poisoned(one) for one in value)
    return HOSTILE if isinstance(value, str) else value


def _all_poisoned(facts: Mapping[str, object]) -> dict[str, object]:
    return {key: _spared(key, one) for key, one in facts.items()}


def _spared(key: str, value: object) -> object:
    """Leave what only one of our own words can stand in."""
    own = ("result", "to", "trigger", "provider", "why", "scope", "owner", "clock", "settings")
    return value if key in own else _poisoned(value)
