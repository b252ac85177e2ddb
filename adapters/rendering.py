"""Notices in words: the templates, rendered so that nothing is blank and nothing is smuggled in."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from activities.notice_ports import Rendered
from adapters.check_words import CheckWords
from domain.free_text import clean_line, clean_words
from domain.harmless import harmless_line
from domain.notice import Address, Channel, Notice
from domain.value import Value

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
LONDON = ZoneInfo("Europe/London")
TO_OUTSIDE = "TLP:AMBER"
"""For a council or a provider, which must be able to show it to its IT host [TLP 2.0]."""
INSIDE = "TLP:AMBER+STRICT"


class PageLine(Value):
    """One page of a person's message, as the pager gives it.

    Attributes:
        case: The case's reference.
        about: The clock, ``alarm:<name>`` or the notice.
        says: What it is about, in words; for a notice, with the command that answers it.
        rung: ``L0`` to ``L3`` as a number.
        due_at: The true deadline; for an alarm, when it was raised. ISO, UTC; empty when a notice
            has none.
        late: How late, in words; empty when it is not.
        acknowledge: The command that says "I have it"; empty where nobody has to say so.
        what: What ``case`` is, when it is no case.
    """

    what: str = "Case"
    case: str
    about: str
    says: str
    rung: int
    due_at: str
    late: str = ""
    acknowledge: str
    exercise: bool = False


class Templates:
    """The templates with what every notice says besides: whom to ring.

    Args:
        duty_line: The service's own number, day and night.
        check_words: Makes the words by which council and provider know each other; ``None`` when
            the service has no key for them, and then no notice carries one.
    """

    def __init__(
        self, duty_line: str, check_words: CheckWords | None = None, folder: Path = TEMPLATES
    ) -> None:
        self._duty_line = duty_line
        self._check_words = check_words
        self._environment = _environment(folder)
        self._files = frozenset(self._environment.list_templates())

    def render(self, notice: Notice, to: Address, channel: Channel) -> Rendered:
        """Return a notice in words. Only an SMS, and what a provider gets signed, has a check-word.

        Raises:
            jinja2.UndefinedError: A template reads what its notice does not give.
        """
        outside = notice.role in ("council", "provider")
        context = {
            **notice.context,
            "exercise": notice.exercise,
            "role": notice.role,
            "tlp": TO_OUTSIDE if outside else INSIDE,
            "addressee": harmless_line(to.name) if notice.role == "council" else "",
            "duty_line": self._duty_line,
        }
        word = self._check_word(notice)
        spoken = word if notice.role == "provider" and channel == "provider-message" else ""
        return Rendered(
            subject=self._line(notice.notice, "subject.txt", {**context, "check_word": ""}),
            body=self._words(notice.notice, "body.txt", {**context, "check_word": spoken}),
            sms=self._sms(notice, {**context, "check_word": word if channel == "sms" else ""}),
            says=self._says(notice, context) if channel == "page" else "",
        )

    def render_page(
        self, template: str, person: str, rows: Iterable[PageLine], *, outside: bool = False
    ) -> Rendered:
        """Return the pager's one message to a person: ``clock-breached`` … or a digest of many.

        Args:
            template: Its folder.
            person: Their name.
            rows: The pages, worst first.
            outside: Whether they are a provider's account lead, who has no command to give.
        """
        lines = tuple(rows)
        context = {
            "person": harmless_line(person),
            "rows": [line.model_dump() for line in lines],
            "exercise": all(line.exercise for line in lines),
            "tlp": TO_OUTSIDE if outside else INSIDE,
            "outside": outside,
            "duty_line": self._duty_line,
        }
        return Rendered(
            subject=self._line(template, "subject.txt", context),
            body=self._words(template, "body.txt", context),
            sms=self._line(template, "sms.txt", context),
        )

    def _sms(self, notice: Notice, context: Mapping[str, object]) -> str:
        if f"{notice.notice}/sms.txt" not in self._files:
            return ""
        return self._line(notice.notice, "sms.txt", context)

    def _says(self, notice: Notice, context: Mapping[str, object]) -> str:
        """Return what the SMS says between label and number."""
        if f"{notice.notice}/sms.txt" not in self._files:
            return ""
        template = self._environment.get_template(f"{notice.notice}/sms.txt")
        words = template.blocks["says"](template.new_context({**context, "check_word": ""}))
        return plain("".join(words))

    def _check_word(self, notice: Notice) -> str:
        call_out = notice.context.get("call_out")
        if self._check_words is None or call_out is None:
            return ""
        return self._check_words.of(str(call_out))

    def _words(self, folder: str, file: str, context: Mapping[str, object]) -> str:
        text = self._environment.get_template(f"{folder}/{file}").render(context)
        lines = [line.rstrip() for line in text.splitlines()]
        kept = [one for i, one in enumerate(lines) if one or (i > 0 and lines[i - 1])]
        return "\n".join(kept).strip("\n") + "\n"

    def _line(self, folder: str, file: str, context: Mapping[str, object]) -> str:
        text = self._environment.get_template(f"{folder}/{file}").render(context)
        return plain(text)


def plain(text: str) -> str:
    """Return one line: no line ends, control characters or direction overrides, single spaces."""
    return " ".join(clean_line(text).split())


def uk_time(instant: str) -> str:
    """Return an ISO instant as people in the UK say it: Thursday 1 October 2026 at 02:40 BST."""
    at = datetime.fromisoformat(instant).astimezone(LONDON)
    return f"{at:%A} {at.day} {at:%B %Y} at {at:%H:%M %Z}"


def uk_short(instant: str) -> str:
    """Return an ISO instant for an SMS: 02:40 BST 1 Oct."""
    at = datetime.fromisoformat(instant).astimezone(LONDON)
    return f"{at:%H:%M %Z} {at.day} {at:%b}"


def uk_date(day: str) -> str:
    """Return an ISO day as 1 April 2027."""
    on = date.fromisoformat(day)
    return f"{on.day} {on:%B %Y}"


def pounds(pence: int) -> str:
    """Return pence as pounds: £60,000.00."""
    return f"£{pence // 100:,}.{pence % 100:02d}"


def quoted(text: str) -> str:
    """Return somebody's words with a bar before each line, so that they cannot pass for ours."""
    return "\n".join(f"| {line}".rstrip() for line in clean_words(text).splitlines()) or "| (none)"


def plain_number(number: float) -> str:
    """Return 4.0 as 4 and 1.5 as 1.5."""
    return f"{number:g}"


def _environment(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalised,
    )
    for word in (uk_time, uk_short, uk_date, pounds, quoted, plain_number, plain):
        environment.filters[word.__name__] = word
    return environment


def _finalised(value: object) -> object:
    """Clean whatever goes into a template, whoever forgot to before."""
    return clean_words(value) if isinstance(value, str) else value
