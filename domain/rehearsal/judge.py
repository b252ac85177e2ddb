"""Holding what happened against what a scenario expects."""

from typing import Any

from domain.rehearsal.scenario import Step


def step_mismatches(step: Step, done: dict[str, Any]) -> list[dict[str, Any]]:
    """Return where a step went otherwise; only what the file expects is checked."""
    expect = step.expect
    wanted: dict[str, Any] = {"outcome": expect.outcome}
    given = expect.model_fields_set
    if expect.outcome == "refused" or "code" in given:
        wanted["code"] = None if expect.code is None else expect.code.value
    for field in ("repeated", "changed", "missing"):
        if field in given:
            value = getattr(expect, field)
            wanted[field] = list(value) if isinstance(value, tuple) else value
    if expect.phase is not None:
        wanted["phase"] = expect.phase.value
    if expect.notices is not None:
        wanted["notices"] = sorted(expect.notices)
    found = [
        _mismatch(step.n, field, value, done.get(field))
        for field, value in wanted.items()
        if done.get(field) != value
    ]
    return [*found, *_clock_mismatches(step, done["clocks"])]


def _clock_mismatches(step: Step, clocks: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for name, wanted in step.expect.clocks.items():
        actual = clocks.get(name)
        if wanted is None or actual is None:
            if wanted is not actual:
                found.append(_mismatch(step.n, f"clocks.{name}", wanted, actual))
            continue
        found.extend(
            _mismatch(step.n, f"clocks.{name}.{key}", value, actual.get(key))
            for key, value in wanted.items()
            if actual.get(key) != value
        )
    return found


def final_mismatches(wanted: dict[str, Any], actual: dict[str, Any]) -> list[dict[str, Any]]:
    """Return where the end is otherwise than expected, by dotted field."""
    checked = {key: value for key, value in wanted.items() if key not in ("at", "local")}
    return [
        _mismatch("final", field, one, other)
        for field, one, other in _differences("", checked, actual)
    ]


def _differences(path: str, wanted: Any, actual: Any) -> list[tuple[str, Any, Any]]:  # noqa: ANN401
    exact = path in ("notices", "turns", "attempts")
    if isinstance(wanted, dict) and isinstance(actual, dict) and not exact:
        found = []
        for key, value in wanted.items():
            inner = f"{path}.{key}" if path else key
            found.extend(_differences(inner, value, actual.get(key)))
        return found
    if path in ("clocks_running", "waived", "breaches_withdrawn"):
        same = sorted(wanted) == sorted(actual or ())
    else:
        same = wanted == actual
    return [] if same else [(path, wanted, actual)]


def _mismatch(step: int | str, field: str, expected: Any, actual: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"step": step, "field": field, "expected": expected, "actual": actual}
