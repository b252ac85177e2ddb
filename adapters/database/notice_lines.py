"""What became of the notices of a case: the ledger's word and the record's, together."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from adapters.database.tables import CaseEventRow, NoticeRow
from domain.value import utc_text

BEST_FIRST = ("spoken", "delivered", "accepted", "queued", "failed")
"""Whoever was reached counts, then what may still arrive."""


class Word(NamedTuple):
    """What is known of one notice on one channel: its state, and since when."""

    state: str
    at: datetime | None


Words = dict[tuple[str, str], Word]


async def notice_lines(
    connection: AsyncConnection, case: str, told: Iterable[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return one line for each notice and channel, with the best that became of it."""
    words = await _ledger(connection, case)
    for key, word in await _recorded(connection, case):
        _keep_best(words, key, word)
    return [
        {
            "key": notice["key"],
            "notice": notice["notice"],
            "to_role": notice["to_role"],
            "channel": channel,
            "state": word.state,
            "sent_at": None if word.at is None else utc_text(word.at),
        }
        for notice in told
        for channel, word in _by_channel(notice, words)
    ]


def _by_channel(notice: dict[str, Any], words: Words) -> Iterable[tuple[str, Word]]:
    """Return the channels named, then those that were used besides.

    What is queued or failed of a superseded notice goes out no more, and that is its state.
    """
    overtaken = bool(notice.get("superseded"))
    used = (channel for key, channel in words if key == notice["key"])
    for channel in dict.fromkeys((*notice["channels"], *used)):
        word = words.get((notice["key"], channel), Word("queued", None))
        gone = overtaken and word.state in ("queued", "failed")
        yield channel, Word("superseded", None) if gone else word


def _keep_best(words: Words, key: tuple[str, str], word: Word) -> None:
    there = words.get(key)
    if there is None or BEST_FIRST.index(word.state) < BEST_FIRST.index(there.state):
        words[key] = word


async def _ledger(connection: AsyncConnection, case: str) -> Words:
    """Return what the ledger says; *sending* is not told, and several people are one line."""
    rows = await connection.execute(
        select(
            col(NoticeRow.key),
            col(NoticeRow.channel),
            col(NoticeRow.state),
            col(NoticeRow.settled_at),
        )
        .where(col(NoticeRow.case) == case)
        .order_by(col(NoticeRow.id))
    )
    words: Words = {}
    for row in rows:
        waits = row.state == "sending"
        word = Word("queued", None) if waits else Word(row.state, row.settled_at)
        _keep_best(words, (row.key, row.channel), word)
    return words


async def _recorded(connection: AsyncConnection, case: str) -> list[tuple[tuple[str, str], Word]]:
    """Return what people and receipts said later: above all that it was spoken by telephone."""
    rows = await connection.execute(
        select(col(CaseEventRow.body), col(CaseEventRow.occurred_at))
        .where(col(CaseEventRow.case) == case, col(CaseEventRow.type) == "delivery-recorded")
        .order_by(col(CaseEventRow.seq))
    )
    said = []
    for row in rows:
        payload = json.loads(row.body)["payload"]
        word = Word(payload["state"], row.occurred_at)
        said.append(((payload["notice"], payload["channel"]), word))
    return said
