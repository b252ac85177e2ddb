"""Cases that closed under every release still replay, and the rules still decide them so.

The Replayer hears commands only. Facts, deadlines and final state are heard by an interceptor
(``tests/replaying.py``) and compared with the ``.expected.json`` beside each history.
"""

import json
import tomllib
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WorkflowHistory
from temporalio.workflow import NondeterminismError

from settings import ROOT
from tests.record_histories import IDENTITY
from tests.replaying import HISTORIES, Replayed, recorded, replay

BROKEN = HISTORIES / "broken"
KEPT = sorted(
    path
    for path in HISTORIES.glob("*/*.json")
    if path.parent != BROKEN and not path.name.endswith(".expected.json")
)
STORIES = {"refused", "renewed-1", "renewed-2", "supported", "withdrawn"}

REMEDY = """
What to do, in this order:
1. Other commands, or another order of them: keep the old order for runs that are open, with
   `if workflow.patched("what-changed"): ... else: ...` in workflows/; both branches stay until no
   older run is open.
2. Other facts, deadlines or state: take the changed rule from `case.rules`, which moves only at
   continue-as-new; the old branch stays until no older run is open.
3. Never edit or record again a history that was released. Write down why in docs/decisions and in
   CHANGELOG.md; then raise the version and record anew with `make histories`.
"""

every_run = pytest.mark.parametrize(
    "path", KEPT, ids=[f"{path.parent.name}/{path.stem}" for path in KEPT]
)


def expected(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))
    return found


def hold_commands(name: str, replayed: Replayed) -> None:
    """Fail, with the remedy, when the code asks for other commands than the history has."""
    said = replayed.failure
    assert said is None, f"{name}: open cases of that release would be stuck.\n{said}\n{REMEDY}"


def hold_decisions(name: str, replayed: Replayed, wanted: dict[str, Any]) -> None:
    """Fail, with the remedy, when the rules decide the recorded inputs otherwise."""
    got = replayed.told
    other = [part for part in wanted if got[part] != wanted[part]]
    firsts = "\n".join(f"{part}: {first_difference(wanted[part], got[part])}" for part in other)
    assert not other, f"{name}: the past would be decided otherwise.\n{firsts}\n{REMEDY}"


def first_difference(wanted: Any, got: Any) -> str:
    """Return where two values differ first, with both."""
    pairs: list[tuple[Any, Any, Any]] = []
    if isinstance(wanted, dict) and isinstance(got, dict):
        pairs = [(key, wanted.get(key), got.get(key)) for key in {**wanted, **got}]
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        pairs = list(zip(range(len(wanted)), wanted, got, strict=True))
    for place, one, other in pairs:
        if one != other:
            return f"{place} / {first_difference(one, other)}"
    return f"was {wanted!r}, now {got!r}"


def with_start(history: WorkflowHistory, **settings: float) -> WorkflowHistory:
    """Return the history as if its case had begun with other numbers in its policy."""
    raw = json.loads(history.to_json())
    (payload,) = raw["events"][0]["workflowExecutionStartedEventAttributes"]["input"]["payloads"]
    start = json.loads(b64decode(payload["data"]))
    start["opening"]["policy"]["numbers"].update(settings)
    payload["data"] = b64encode(json.dumps(start).encode()).decode()
    return WorkflowHistory.from_json(history.workflow_id, raw)


def test_this_release_keeps_every_story() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert {path.stem for path in KEPT if path.parent.name == version} == STORIES


@every_run
async def test_a_recorded_run_asks_for_the_same_commands(path: Path) -> None:
    hold_commands(path.stem, await replay(recorded(path)))


@every_run
async def test_a_recorded_run_comes_to_the_same_facts_deadlines_and_state(path: Path) -> None:
    wanted = expected(path)
    assert wanted["facts"]
    assert wanted["deadlines"]
    hold_decisions(path.stem, await replay(recorded(path)), wanted)


@every_run
def test_a_recorded_run_is_closed_and_names_no_machine(path: Path) -> None:
    events = json.loads(path.read_text("utf-8"))["events"]
    assert events[-1]["eventType"] in (
        "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED",
        "EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW",
    )
    assert set(_values(events, "identity")) <= {IDENTITY}


def test_a_run_recorded_sealed_shows_nothing_of_its_case() -> None:
    sealed = [path for path in KEPT if path.parent.name.endswith("-sealed")]
    assert {path.stem for path in sealed} == STORIES
    for path in sealed:
        events = json.loads(path.read_text("utf-8"))["events"]
        encodings = {b64decode(one) for one in _values(without_attributes(events), "encoding")}
        assert encodings == {b"binary/encrypted"}


def without_attributes(part: Any) -> Any:
    """Return events without search attributes, which nobody can seal."""
    if isinstance(part, list):
        return [without_attributes(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {key: without_attributes(one) for key, one in part.items() if key != "searchAttributes"}


def test_a_run_that_carried_over_begins_where_the_one_before_ended() -> None:
    for first in (path for path in KEPT if path.stem == "renewed-1"):
        before, after = expected(first), expected(first.with_name("renewed-2.json"))
        assert after["facts"][0][0] == before["facts"][-1][0] + 1
        assert after["final"]["archived"]
        assert not before["final"].get("archived", False)


async def test_a_history_broken_on_purpose_fails_and_names_the_remedy() -> None:
    replayed = await replay(recorded(BROKEN / "refused.json"))
    assert isinstance(replayed.failure, NondeterminismError)
    with pytest.raises(AssertionError) as failed:
        hold_commands("refused", replayed)
    for word in ("another-time", "workflow.patched(", "case.rules", "docs/decisions"):
        assert word in str(failed.value)


async def test_a_rule_that_decides_the_past_otherwise_fails_although_the_replayer_is_content() -> (
    None
):
    path = next(path for path in KEPT if path.stem == "refused")
    changed = with_start(recorded(path), **{"information-reply.target_minutes": 241})
    replayed = await replay(changed)
    hold_commands("refused", replayed)
    with pytest.raises(AssertionError) as failed:
        hold_decisions("refused", replayed, expected(path))
    assert "deadlines:" in str(failed.value)
    assert "case.rules" in str(failed.value)


def _values(part: Any, name: str) -> list[str]:
    """Return every text under ``name``, however deep."""
    if isinstance(part, list):
        return [text for one in part for text in _values(one, name)]
    if not isinstance(part, dict):
        return []
    found = [value for key, value in part.items() if key == name and isinstance(value, str)]
    return found + [text for one in part.values() for text in _values(one, name)]
