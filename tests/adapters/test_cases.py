from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.notice_ports import Delivery, Leg
from activities.records import FactBatch
from adapters.database.attempts import Attempts
from adapters.database.cases import Cases, length_of
from adapters.database.notice_book import DatabaseNoticeBook
from adapters.database.records import DatabaseRecords
from domain.fact import Fact
from domain.notice import Channel, Notice
from domain.people import A, H, M, Role, T
from domain.phase import Phase
from domain.view import CaseView, EscalationLine, NoticeLine, OpenAction, view_of
from tests.builders import DAY, HOUR, MINUTE, NOON, OTHER, REFERENCE, a_case
from tests.databases import Clock
from tests.sealing import case_keys, desk_key

THIRD = "CIR-2026-000200"
RECEIPT = Notice(notice="report-receipt", role="council", channels=("email", "sms"))
RECEIPT_LINE = NoticeLine(
    key="key-1", notice="report-receipt", to_role="council", channels=("email", "sms")
)


@pytest.fixture
def cases(engine: AsyncEngine, clock: Clock) -> Cases:
    return Cases(engine, clock, case_keys())


@pytest.fixture
def records(engine: AsyncEngine) -> DatabaseRecords:
    return DatabaseRecords(engine, case_keys(), desk_key())


def a_view(case: str = REFERENCE, phase: Phase = Phase.ASSESSMENT, **changes: Any) -> CaseView:
    plain = view_of(a_case(phase)).but(case=case, seq=1, due_at=NOON + HOUR, next_clock="decision")
    return plain.but(**changes)


def a_fact(seq: int = 1, kind: str = "case-opened", **payload: Any) -> Fact:
    at = NOON + seq * MINUTE
    return Fact(
        seq=seq, type=kind, occurred_at=at, recorded_at=at, by="kaya", instruction=f"key-{seq}",
        payload=payload,
    )  # fmt: skip


async def keep(records: DatabaseRecords, *views: CaseView) -> None:
    for view in views:
        await records.append(FactBatch(case=view.case, facts=(a_fact(),), view=view))


async def found(cases: Cases, wanted: dict[str, Any], **how: Any) -> list[str]:
    return [row["case"] for row in await cases.listed(wanted, **how)]


class TestList:
    async def test_a_summary_is_what_the_contract_names(
        self, cases: Cases, records: DatabaseRecords
    ) -> None:
        await keep(records, a_view(rung=2, breached=True))
        assert await cases.listed({}) == [
            {
                "case": REFERENCE,
                "phase": "assessment",
                "outcome": None,
                "category": "uncategorised",
                "owner": "kaya",
                "provider": None,
                "next_clock": "decision",
                "due_at": "2026-11-23T13:00:00Z",
                "breached": True,
                "rung": 2,
                "opened_at": "2026-11-23T12:00:00Z",
                "version": 3,
            }
        ]

    @pytest.mark.parametrize(
        "wanted",
        [
            {"phase": "containment"},
            {"category": "C2"},
            {"owner": "tomas"},
            {"provider": "kestrel"},
            {"breached": True},
            {"exercise": True},
            {"council": "xeb"},
            {"breaching": "30m"},
            {"opened_since": NOON + HOUR},
            {"category": "C2", "owner": "tomas", "provider": "kestrel"},
        ],
    )
    async def test_each_filter_finds_the_case_it_names(
        self, cases: Cases, records: DatabaseRecords, wanted: dict[str, Any]
    ) -> None:
        other = a_view(
            OTHER, Phase.CONTAINMENT, category="C2", owner="tomas", provider="kestrel",
            breached=True, exercise=True, council_code="XEB", due_at=NOON + 20 * MINUTE,
            opened_at=NOON + 2 * HOUR,
        )  # fmt: skip
        await keep(records, a_view(), other)
        assert await found(cases, wanted) == [OTHER]

    async def test_closed_cases_are_listed_when_they_are_asked_for(
        self, cases: Cases, records: DatabaseRecords
    ) -> None:
        await keep(records, a_view(), a_view(OTHER, Phase.CLOSED, due_at=None))
        assert await found(cases, {}) == [REFERENCE]
        assert await found(cases, {"phase": "closed"}) == [OTHER]
        assert await found(cases, {"closed": True}) == [OTHER]

    async def test_the_soonest_deadline_comes_first_and_none_last(
        self, cases: Cases, records: DatabaseRecords
    ) -> None:
        await keep(
            records, a_view(due_at=None), a_view(OTHER, due_at=NOON + DAY),
            a_view(THIRD, due_at=NOON + MINUTE),
        )  # fmt: skip
        assert await found(cases, {}) == [THIRD, OTHER, REFERENCE]
        assert await found(cases, {}, sort="case", limit=2) == [OTHER, REFERENCE]

    @pytest.mark.parametrize(
        ("text", "length"),
        [
            ("90s", timedelta(seconds=90)),
            ("30m", timedelta(minutes=30)),
            ("2h", timedelta(hours=2)),
            ("1d", timedelta(days=1)),
            ("soon", timedelta(0)),
        ],
    )
    def test_a_length_is_a_number_and_a_unit(self, text: str, length: timedelta) -> None:
        assert length_of(text) == length


class TestShow:
    async def test_a_case_nobody_knows_is_none(self, cases: Cases) -> None:
        assert await cases.show(REFERENCE) is None

    async def test_a_case_is_shown_as_it_was_recorded(
        self, cases: Cases, records: DatabaseRecords
    ) -> None:
        view = a_view()
        await keep(records, view)
        assert await cases.show(REFERENCE) == view.model_dump(mode="json") | {"notices": []}

    async def test_history_begins_after_the_number_named(
        self, cases: Cases, records: DatabaseRecords
    ) -> None:
        facts = (a_fact(1), a_fact(2, "note-added", words="x"), a_fact(3, "note-added", words="y"))
        await records.append(FactBatch(case=REFERENCE, facts=facts, view=a_view(seq=3)))
        history = await cases.history(REFERENCE, after=1)
        assert [(fact["seq"], fact["payload"]["words"]) for fact in history] == [(2, "x"), (3, "y")]
        assert await cases.has_instruction(REFERENCE, "key-2")
        assert not await cases.has_instruction(OTHER, "key-2")


class TestNotices:
    @pytest.fixture
    def book(self, engine: AsyncEngine, clock: Clock) -> DatabaseNoticeBook:
        return DatabaseNoticeBook(engine, clock)

    async def settled(
        self, book: DatabaseNoticeBook, channel: Channel, state: Any, number: int = 1
    ) -> None:
        leg = Leg.of("key-1", REFERENCE, RECEIPT, channel, number)
        await book.claim(leg)
        if state != "sending":
            await book.settle(leg, Delivery(state=state))

    async def lines(self, cases: Cases) -> dict[str, tuple[str, str | None]]:
        shown = await cases.show(REFERENCE)
        assert shown is not None
        return {line["channel"]: (line["state"], line["sent_at"]) for line in shown["notices"]}

    async def test_a_notice_not_sent_yet_is_queued_on_every_channel(
        self, cases: Cases, records: DatabaseRecords
    ) -> None:
        await keep(records, a_view(notices=(RECEIPT_LINE,)))
        assert await self.lines(cases) == {"email": ("queued", None), "sms": ("queued", None)}

    async def test_the_ledger_says_what_became_of_it_and_sending_is_not_told(
        self, cases: Cases, records: DatabaseRecords, book: DatabaseNoticeBook
    ) -> None:
        await keep(records, a_view(notices=(RECEIPT_LINE,)))
        await self.settled(book, "email", "delivered")
        await self.settled(book, "sms", "sending")
        assert await self.lines(cases) == {
            "email": ("delivered", "2026-11-23T12:00:00Z"),
            "sms": ("queued", None),
        }

    async def test_one_of_several_people_reached_is_delivered(
        self, cases: Cases, records: DatabaseRecords, book: DatabaseNoticeBook
    ) -> None:
        await keep(records, a_view(notices=(RECEIPT_LINE,)))
        for number, state in enumerate(("failed", "delivered", "failed"), start=1):
            await self.settled(book, "email", state, number)
        assert (await self.lines(cases))["email"][0] == "delivered"

    async def test_what_was_spoken_by_telephone_is_shown_beside_what_failed(
        self, cases: Cases, records: DatabaseRecords, book: DatabaseNoticeBook
    ) -> None:
        spoken = a_fact(
            2, "delivery-recorded", notice="key-1", name="report-receipt", channel="phone",
            state="spoken",
        )  # fmt: skip
        view = a_view(notices=(RECEIPT_LINE,), seq=2)
        await records.append(FactBatch(case=REFERENCE, facts=(a_fact(), spoken), view=view))
        await self.settled(book, "email", "failed")
        assert await self.lines(cases) == {
            "email": ("failed", "2026-11-23T12:00:00Z"),
            "sms": ("queued", None),
            "phone": ("spoken", "2026-11-23T12:02:00Z"),
        }


def an_action(by: datetime, *who: Role) -> OpenAction:
    return OpenAction(who=", ".join(r.value for r in who), what="decide", by=by, command="cir x")


class TestAcrossCases:
    async def test_pages_that_wait_for_a_person_come_highest_rung_first(
        self, cases: Cases, records: DatabaseRecords
    ) -> None:
        low = EscalationLine(clock="decision", rung=1, unacknowledged=True)
        taken = EscalationLine(clock="hand-over", rung=3, acknowledged_by="priya")
        high = EscalationLine(clock="provider-contact", rung=3, unacknowledged=True)
        await keep(
            records, a_view(rung=1, escalations=(low, taken)),
            a_view(OTHER, rung=3, escalations=(high,)), a_view(THIRD, escalations=(taken,)),
        )  # fmt: skip
        lines = [(line["case"], line["clock"]) for line in await cases.escalations()]
        assert lines == [(OTHER, "provider-contact"), (REFERENCE, "decision")]

    async def test_an_inbox_holds_what_ones_roles_may_do_by_deadline(
        self, cases: Cases, records: DatabaseRecords
    ) -> None:
        mine = an_action(NOON + DAY, T)
        sooner, not_mine = an_action(NOON + HOUR, T, M), an_action(NOON, A)
        await keep(
            records, a_view(open_actions=(mine, not_mine)),
            a_view(OTHER, owner="tomas", open_actions=(sooner,)),
            a_view(THIRD, Phase.CLOSED, open_actions=(sooner,)),
        )  # fmt: skip
        inbox = await cases.inbox((T.value,), "kaya")
        assert [(line["case"], line["mine"]) for line in inbox] == [
            (OTHER, False),
            (REFERENCE, True),
        ]

    async def test_whoever_stands_in_for_a_role_has_its_work_too(
        self, cases: Cases, records: DatabaseRecords
    ) -> None:
        await keep(records, a_view(open_actions=(an_action(NOON, A),)))
        assert len(await cases.inbox((H.value,), "helen")) == 1
        assert await cases.inbox((M.value,), "priya") == []


async def test_refused_attempts_are_kept_in_order(engine: AsyncEngine, clock: Clock) -> None:
    attempts = Attempts(engine, clock)
    await attempts.keep(REFERENCE, "decide", "kaya", "key-1", "wrong-phase", "It is closed.")
    clock.move(MINUTE)
    await attempts.keep(REFERENCE, "decide", "tomas", "key-2", "role-not-allowed", "No.")
    await attempts.keep(OTHER, "decide", "kaya", "key-3", "wrong-phase", "It is closed.")
    kept = await attempts.of_case(REFERENCE)
    assert [(row["by"], row["code"], row["at"]) for row in kept] == [
        ("kaya", "wrong-phase", NOON),
        ("tomas", "role-not-allowed", NOON + MINUTE),
    ]
