"""``cir doctor`` over every way out there is: all well, and each of them broken in turn."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from stack.layout import LOOPBACK, free_ports
from tests.certificates import certificate
from tests.http_server import Reply, Request, http_server
from tests.mail_server import MailDay, mail_server
from tests.notify_server import API_KEY, EMAIL_TEMPLATE, SMS_TEMPLATE, NotifyDay, notify_server
from tests.partner_server import SECRET, PartnerDay, partner_server
from tests.stack.test_trial import Rows, trial

PASSWORD = "correct-horse-battery"  # noqa: S105  (fictional)
PARTS = ("mail", "notify", "provider alder", "provider kestrel", "finance")


@dataclass
class Partners:
    """Every server outside, and the settings that name them.

    Attributes:
        home: Where ``cir.toml`` and the secrets lie.
        toml: What the settings say, before a test breaks it.
    """

    home: Path
    toml: str = ""
    mails: MailDay = field(default_factory=MailDay)
    notify: NotifyDay = field(default_factory=NotifyDay)
    desks: list[PartnerDay] = field(default_factory=list)

    async def tried(self) -> tuple[Rows, str]:
        """Run the trial over the settings."""
        return await asyncio.to_thread(trial, self.home, self.toml)

    def secret(self, name: str, text: str) -> None:
        """Write a secret where the settings look for it."""
        (self.home / name).write_text(f"{text}\n")


@pytest.fixture
async def outside(tmp_path: Path) -> AsyncIterator[Partners]:
    """Give a mail server that asks for an account, Notify, two providers' desks and finance's."""
    made = Partners(tmp_path)
    context, authorities = certificate(tmp_path)
    for name, text in (("mail", PASSWORD), ("notify", API_KEY), ("desk", SECRET)):
        made.secret(name, text)
    line, account = ("starttls", context), ("cir", PASSWORD)
    with ExitStack() as servers:
        notify = servers.enter_context(notify_server(made.notify))
        made.desks = [PartnerDay() for _ in range(3)]
        urls = [servers.enter_context(partner_server(day)) for day in made.desks]
        async with mail_server(made.mails, line=line, account=account) as port:
            made.toml = f"""
[mail]
host = "{LOOPBACK}"
port = {port}
user = "cir"
password_file = "{tmp_path}/mail"
authorities_file = "{authorities}"
[notify]
base_url = "{notify}"
api_key_file = "{tmp_path}/notify"
email_template = "{EMAIL_TEMPLATE}"
sms_template = "{SMS_TEMPLATE}"
[providers.alder]
url = "{urls[0]}"
secret_file = "{tmp_path}/desk"
[providers.kestrel]
url = "{urls[1]}"
secret_file = "{tmp_path}/desk"
[finance]
url = "{urls[2]}"
secret_file = "{tmp_path}/desk"
"""
            yield made


async def test_every_way_out_that_works_says_yes_and_is_sent_nothing(outside: Partners) -> None:
    rows, printed = await outside.tried()
    assert {part: rows[part]["ok"] for part in PARTS} == dict.fromkeys(PARTS, True)
    assert "starttls, signed in as cir" in rows["mail"]["says"]
    assert "both templates are there" in rows["notify"]["says"]
    assert "is reached" in rows["provider alder"]["says"]
    assert (outside.mails.mails, outside.notify.sent) == ([], [])
    assert [day.came for day in outside.desks] == [[], [], []]
    for secret in (PASSWORD, API_KEY, SECRET):
        assert secret not in printed


BROKEN: dict[str, tuple[str, Callable[[Partners], None], str]] = {
    "the password is another's": (
        "mail", lambda one: one.secret("mail", "not-that-horse"), "Mend [mail] in cir.toml",
    ),
    "Notify's key is another's": (
        "notify", lambda one: one.secret("notify", API_KEY[:-12] + "0" * 12),
        "Notify answered 403",
    ),
    "Notify's key is no key": (
        "notify", lambda one: one.secret("notify", "no key"), "Mend [notify] in cir.toml: key",
    ),
    "a provider's secret is none": (
        "provider alder", lambda one: replaced(one, "providers.alder", "desk", "mail"),
        "Mend [providers.alder] in cir.toml",
    ),
    "a provider's desk is away": (
        "provider kestrel", lambda one: moved(one, "providers.kestrel"),
        "Mend [providers.kestrel] in cir.toml",
    ),
    "finance's secret is not there": (
        "finance", lambda one: replaced(one, "finance", "desk", "nowhere"),
        "Mend [finance] in cir.toml",
    ),
}  # fmt: skip


def replaced(one: Partners, table: str, old: str, new: str) -> None:
    """Let a table of the settings name another file."""
    head, mark, tail = one.toml.partition(f"[{table}]")
    one.toml = head + mark + tail.replace(f"/{old}", f"/{new}", 1)


def moved(one: Partners, table: str, url: str = "") -> None:
    """Let a table of the settings name another address; by itself one where nobody listens."""
    head, mark, tail = one.toml.partition(f"[{table}]")
    away = url or f"http://{LOOPBACK}:{free_ports(1)[0]}/messages"
    one.toml = head + mark + tail.replace(tail.split('"', 2)[1], away, 1)


@pytest.mark.parametrize("name", BROKEN)
async def test_what_is_broken_says_what_to_mend_and_the_rest_says_yes(
    outside: Partners, name: str
) -> None:
    part, break_it, mend = BROKEN[name]
    break_it(outside)
    rows, printed = await outside.tried()
    assert [one for one in PARTS if not rows[one]["ok"]] == [part]
    assert mend in rows[part]["says"]
    for secret in (PASSWORD, API_KEY, SECRET):
        assert secret not in printed


async def test_a_template_that_is_not_there_is_said(outside: Partners) -> None:
    outside.toml = outside.toml.replace(SMS_TEMPLATE, "00000000-0000-0000-0000-000000000000")
    rows, _ = await outside.tried()
    assert "Notify answered 404" in rows["notify"]["says"]


@pytest.mark.parametrize(("status", "says"), [(404, "there is no desk"), (502, "answered 502")])
async def test_an_address_without_a_desk_is_said(outside: Partners, status: int, says: str) -> None:
    def answer(_: Request) -> Reply:
        return Reply(status)

    with http_server(answer) as address:
        moved(outside, "finance", f"{address}/packs")
        rows, _ = await outside.tried()
    assert [one for one in PARTS if not rows[one]["ok"]] == ["finance"]
    assert says in rows["finance"]["says"]
