"""The watchdog: the desk pages by its own mail when what should page is away.

A worker that hangs cannot say so. The desk is another process: it looks every few seconds, tells
whoever is on duty once for each outage and once when it is over, and never through the worker.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from activities.notice_ports import Message, Notifier, message_id
from api.outages import DATABASE, PARTS, SERVER, WATCHKEEPER, WORKER, Word, words
from domain.notice import Address, Notice
from domain.people import D, H, M, Person
from domain.registers.shifts import RUNGS, Shift, on_rung
from domain.value import utc_text

WOKEN = (1, 2)
"""The rungs that are told: the duty incident manager and the head of service [our default]."""

LOG = logging.getLogger("cir.watchdog")


class Presence(Protocol):
    """The Temporal server."""

    async def last_poll(self) -> datetime | None:
        """Return when a worker last asked for work.

        Raises:
            OSError: The server did not answer.
        """
        ...


class Stamps(Protocol):
    """The watchkeeper's stamp."""

    async def stamped(self) -> datetime | None:
        """Return when it looked last."""
        ...


class Staff(Protocol):
    """People and rota."""

    async def people(self) -> tuple[Person, ...]:
        """Return everybody on the register."""
        ...

    async def rota(self) -> tuple[Shift, ...]:
        """Return every shift."""
        ...


class Watchdog:
    """Looks, remembers whom it woke about what, and tells."""

    def __init__(  # noqa: PLR0913  (composition)
        self,
        *,
        presence: Presence,
        stamps: Stamps,
        staff: Staff,
        mailer: Notifier,
        also: tuple[str, ...],
        memory: Path,
        patience: dict[str, timedelta],
        now: Callable[[], datetime],
    ) -> None:
        """Take what it works with.

        Args:
            presence: The server.
            stamps: The watchkeeper's stamp.
            staff: Who is on duty; who was last known is told when the register is away.
            mailer: Carries the mails.
            also: Addresses that are always told.
            memory: File of outages people were told about, so that a restart tells nobody twice.
            patience: How long each part may be away.
            now: The clock.
        """
        self._presence = presence
        self._stamps = stamps
        self._staff = staff
        self._mailer = mailer
        self._also = tuple(Address(name=one, email=one) for one in also)
        self._memory = memory
        self._patience = patience
        self._now = now
        self._began = now()
        self._told = _remembered(memory)
        self._away = dict(self._told)
        self._duty: tuple[Address, ...] = ()

    async def watch(self, every: float) -> None:
        """Look for ever, with a pause of ``every`` seconds; no fault ends it."""
        while True:
            try:
                await self.look()
            except Exception:
                LOG.exception("watchdog-failed")
            await asyncio.sleep(every)

    async def look(self) -> tuple[Word, ...]:
        """Look once and tell what is to be told; return what was told."""
        await self._see_server()
        await self._see_database()
        said = []
        for word in words(self._away, self._told, self._patience, self._now()):
            if await self._tell(word):
                said.append(word)
                self._remember(word)
        return tuple(said)

    async def _see_server(self) -> None:
        """See server and worker; with the server away the worker cannot be judged."""
        try:
            polled = await self._presence.last_poll()
        except OSError:
            self._away.setdefault(SERVER.name, self._now())
            return
        self._away.pop(SERVER.name, None)
        self._seen(WORKER.name, polled)

    async def _see_database(self) -> None:
        """See database and watchkeeper, and who is on duty."""
        try:
            stamp = await self._stamps.stamped()
            people, rota = await self._staff.people(), await self._staff.rota()
        except (SQLAlchemyError, OSError):
            self._away.setdefault(DATABASE.name, self._now())
            return
        self._away.pop(DATABASE.name, None)
        self._seen(WATCHKEEPER.name, stamp)
        self._duty = _on_duty(people, rota, self._now())

    def _seen(self, name: str, at: datetime | None) -> None:
        """Keep since when a part has been away, counted from the desk's own start at the earliest.

        Between the two it stands as it stood: after a night with everything stopped nothing is
        away yet, and what was away before the desk was restarted is not back yet.
        """
        now, patience = self._now(), self._patience[name]
        if at is not None and now - at < patience:
            self._away.pop(name, None)
        elif now - max(at or self._began, self._began) >= patience:
            self._away.setdefault(name, at or self._began)

    async def _tell(self, word: Word) -> bool:
        """Tell everybody; the same mails when it is tried again. Tell whether anybody had one."""
        taken = 0
        for to in dict.fromkeys((*self._duty, *self._also)):
            try:
                sent = await self._mailer.deliver(_mail(word, to))
            except OSError:
                LOG.warning("watchdog-mail-unknown", extra={"part": word.part.name})
                continue
            taken += sent.state in ("accepted", "delivered")
        event = "part-back" if word.back else "part-away"
        LOG.warning(event, extra={"part": word.part.name, "mails": taken})
        return taken > 0

    def _remember(self, word: Word) -> None:
        if word.back:
            self._told.pop(word.part.name, None)
        else:
            self._told[word.part.name] = word.since
        fresh = self._memory.with_suffix(".new")
        fresh.write_text(json.dumps({name: at.isoformat() for name, at in self._told.items()}))
        fresh.replace(self._memory)


def _on_duty(
    people: tuple[Person, ...], rota: tuple[Shift, ...], at: datetime
) -> tuple[Address, ...]:
    """Return whoever is on the rungs that are told; with nobody there, everybody senior."""
    if rota:
        ids = {one for rung in WOKEN for one in on_rung(rota, rung, at)}
        found = [one for one in people if one.id in ids]
    else:
        roles = {RUNGS[rung] for rung in WOKEN}
        found = [one for one in people if roles & set(one.roles)]
    senior = {M, H, D}
    found = found or [one for one in people if senior & set(one.roles)]
    return tuple(Address(name=one.name, email=one.email) for one in found)


def _mail(word: Word, to: Address) -> Message:
    part, since = word.part, utc_text(word.since)
    state = "is back" if word.back else "is away"
    key = f"watchdog/{part.name}/{since}/{'back' if word.back else 'away'}/{to.email}"
    subject = f"[OFFICIAL-SENSITIVE] cir: the {part.name} {state}"
    lines = (
        [f"The {part.name} is there again. It had been away since {since}.", "",
         "Look at cir inbox and cir escalation list: what waited is being paged now."]
        if word.back
        else [f"The {part.name} has been away since {since}.", "", part.means, "",
              "WHAT TO DO", part.do, "",
              "You get one more mail when it is back. This one comes from the desk itself."]
    )  # fmt: skip
    body = "\n".join((f"{to.name},", "", *lines)) + "\n"
    notice = Notice(
        notice="watchdog", role="rung", channels=("email",), must_arrive=True,
        context={"happened_at": word.since.isoformat()},
    )  # fmt: skip
    return Message(
        key=key, case="none", notice=notice, channel="email", to=to, subject=subject, body=body,
        sms="", message_id=message_id(key), exercise=False,
    )  # fmt: skip


def _remembered(memory: Path) -> dict[str, datetime]:
    """Return what people were told before the desk was restarted; a broken file is an empty one."""
    try:
        told = json.loads(memory.read_text())
        return {name: datetime.fromisoformat(at) for name, at in told.items() if name in PARTS}
    except (OSError, ValueError, AttributeError):
        return {}
