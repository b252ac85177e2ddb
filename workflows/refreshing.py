"""Reading the registers again for a case when they changed."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.reference import Refreshing
    from domain.fact import Cause
    from domain.people import SYSTEM
    from domain.reference import Reference, refreshed
    from domain.settling import settle
    from workflows import options
    from workflows.keeper import Keeper


class Refresher:
    """Keeps what a case knows of the registers true."""

    def __init__(self, keeper: Keeper, *, stale: bool) -> None:
        """Take the case; ``stale`` says that the run before had no time to read."""
        self._keeper = keeper
        self._stopped = False
        self.is_stale = stale
        self.is_busy = False

    def refresh(self) -> None:
        """Read the registers again, once, however often that is asked before it begins."""
        self.is_stale = True

    def stop(self) -> None:
        """Start nothing new; the next run reads what is still to be read."""
        self._stopped = True

    async def keep_reference(self) -> None:
        """Read the registers whenever they changed; what is new to the case is a fact."""
        while True:
            await workflow.wait_condition(lambda: self.is_stale and not self._stopped)
            self.is_stale, self.is_busy = False, True
            found: Reference = await workflow.execute_activity_method(
                Refreshing.read_reference,
                self._keeper.case.council.code,
                summary="read the registers again",
                **options.REFERENCE,
            )
            case, now = self._keeper.case, workflow.now()
            cause = Cause(id=f"reference/{now.isoformat()}", by=SYSTEM, at=now)
            self._keeper.absorb(settle(case, refreshed(case, found, now), cause))
            self.is_busy = False
