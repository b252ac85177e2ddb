"""Recording facts: the append-only record and the read model, in one transaction."""

from typing import Protocol

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.beating import beating
from activities.meeting import Meeting
from domain.fact import Fact
from domain.value import Value
from domain.view import CaseView


class FactBatch(Value):
    """Facts of one case in order, and the case as it is to be shown after the last of them.

    Attributes:
        case: The case's reference.
        facts: Consecutive facts; one already recorded is left alone, one with the same number and
            other content is an alarm, never "done".
        view: The read model's row; an older version never replaces a newer one.
        meets: Token of the notices that go out beside it, if any.
    """

    case: str
    facts: tuple[Fact, ...]
    view: CaseView
    meets: str | None = None


class RecordTamperedError(Exception):
    """The record holds another fact of that number: a person must look, not try again."""


class Records(Protocol):
    """The record of facts and the read model."""

    async def append(self, batch: FactBatch) -> int:
        """Append the batch in one transaction; return the number of the last fact on record.

        Raises:
            RecordTamperedError: A fact of that number is there with other content.
        """
        ...


class Recording:
    """The activity that writes the record."""

    def __init__(self, records: Records, meeting: Meeting | None = None) -> None:
        self._records = records
        self._meeting = meeting or Meeting()

    @activity.defn(name="record-facts")
    async def record_facts(self, batch: FactBatch) -> int:
        """Write facts and read model; a repeat is harmless."""
        async with beating():
            try:
                last = await self._records.append(batch)
            except RecordTamperedError as error:
                kind = "record-tampered"
                raise ApplicationError(str(error), type=kind, non_retryable=True) from error
            extra = {"case": batch.case, "facts": len(batch.facts)}
            activity.logger.info("facts-recorded", extra=extra)
            await self._meeting.other(batch.meets)
        return last
