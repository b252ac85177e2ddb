"""Fakes of the ports behind the smaller activities; each has a memory."""

import asyncio
from typing import Any

from activities.billing import PackHandOff
from activities.notice_ports import Delivery
from activities.paging import PageAnswer, PageBatch
from activities.receipts import Open, Word
from activities.records import FactBatch
from activities.turns import TurnRequest
from domain.notice import Notice


class FakeFinanceDesk:
    """Keeps packs by key; ``broken`` keys fail in the air, ``bugs`` in our own code."""

    def __init__(self) -> None:
        self.packs: dict[str, dict[str, Any] | None] = {}
        self.broken: set[str] = set()
        self.bugs: set[str] = set()

    async def take(self, pack: PackHandOff) -> str:
        """Keep the pack and say where it is."""
        if pack.key in self.bugs:
            raise KeyError(pack.key)
        if pack.key in self.broken:
            raise ConnectionError(f"{pack.document} did not go")
        self.packs.setdefault(pack.key, pack.document)
        return f"finance/{pack.key}"


class FakePager:
    """Somebody on each rung, or nobody; every message that was asked for.

    Attributes:
        sent: Whom messages went to, in order.
        broken: Whether nothing goes.
        go_on: Awaited before a message goes.
    """

    def __init__(self, rungs: dict[int, tuple[str, ...]]) -> None:
        self._rungs = rungs
        self.sent: list[str] = []
        self.broken = False
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def enter(self, batch: PageBatch) -> tuple[PageAnswer, ...]:
        """Answer whoever is on each rung."""
        if self.broken:
            raise ConnectionResetError("the line went dead")
        return tuple(
            PageAnswer(key=row.key, rung=row.page.rung, people=self._rungs.get(row.page.rung, ()))
            for row in batch.rows
        )

    async def send(self, person: str) -> None:
        """Send, once it may go on."""
        if self.broken:
            raise ConnectionResetError("the line went dead")
        await self.go_on.wait()
        self.sent.append(person)


class FakeRecords:
    """Keeps every batch; ``conflict`` when the record holds something else."""

    def __init__(self) -> None:
        self.batches: list[FactBatch] = []
        self.last = 0
        self.conflict = False
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def append(self, batch: FactBatch) -> int:
        """Keep the batch, once it may go on."""
        if self.conflict:
            raise RuntimeError("on record with other content")
        await self.go_on.wait()
        self.batches.append(batch)
        return self.last


class FakeTurns:
    """Hands providers out in turn, one for each key; ``away`` when it cannot be asked."""

    def __init__(self) -> None:
        self.given: dict[str, str] = {}
        self.away = False

    async def reserve(self, request: TurnRequest) -> str:
        """Return the key's provider."""
        if self.away:
            raise ConnectionError("the registers are away")
        number = len(self.given) % len(request.candidates)
        return self.given.setdefault(request.key, request.candidates[number])


class FakeReceiptBook:
    """A ledger as receipts see it.

    Attributes:
        waiting: Messages without a final word.
        taken: Receipts written, by reference.
        fresh: Words no case was offered yet.
    """

    def __init__(self) -> None:
        self.waiting: tuple[Open, ...] = ()
        self.taken: dict[str, Delivery] = {}
        self.fresh: list[Word] = []

    async def open(self) -> tuple[Open, ...]:
        """Return what waits."""
        return self.waiting

    async def take(self, reference: str, delivery: Delivery) -> bool:
        """Keep the first receipt."""
        return self.taken.setdefault(reference, delivery) is delivery

    async def words(self) -> tuple[Word, ...]:
        """Return the fresh words."""
        return tuple(self.fresh)

    async def offered(self, word: Word) -> None:
        """Forget the word."""
        self.fresh.remove(word)


class FakeReceiptSource:
    """A channel that is asked; ``away`` when it cannot be."""

    def __init__(self) -> None:
        self.answers: dict[str, Delivery] = {}
        self.away = False

    async def status(self, reference: str) -> Delivery:
        """Return what became of the message."""
        if self.away:
            raise ConnectionResetError("the line went dead")
        return self.answers[reference]


class FakeRunningCases:
    """Cases that want to hear some states, and hold some notices; every word they were told."""

    def __init__(self) -> None:
        self.held: dict[str, Notice] = {}
        self.wanted: set[str] = set()
        self.told: list[Word] = []

    async def held_notice(self, case: str, key: str) -> Notice | None:
        """Return the notice held under a key."""
        del case
        return self.held.get(key)

    async def wants_to_hear(self, case: str, key: str, state: str) -> bool:
        """Tell whether a state is wanted."""
        del case, key
        return state in self.wanted

    async def tell(self, word: Word) -> None:
        """Keep the word."""
        self.told.append(word)


class FakeTexts:
    """Counts nothing; numbers in ``full`` got too many."""

    def __init__(self, *full: str) -> None:
        self.full = full

    async def may_go(self, number: str, words: str) -> bool:
        """Tell whether the number has room."""
        assert words
        return number not in self.full
