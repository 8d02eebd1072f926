"""Web and worker as real processes: started together, ended together, and nothing lost when one of them dies."""

import os
import signal
import socket
from datetime import UTC, datetime

import psutil
import pytest

from commands.processes import require_port
from commands.serving import require_tls
from commands.shared import Refused
from config.database import connection, disconnect
from config.leases import Lease
from patrol.jobs import CLOCK, CLOCK_LASTS
from patrol.places.operations.cities import city_named
from patrol.planning.models import PlanRoute, PlanRun
from patrol.planning.operations import asking
from patrol.shifts.models import Shift
from tests.support.command_line import answer_of, environment, free_port, run_app, started, taken_port
from tests.support.evenings import faults_of
from tests.support.patience import eventually


@pytest.fixture
def served(env, tmp_path):
    """`serve` with its worker, answering; gives the running command and its address."""
    port = free_port()
    with started("serve", env={**env, "PATROL_PORT": str(port)}, said=tmp_path / "serve.txt") as running:
        address = f"http://127.0.0.1:{port}"
        assert answer_of(f"{address}/api/openapi.json") is not None, running.said
        assert eventually(lambda: running.below("worker")), running.said
        yield running, address


def read(query):
    """One value from the tables, with a connection of its own."""
    with connection():
        value = query()
    disconnect()
    return value


def test_sigterm_ends_web_and_worker_in_peace(served):
    running, address = served
    assert len(running.tree()) >= 4  # serve itself, the web's two and the worker
    running.send(signal.SIGTERM)
    assert running.wait() == 0
    assert running.all_gone(), running.said
    assert address in running.said
    assert "Traceback" not in running.said


@pytest.mark.slow
def test_ctrl_c_on_a_terminal_ends_them_too(served):
    running, _ = served
    running.press_ctrl_c()
    assert running.wait() == 0
    assert running.all_gone(), running.said
    assert "Traceback" not in running.said


@pytest.mark.slow
def test_when_the_first_process_is_killed_no_other_stays_behind(served):
    running, _ = served
    running.tree()
    running.send(signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    assert running.all_gone(), [one.cmdline() for one in running.tree()]


@pytest.mark.slow
def test_a_worker_that_dies_is_started_again_while_the_web_answers_on(served):
    running, address = served
    died = running.below("worker")
    died.kill()
    again = eventually(lambda: (found := running.below("worker")) and (found if found.pid != died.pid else None))
    assert again is not None, running.said
    assert "starting it again" in running.said
    assert answer_of(f"{address}/api/openapi.json").ok


@pytest.mark.slow
def test_when_the_web_dies_all_end_and_the_exit_code_says_so(served):
    running, _ = served
    running.below("--no-worker").kill()
    assert running.wait() == 1
    assert running.all_gone(), running.said
    assert "The web process ended" in running.said


@pytest.mark.parametrize("command", ["serve", "demo"])
@pytest.mark.slow
def test_a_port_in_use_is_refused_before_anything_is_done(tmp_path, command):
    var = tmp_path / "var"
    with taken_port() as port:
        refused = run_app(command, env=environment(var=var, port=port))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"Port {port} of 127.0.0.1 is in use" in refused.stderr
    assert f"PATROL_PORT={port + 1}" in refused.stderr
    assert not var.exists()


def test_an_address_that_is_not_this_machines_names_the_setting():
    with pytest.raises(Refused, match=r"PATROL_HOST=192\.0\.2\.1, PATROL_PORT=8000"):
        require_port("192.0.2.1", 8000)


def runs_out():
    """When the clock's lease does, unless it is prolonged."""
    return Lease.get(Lease.name == CLOCK).expires_at


def holder():
    """The process that is the clock, by its id."""
    lease = Lease.get_or_none(Lease.name == CLOCK)
    return None if lease is None else int(lease.holder.split(":")[1])


@pytest.mark.slow
def test_of_two_workers_one_is_the_clock_and_the_other_takes_over_at_once(env, tmp_path):
    with (
        started("worker", env=env, said=tmp_path / "one.txt") as one,
        started("worker", env=env, said=tmp_path / "two.txt") as two,
    ):
        clock = eventually(lambda: read(holder))
        workers = {running.process.pid: running for running in (one, two)}
        assert clock in workers, one.said + two.said
        first = read(runs_out)
        assert eventually(lambda: read(runs_out) > first + CLOCK_LASTS or None)
        assert read(holder) == clock
        workers[clock].send(signal.SIGTERM)
        assert workers.pop(clock).wait() == 0
        (other,) = workers
        assert eventually(lambda: read(holder) == other or None)


@pytest.fixture
def queued(town, tomorrow):
    """A run that waits for a worker, long enough to be interrupted."""
    return ask(town, tomorrow, seconds=8.0)


def ask(town, evening, *, seconds):
    run = asking.ask(
        city_named(town),
        evening=datetime.fromisoformat(evening).date(),
        seconds=seconds,
        seed=1,
        by=None,
        now=datetime.now(UTC),
    )
    disconnect()
    return run.id


def state_of(run):
    return read(lambda: PlanRun.get_by_id(run).state)


def planner_of(running):
    """The planner's process below a worker, once it is there."""
    return eventually(lambda: running.below("--multiprocessing-fork"))


def finished(run):
    """Wait for the run; its state in the end."""
    return eventually(lambda: state if (state := state_of(run)) not in ("queued", "running") else None, within_s=120)


@pytest.mark.slow
@pytest.mark.parametrize("leaves", ["by SIGTERM", "by Ctrl-C", "killed"])
def test_a_run_whose_worker_leaves_is_finished_by_the_next(env, tmp_path, queued, leaves):
    with started("worker", env=env, said=tmp_path / "one.txt") as one:
        planner = planner_of(one)
        assert planner is not None, one.said
        if leaves == "by Ctrl-C":
            one.press_ctrl_c()
        else:
            one.send(signal.SIGTERM if leaves == "by SIGTERM" else signal.SIGKILL)
        one.wait()
        assert one.all_gone(), one.said
    assert state_of(queued) == "running"
    with started("worker", env=env, said=tmp_path / "two.txt") as two:
        assert finished(queued) == "done", two.said
    found = PlanRun.get_by_id(queued)
    assert found.attempts == (2 if leaves == "killed" else 1)
    assert faults_of(found) == []


@pytest.mark.parametrize("how", ["SIGTERM", "Ctrl-C"])
@pytest.mark.slow
def test_an_interrupted_plan_leaves_nothing_half_done(env, tmp_path, town, tomorrow, how):
    words = ("plan", "--city", town, "--date", tomorrow, "--seconds", 60, "--publish", "--json")
    with started(*words, env=env, said=tmp_path / "plan.txt") as running:
        assert planner_of(running) is not None, running.said
        if how == "Ctrl-C":
            running.press_ctrl_c()
        else:
            running.send(signal.SIGTERM)
        assert running.wait() == 1
        assert running.all_gone(), running.said
    assert "Traceback" not in running.said
    found = PlanRun.select().get()
    assert (found.state, found.problem) == ("failed", "interrupted at the command line")
    assert not PlanRoute.select().exists()
    assert not Shift.select().exists()


@pytest.mark.slow
def test_a_planner_ends_when_its_worker_is_killed(env, tmp_path, queued):
    with started("worker", env=env, said=tmp_path / "one.txt") as one:
        planner = planner_of(one)
        assert planner is not None, one.said
        os.kill(one.process.pid, signal.SIGKILL)
        assert eventually(lambda: None if psutil.pid_exists(planner.pid) else True)


TWO_LENGTHS = (
    "Content-Length: 5\r\nTransfer-Encoding: chunked",
    "Content-Length: 5\r\nContent-Length: 6",
    "Transfer-Encoding: chunked, identity",
    "Transfer-Encoding : chunked",
)


@pytest.mark.slow
def test_a_request_of_two_lengths_is_refused_and_hides_no_other(served):
    _, address = served
    port = int(address.rsplit(":", 1)[1])
    hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n"
    for lengths in TWO_LENGTHS:
        asked = f"POST /api/v1/sessions HTTP/1.1\r\nHost: x\r\n{lengths}\r\n\r\n0\r\n\r\n{hidden}"
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            line.sendall(asked.encode())
            line.shutdown(socket.SHUT_WR)
            said = b"".join(iter(lambda: line.recv(65536), b""))
        assert said.startswith((b"HTTP/1.1 400", b"HTTP/1.1 501")), lengths
        assert said.count(b"HTTP/1.1 ") == 1, lengths


def test_others_than_this_machine_are_not_served_without_tls():
    with pytest.raises(Refused, match="by https only"):
        require_tls("http://patrol.example.org")
    for address in ("https://patrol.example.org", "http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000"):
        require_tls(address)
