"""A finance desk over HTTP: each pack is placed as files first, then posted signed until taken.

What is posted is what was placed, so a pack that is asked for again by its key alone goes out with
the same words, also after a restart. Its key is both ``webhook-id`` and ``idempotency-key``.
"""

import asyncio
import json
from pathlib import Path

from activities.billing import PackHandOff
from adapters.finance.file_desk import PACK, FileFinanceDesk
from adapters.signed_line import SignedLine


class NotTakenError(OSError):
    """Finance did not take the pack; a later try may succeed, or somebody mends the line first."""


class HttpFinanceDesk:
    """Finance as a desk that takes signed packs.

    Args:
        line: The way to it.
        files: Where packs are placed.
        outbox: The folder that ``files`` names places in.
    """

    def __init__(self, line: SignedLine, files: FileFinanceDesk, outbox: Path) -> None:
        self._line = line
        self._files = files
        self._outbox = outbox

    async def take(self, pack: PackHandOff) -> str:
        """Place the pack, then post it; a repeat of its key posts the same again.

        Returns:
            Where it is placed, relative to the outbox.

        Raises:
            NotTakenError: It was refused.
            OSError: It may or may not have been taken, or could not be placed.
        """
        where = await self._files.take(pack)
        placed = await asyncio.to_thread((self._outbox / where / PACK).read_bytes)
        body = {
            "type": "billing-pack",
            "key": pack.key,
            "case": pack.case,
            "exercise": pack.exercise,
            "pack": json.loads(placed),
        }
        said = json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True).encode()
        reply = await self._line.post(pack.key, said)
        if reply.state != "taken":
            raise NotTakenError(f"{pack.key}: {reply.how}")
        return where
