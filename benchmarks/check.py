"""What ``sockscope check`` costs, and what it finds against a relay that slices at random.

First the CPU time of a run, forked from a warm interpreter, against starting two afresh.
Then, for each wrong loop of the zoo, the runs until it is found: by check, making the plan
small included, and by a relay in the manner of toxiproxy's slicer, which passes on pieces
of random sizes with a pause after each.
"""

from __future__ import annotations

import argparse
import random
import resource
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence

from sockscope.check.bounds import Bounds
from sockscope.check.command import check
from sockscope.check.plans import WHOLE, Plan
from sockscope.check.running import Ran, run
from sockscope.check.zoo import Animal, animals
from sockscope.tracer.programs import Program, free_port, parse

SLICES = 16, 256
"""Octets of the largest piece: a relay that is told the size of the messages, and one not."""

PAUSE = 0.001
"""Seconds after each piece, so that the kernel does not merge it with the next."""

GIVE_UP = 3.0
"""Seconds after which a program behind the relay is taken to hang."""

CPU_ROUNDS = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--budget", type=int, default=100, help="runs that either may take")
    options = parser.parse_args()
    _print_cost()
    print("\n| wrong loop | check: plans, runs, CPU s | slicer, up to 16: runs | up to 256 |")
    print("| --- | --- | --- | --- |")
    seconds, missed = [], [0] * len(SLICES)
    for animal in animals():
        plans, runs, cpu = _checked(animal, options.budget)
        seconds.append(cpu)
        sliced = [_sliced(animal, options.budget, size) for size in SLICES]
        missed = [before + (found is None) for before, found in zip(missed, sliced, strict=True)]
        cells = " | ".join(str(found or "missed") for found in sliced)
        print(f"| {animal.name} | {plans}, {runs}, {cpu:.1f} | {cells} |", flush=True)
    print(f"\nmedian CPU {statistics.median(seconds):.2f} s; the slicers missed {missed}")


def _cpu() -> float:
    """CPU seconds of this process and of the children that it has waited for."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(sum(resource.getrusage(kind)[:2]) for kind in kinds)


# -- check -------------------------------------------------------------------------


def _checked(animal: Animal, budget: int) -> tuple[int, int, float]:
    """Plans until it was found, runs in all, and CPU seconds, in a process of its own."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import check; "
        "print(*check.count_runs(sys.argv[2], int(sys.argv[3])))"
    )
    before = _cpu()
    done = subprocess.run(
        [sys.executable, "-c", code, sys.path[0], animal.name, str(budget)],
        check=True,
        capture_output=True,
        text=True,
    )
    plans, runs = map(int, done.stdout.split())
    return plans, runs, _cpu() - before


def count_runs(name: str, budget: int) -> tuple[int, int]:
    """Check one animal; gives the plans that were tried, and the runs that it took."""
    runs = 0

    def counting(programs: Sequence[Program], plan: Plan, bounds: Bounds) -> Ran:
        nonlocal runs
        runs += 1
        return run(programs, plan, bounds)

    (animal,) = (animal for animal in animals() if animal.name == name)
    verdict = check(parse(animal.programs), budget=budget, run=counting)
    assert verdict.broken is not None, name
    return verdict.tried, runs


def _print_cost() -> None:
    """The CPU time of one run of check, against other ways to have both programs run once."""
    bare = sys.executable, "-c", "import socket"
    others = {
        "two bare interpreters that import socket": _cpu_each(lambda: _both(bare, bare)),
        "two bare interpreters with the programs": _cpu_each(_talk_bare),
        "two tracees that are started afresh": _per_run(FRESH),
    }
    forked = _per_run()
    print(f"a run of check: {forked * 1000:.1f} ms of CPU time")
    for name, seconds in others.items():
        print(f"  {name}: {seconds * 1000:.1f} ms; a run is {forked / seconds:.2f} of that")


def _cpu_each(once: Callable[[], object]) -> float:
    before = _cpu()
    for _ in range(CPU_ROUNDS):
        once()
    return (_cpu() - before) / CPU_ROUNDS


def _both(*commands: Sequence[str]) -> None:
    for command in commands:
        subprocess.run(command, check=True)


def _talk_bare() -> None:
    server, client = parse(animals()[0].right_programs)
    _talk(server, client, None, 0)


FRESH = """
from sockscope.tracer.spawning import spawn
class Fresh:
    own_network = staticmethod(lambda: False)
    spawn = staticmethod(spawn)
running._nursery = Fresh
"""
"""Stands in for the nursery, and starts an interpreter for each program."""


def _per_run(before: str = "") -> float:
    """CPU seconds of a run of check, once it has begun with ``before``."""
    code = (
        "from sockscope.check import running, zoo; from sockscope.check.plans import Plan\n"
        f"from sockscope.tracer.programs import parse\n{before}\n"
        "programs = parse(zoo.animals()[0].right_programs)\n"
        f"for _ in range({{}}): running.run(programs, Plan({WHOLE!r}))"
    )
    few, many = (_cpu_of(code.format(rounds)) for rounds in (CPU_ROUNDS, CPU_ROUNDS * 3))
    return (many - few) / (CPU_ROUNDS * 2)


def _cpu_of(code: str) -> float:
    before = _cpu()
    subprocess.run([sys.executable, "-c", code], check=True)
    return _cpu() - before


# -- the slicer --------------------------------------------------------------------


def _bare(program: Program, port: str) -> list[str]:
    return [sys.executable, program.path, *(a.replace("{port}", port) for a in program.args)]


def _sliced(animal: Animal, budget: int, largest: int) -> int | None:
    """Runs behind the relay until one is otherwise than without it; None where none is."""
    server, client = parse(animal.programs)
    expected = _talk(server, client, None, 0)
    for count in range(1, budget + 1):
        if _talk(server, client, random.Random(count), largest) != expected:
            return count
    return None


def _talk(
    server: Program, client: Program, chance: random.Random | None, largest: int
) -> list[object]:
    """How both programs ended and what they wrote; behind a relay where there is chance."""
    port = free_port()
    first = subprocess.Popen(
        _bare(server, str(port)), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    _until_listening(port)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        if chance is not None:
            relay = (listener, port, chance, largest)
            threading.Thread(target=_relay, args=relay, daemon=True).start()
        door = port if chance is None else listener.getsockname()[1]
        second = subprocess.Popen(
            _bare(client, str(door)), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        return [_end(second), _end(first)]


def _end(process: subprocess.Popen[bytes]) -> object:
    try:
        out, err = process.communicate(timeout=GIVE_UP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return "hangs"
    return process.returncode, out, err


def _until_listening(port: int) -> None:
    """Until the server listens, seen in /proc/net/tcp: to connect would use it up."""
    wanted = f":{port:04X} 00000000:0000 0A"
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with open("/proc/net/tcp") as table:
            if wanted in table.read():
                return
        time.sleep(0.001)


def _relay(listener: socket.socket, port: int, chance: random.Random, largest: int) -> None:
    near, _ = listener.accept()
    far = socket.create_connection(("127.0.0.1", port))
    for sock in (near, far):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    back = threading.Thread(target=_pass_on, args=(far, near, chance, largest), daemon=True)
    back.start()
    _pass_on(near, far, chance, largest)
    back.join(GIVE_UP)
    near.close()
    far.close()


def _pass_on(
    source: socket.socket, target: socket.socket, chance: random.Random, largest: int
) -> None:
    try:
        while data := source.recv(65536):
            while data:
                size = chance.randint(1, largest)
                target.sendall(data[:size])
                data = data[size:]
                time.sleep(PAUSE)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


if __name__ == "__main__":
    main()
