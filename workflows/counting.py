"""What a worker counts of its cases, beside what the SDK does; a replay counts nothing again."""

from temporalio import workflow

EFFECT_RETRIES = "cir_effect_retries"
"""Name of the counter at the worker's own endpoint."""


def effect_retried(kind: str) -> None:
    """Count an effect that did not get through and keeps a next try; the label is its kind."""
    meter = workflow.metric_meter()
    counter = meter.create_counter(EFFECT_RETRIES, "Effects that did not get through, each time.")
    counter.add(1, {"kind": kind})
