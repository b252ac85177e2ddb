"""Timeouts and retries of every activity, each with its reason."""

from datetime import timedelta
from typing import TypedDict

from temporalio.common import RetryPolicy


def exercise_queue(task_queue: str) -> str:
    """Return where exercises ask for what goes out: its worker holds sinks only."""
    return f"{task_queue}-exercises"


class Options(TypedDict, total=False):
    """What ``workflow.execute_activity_method`` takes."""

    start_to_close_timeout: timedelta
    schedule_to_close_timeout: timedelta
    heartbeat_timeout: timedelta
    retry_policy: RetryPolicy


_STEADY = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    backoff_coefficient=2,
    maximum_interval=timedelta(seconds=30),
)

# A worker killed in mid-write is noticed by the missing heartbeat, not by the long timeout.
_BEAT = timedelta(seconds=3)

RECORD: Options = {
    "start_to_close_timeout": timedelta(seconds=20),
    "heartbeat_timeout": _BEAT,
    "retry_policy": _STEADY,  # for ever: a fact that was acknowledged goes on the record
}
RECORD_AGAIN = timedelta(minutes=5)
"""Until facts are offered again to a record that says otherwise [our default]."""

NOTICES: Options = {
    "start_to_close_timeout": timedelta(seconds=60),  # a batch over a slow mail server
    "heartbeat_timeout": _BEAT,
    "retry_policy": _STEADY,
}
PAGES: Options = {
    "start_to_close_timeout": timedelta(seconds=10),
    "heartbeat_timeout": _BEAT,
    "retry_policy": _STEADY,  # for ever: a page must arrive
}
SEND_PAGE: Options = {
    "start_to_close_timeout": timedelta(seconds=120),  # may wait for the end of the minute
    "heartbeat_timeout": _BEAT,
    "retry_policy": _STEADY,
}
TURN: Options = {
    "start_to_close_timeout": timedelta(seconds=10),
    "schedule_to_close_timeout": timedelta(seconds=30),  # then configured order, said so
    "retry_policy": _STEADY,
}
REFERENCE: Options = {
    "start_to_close_timeout": timedelta(seconds=10),
    "retry_policy": _STEADY,  # until the registers can be read
}
PACKS: Options = {
    "start_to_close_timeout": timedelta(seconds=60),
    "heartbeat_timeout": _BEAT,
    "retry_policy": _STEADY,  # until finance has it
}

EFFECT_RETRY = timedelta(seconds=5)
"""Until the next try of an effect that failed [our default]; doubled, up to the most."""

EFFECT_RETRY_MOST = timedelta(minutes=5)
EFFECT_TRIES = 8
"""Tries of one notice before it goes onto the phone task [our default]."""
DESK_TRIES = 3
"""Tries of a signed message that must arrive before somebody is asked to ring the provider: those
of the first 15 seconds or so [our default]. They go on meanwhile."""
