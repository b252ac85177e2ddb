"""A worker counts at its own endpoint what it has to try again, by kind and without a case."""

import asyncio
import re
from urllib.request import urlopen

import pytest
from temporalio.client import Client

from adapters.temporal.connect import connect_when_up, runtime_of
from settings import MailSettings
from stack.layout import LOOPBACK, Ports, free_ports
from tests import live
from tests.databases import Database
from tests.mail_server import MailDay, mail_server
from tests.sealing import converter

pytestmark = pytest.mark.server

COUNTED = re.compile(r'^cir_effect_retries\{([^}]*kind="notice"[^}]*)\} (\d+)$', re.MULTILINE)


async def test_each_try_that_did_not_get_through_is_counted_where_it_was_made(
    client: Client, temporal: Ports, database: Database
) -> None:
    port = free_ports(1)[0]
    runtime = runtime_of(port)
    address = f"{LOOPBACK}:{temporal.temporal}"
    counted = await connect_when_up(address, client.namespace, converter(), runtime)

    def shown() -> str:
        with urlopen(f"http://{LOOPBACK}:{port}/metrics", timeout=10) as answer:
            return str(answer.read().decode())

    day = MailDay(content=["451 come again"] * 2)
    async with mail_server(day) as mails:
        mail = MailSettings(host=LOOPBACK, port=mails, security="plain")
        async with live.office(counted, database, mail=mail) as office, live.worker_of(office):
            case = await office.open()

            async def is_counted() -> re.Match[str] | None:
                return COUNTED.search(await asyncio.to_thread(shown))

            found = await live.until(is_counted, "a try to be counted")
    assert int(found[2]) >= 1
    assert case.reference not in found[1]
    assert "task_queue" in found[1]
