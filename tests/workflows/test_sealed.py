"""Sealed payloads on the real server: what it stores, what a sealed case takes, and rotation."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, PayloadCodec
from temporalio.exceptions import ApplicationError

from adapters.keyring import Keyring, parsed
from adapters.temporal.sealing import codec_of, data_converter
from domain.decider import Receipt
from tests import live
from tests.databases import Database
from tests.live import Ask, LiveCase
from tests.sealing import KEYS_FILE, converter
from workflows.neighbours import LINK_TOLD, LinkTold

pytestmark = pytest.mark.server

PLANTED = "Ring Odessa Plant on 07700 900777."
OLD, NEW = parsed(KEYS_FILE.read_text()).items()


def over(client: Client, other: DataConverter) -> Client:
    """Return the same connection with another converter."""
    config = client.config()
    config["data_converter"] = other
    return Client(**config)


class SendsInClear(PayloadCodec):
    """Seals nothing and opens everything, so that a test can read what it was answered."""

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Send as it is."""
        return list(payloads)

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Open with the tests' keys."""
        return await codec_of(converter()).decode(payloads)


STOCK = replace(pydantic_data_converter, payload_codec=SendsInClear())


def keys(*known: tuple[str, bytes]) -> DataConverter:
    """Return our converter with these keys only."""
    return data_converter(Keyring(dict(known)), refuses_clear=True)


async def send_in_clear(client: Client, case: LiveCase, **note: str) -> Receipt:
    """Send a note as the stock command line does that has no codec."""
    stock = over(client, STOCK).get_workflow_handle(case.reference)
    receipt: Receipt = await stock.execute_update("add-note", {"by": "kaya", **note})
    return receipt


async def raw_history(case: LiveCase) -> bytes:
    """Return every event as the server stores it."""
    return b"".join([event.SerializeToString() for event in await case.events()])


async def test_the_server_stores_nothing_of_a_case_in_clear(
    client: Client, database: Database
) -> None:
    strict = over(client, converter(refuses_clear=True))
    async with live.at_work(strict, database) as office:
        case = await office.open()
        await case.give("add-note", text=PLANTED)
        with pytest.raises(WorkflowUpdateFailedError):
            await case.give("agree-scope", summary=PLANTED, agreed_by="Odessa Plant")
        await case.settled()
        stored = await raw_history(case)
    assert len(stored) > 10_000
    assert b"test-only-2" in stored
    for word in (b"Odessa", b"900777", b"Saltbeck", b"Marian", b"Housing", b"note-added"):
        assert word not in stored


async def test_a_sealed_case_refuses_an_update_in_clear_and_takes_it_sealed(
    client: Client, database: Database
) -> None:
    strict = over(client, converter(refuses_clear=True))
    async with live.at_work(strict, database) as office:
        case = await office.open()
        with pytest.raises(WorkflowUpdateFailedError) as caught:
            await send_in_clear(client, case, text="In clear.")
        await case.give("add-note", Ask(by_desk=False), text="Sealed.")
        assert [f["payload"]["text"] for f in await notes(case)] == ["Sealed."]
    assert isinstance(caught.value.cause, ApplicationError)
    assert caught.value.cause.type == "sealed-only"
    assert "--codec-endpoint" in caught.value.cause.message


async def test_a_signal_in_clear_is_refused_and_on_the_record(
    client: Client, database: Database
) -> None:
    strict = over(client, converter(refuses_clear=True))
    async with live.at_work(strict, database) as office:
        case = await office.open()
        stock = over(client, STOCK).get_workflow_handle(case.reference)
        await stock.signal("add-note", {"by": "kaya", "text": "In clear."})
        fact = await case.fact("instruction-refused", code="sealed-only")
        assert fact["by"] == "direct:kaya"
        assert (await case.state()).version == 1
        assert await notes(case) == []


async def test_a_link_told_in_clear_is_refused_and_on_the_record(
    client: Client, database: Database
) -> None:
    strict = over(client, converter(refuses_clear=True))
    async with live.at_work(strict, database) as office:
        case = await office.open()
        stock = over(client, STOCK).get_workflow_handle(case.reference)
        word = LinkTold(key="k-1", case="CIR-2026-999997", kind="duplicate")
        await stock.signal(LINK_TOLD, word)
        fact = await case.fact("instruction-refused", command=LINK_TOLD, code="sealed-only")
        assert fact["by"] == "direct:system"
        assert (await case.state()).links == ()
        await case.handle.signal(LINK_TOLD, word.but(case="CIR-2026-999996"))
        await case.fact("case-linked", case="CIR-2026-999996")


async def test_signals_that_say_nothing_change_nothing_however_often_they_come_in_clear(
    client: Client, database: Database
) -> None:
    strict = over(client, converter(refuses_clear=True))
    async with live.at_work(strict, database) as office:
        case = await office.open()
        await case.settled()
        before = await case.state()
        stock = over(client, STOCK).get_workflow_handle(case.reference)
        for _ in range(20):
            await stock.signal("registers-changed")
            await stock.signal("renew")
        await case.settled()
        assert await case.state() == before
        assert len(await case.facts()) == before.seq


async def test_a_case_that_is_open_takes_what_comes_in_clear(office: live.Office) -> None:
    case = await office.open()
    await send_in_clear(office.client, case, text="In clear.")
    (fact,) = await notes(case)
    assert (fact["by"], fact["payload"]["text"]) == ("direct:kaya", "In clear.")


async def test_a_case_goes_on_after_a_rotation_with_what_the_older_key_sealed(
    client: Client, database: Database
) -> None:
    before, after = over(client, keys(OLD)), over(client, keys(OLD, NEW))
    async with live.office(before, database) as first:
        async with live.worker_of(first, remembers=False):
            case = await first.open()
            await case.give("add-note", text="With the older key.")
            await case.settled()
        assert NEW[0].encode() not in await raw_history(case)
        rotated = live.moved(first, after)
        async with live.worker_of(rotated, remembers=False):
            again = LiveCase(rotated, case.reference, after.get_workflow_handle(case.reference))
            await again.give("add-note", text="With the newer key.")
            await again.settled()
            texts = [f["payload"]["text"] for f in await notes(again)]
            stored = await raw_history(again)
    assert texts == ["With the older key.", "With the newer key."]
    assert OLD[0].encode() in stored
    assert NEW[0].encode() in stored


async def notes(case: LiveCase) -> list[dict[str, Any]]:
    """Return the notes on record once the case is quiet."""
    await case.settled()
    return [fact for fact in await case.facts() if fact["type"] == "note-added"]
