"""The keeper keeps processes: starts, restarts, stops them, and never another one's."""

import json
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from settings import ROOT
from stack.layout import LOOPBACK, Child, Layout, Ports, are_free, free_ports, started_at
from stack.local import Running, StackError, bring_up, down, reset, start, status
from tests.stack.programs import (
    ANSWERING,
    busy,
    is_alive,
    layout,
    restarts,
    running,
    say,
    until,
)


def now(data: Path) -> Running:
    """Return the stack that runs over ``data``."""
    found = status(data)
    assert found is not None
    return found


def test_it_starts_everything_and_says_what_runs(data: Path) -> None:
    ran = bring_up(data, say, layout)
    assert ran.is_ready
    assert [row["name"] for row in ran.processes] == ["server", "worker", "desk"]
    assert all(is_alive(ran.pid(name)) for name in ("server", "worker", "desk"))


def test_set_up_runs_once_after_the_server_and_before_the_worker(data: Path) -> None:
    note = f"import pathlib; pathlib.Path({str(data / 'seen')!r}).write_text(' '.join(sorted("
    note += f"p.name for p in pathlib.Path({str(data)!r}).glob('*.ready'))))"
    bring_up(data, say, lambda d: layout(d, first=((sys.executable, "-c", note),)))
    assert (data / "seen").read_text() == "server.ready"


@pytest.mark.crash
def test_a_killed_process_is_restarted_and_the_others_are_left_alone(data: Path) -> None:
    before = bring_up(data, say, layout)
    os.kill(before.pid("worker"), signal.SIGKILL)
    until(lambda: restarts(data)["worker"] == 1 and now(data).is_ready, "the worker to be back")
    after = now(data)
    assert after.pid("worker") != before.pid("worker")
    assert [after.pid(name) for name in ("server", "desk")] == [
        before.pid(name) for name in ("server", "desk")
    ]
    assert restarts(data) == {"server": 0, "worker": 1, "desk": 0}


def test_bringing_up_what_is_up_changes_nothing(data: Path) -> None:
    first = bring_up(data, say, layout)
    assert bring_up(data, say, layout) == first


def test_two_who_bring_it_up_at_once_get_one_stack(data: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(bring_up, data, say, layout) for _ in range(2)]
    assert both[0].result() == both[1].result()


def test_a_second_keeper_is_refused(data: Path) -> None:
    ran = bring_up(data, say, layout)
    command = [sys.executable, "-m", "stack.keeper", str(data)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == f"Another keeper has {data}. To stop it: cir local down\n"
    with pytest.raises(StackError, match="Another stack has"):
        start(layout(data))
    assert now(data) == ran


def test_down_stops_desk_then_worker_then_server(data: Path) -> None:
    ran = bring_up(data, say, layout)
    assert down(data) is True
    assert (data / "stopped").read_text().split() == ["desk", "worker", "server"]
    assert not any(is_alive(ran.pid(name)) for name in ("server", "worker", "desk"))
    assert status(data) is None
    assert down(data) is False


@pytest.mark.crash
def test_what_a_killed_keeper_left_behind_is_ended_before_a_new_start(data: Path) -> None:
    before = bring_up(data, say, layout)
    os.kill(json.loads((data / "state.json").read_text())["keeper"], signal.SIGKILL)
    until(lambda: status(data) is None, "the keeper to be gone")
    assert is_alive(before.pid("worker"))
    after = bring_up(data, say, layout)
    assert (data / "stopped").read_text().split() == ["desk", "worker", "server"]
    assert not any(is_alive(before.pid(name)) for name in ("server", "worker", "desk"))
    assert after.is_ready


def test_a_number_that_another_process_has_now_is_not_touched(data: Path) -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as bystander:
        row = {"name": "server", "pid": bystander.pid, "started": "long ago", "ready": True}
        stale = {"keeper": bystander.pid, "started": "long ago", "problem": "", "rows": [row]}
        (data / "state.json").write_text(json.dumps(stale))
        assert status(data) is None
        assert bring_up(data, say, layout).is_ready
        down(data)
        assert bystander.poll() is None
        assert bystander.stdin is not None
        bystander.stdin.close()


def test_a_keeper_outlives_the_one_who_started_it(data: Path) -> None:
    layout(data).write()
    code = "import sys; from pathlib import Path; from stack.layout import Layout\n"
    code += "from stack.local import start; start(Layout.read(Path(sys.argv[1])))"
    command = [sys.executable, "-c", code, str(data)]
    subprocess.run(command, cwd=ROOT, check=True, start_new_session=True)
    until(lambda: (found := status(data)) and found.is_ready, "the stack")
    keeper = json.loads((data / "state.json").read_text())["keeper"]
    assert os.getsid(keeper) != os.getsid(0)


def test_what_is_never_ready_is_named_with_the_end_of_its_log(data: Path) -> None:
    dying = running("print('no disk left', flush=True)", "worker", ready_file=str(data / "never"))

    def hopeless(folder: Path) -> Layout:
        return replace(layout(folder, busy("server", folder), dying), start_within=1.0)

    with pytest.raises(StackError) as told:
        bring_up(data, say, hopeless)
    assert "the worker was not ready after 1 s" in str(told.value)
    assert "no disk left" in str(told.value)
    assert (data / "stopped").read_text().split() == ["server"]
    assert bring_up(data, say, layout).is_ready


def test_a_program_that_is_not_there_is_named(data: Path) -> None:
    missing = Child("server", (str(data / "no-such-program"),), {}, ready_file=str(data / "never"))
    with pytest.raises(StackError, match=r"server could not be started: .*no-such-program"):
        bring_up(data, say, lambda d: replace(layout(d, missing), start_within=0.5))


def test_a_set_up_step_that_fails_is_told_with_its_words(data: Path) -> None:
    step = (sys.executable, "-c", "import sys; sys.exit('the schema is from tomorrow')")
    with pytest.raises(StackError) as told:
        bring_up(data, say, lambda d: layout(d, first=(step,)))
    assert "setting up failed" in str(told.value)
    assert "the schema is from tomorrow" in str(told.value)
    assert status(data) is None


def test_a_desk_is_ready_when_it_answers_its_ready_path(data: Path) -> None:
    def one(port: int, path: str) -> Child:
        command = (sys.executable, "-c", ANSWERING, str(port))
        return Child("desk", command, {}, ready_port=port, ready_path=path)

    (port,) = free_ports(1)
    assert bring_up(data, say, lambda d: layout(d, one(port, "/ready"))).is_ready
    down(data)
    with pytest.raises(StackError, match="the desk was not ready"):
        bring_up(data, say, lambda d: replace(layout(d, one(port, "/other")), start_within=1.0))


def test_reset_removes_the_data_of_a_running_stack(data: Path) -> None:
    ran = bring_up(data, say, layout)
    reset(data)
    assert not data.exists()
    assert not is_alive(ran.pid("server"))


def test_a_port_somebody_listens_on_is_not_free() -> None:
    ports = Ports(*free_ports(4))
    assert are_free(ports)
    with socket.create_server((LOOPBACK, ports.http)):
        assert not are_free(ports)


def test_a_process_is_told_from_a_later_one_by_its_start() -> None:
    assert started_at(os.getpid()) == started_at(os.getpid())
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as other:
        assert started_at(other.pid) not in (None, started_at(os.getpid()))
    assert started_at(other.pid) is None
