#!/usr/bin/env python3
"""How fast a pupil's program runs: TLAC's runner side by side with bare Python, a cold sandbox and a container, in one run.

Needs nothing but Python's standard library and a checkout in which `./tlac up` works: it starts a TLAC of its own in a scratch
folder on other ports, and stops it. Contenders take turns, so that a noisy machine is noisy for all of them.
Exits with 1 when a single answer was wrong, 2 when a target was missed with --check.
"""

import argparse
import contextlib
import http.client
import json
import os
import pathlib
import platform
import queue
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from tlac import Client, Tlac, Wrong, pss_bytes, tree  # noqa: E402

CODE = "print('hi')"
WORK = {"lesson_id": "lesson-1", "activity_id": "a1", "code": CODE}
# Tokens of the gateway live for a minute at most.
TOKEN_SECONDS = 30


# --- Contenders: each callable runs print('hi') once and raises Wrong unless it came out ------------------------------


def spawned(argv):
    """Runs a command as cheaply as a parent can: posix_spawn, one pipe, one wait."""

    def run():
        reader, writer = os.pipe()
        actions = [(os.POSIX_SPAWN_DUP2, writer, 1)]
        pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=actions)
        os.close(writer)
        with open(reader, "rb") as out:
            said = out.read()
        _, status = os.waitpid(pid, 0)
        if said != b"hi\n" or status != 0:
            raise Wrong(f"{argv}: {status} {said[:200]}")

    return run


def cold_sandbox(python):
    """A fresh bubblewrap for each run, with what a cautious script would use."""
    argv = [shutil.which("bwrap"), "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"]
    for path in ("/usr", "/lib", "/lib64"):
        if os.path.islink(path):
            argv += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            argv += ["--ro-bind", path, path]
    return [*argv, "--tmpfs", "/tmp", "--chdir", "/tmp", python, "-c", CODE]


def docker_image():
    """The image for a container a run, or None with the reason where Docker does not answer."""
    image = os.environ.get("BENCH_IMAGE", "python:3-slim")
    if not shutil.which("docker"):
        return None, "docker is not installed"
    try:
        found = subprocess.run(["docker", "image", "inspect", image], capture_output=True, timeout=20)
    except subprocess.TimeoutExpired:
        return None, "docker does not answer"
    if found.returncode != 0:
        return None, f"no engine or no image {image}: docker pull {image}, or set BENCH_IMAGE"
    return image, ""


class RunnerClient(Client):
    """One pupil who presses Run."""

    def run(self):
        status, answer, _ = self.call("POST", "/api/python/run", WORK)
        if status != 200 or json.loads(answer).get("stdout") != "hi\n":
            raise Wrong(f"{status} {answer[:300]}")


class RunnerTlac(Tlac):
    """A TLAC whose runner is measured."""

    def __init__(self, home, offset):
        runner = {key.removeprefix("BENCH_"): value for key, value in os.environ.items() if key.startswith("BENCH_RUNNER_")}
        super().__init__(home, offset, {"runner-service": runner})

    def runner(self):
        return http.client.HTTPConnection("127.0.0.1", 8083 + self.offset, timeout=60)

    def through_gateway(self, pupil):
        return RunnerClient(self.gateway, lambda: self.sessions[pupil])

    def through_runner(self, pupil):
        """Speaks to runner-service itself with a token like the gateway's, renewed in time."""
        kept = {"until": 0.0, "headers": {}}

        def headers():
            if time.monotonic() > kept["until"]:
                kept.update(until=time.monotonic() + TOKEN_SECONDS, headers={"Authorization": f"Bearer {self.token(pupil)}"})
            return kept["headers"]

        return RunnerClient(self.runner, headers)

    def processes(self):
        """Every process of runner-service: (pid, command line, resident bytes shared out among sharers)."""
        top, found = self.pid("runner-service"), []
        for pid in tree(top):
            with contextlib.suppress(OSError):
                command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                found.append((pid, command, pss_bytes(pid)))
        return top, found

    def memory(self):
        """Resident bytes of the service itself, of one slot's sandbox, and how many processes and descriptors there are, at rest."""
        counts = []
        while len(counts) < 50 and len(set(counts[-5:])) != 1 or len(counts) < 5:
            time.sleep(0.1)  # After a run each slot makes its next process ready.
            top, found = self.processes()
            counts.append(len(found))
        service = sum(pss for pid, _, pss in found if pid == top)
        sandboxes = sum(pss for pid, _, pss in found if pid != top)
        slots = max(1, sum(1 for pid, command, _ in found if pid != top and self.parent(pid) == top))
        return {
            "service_bytes": service,
            "zygote_bytes": sandboxes // slots,
            "processes": len(found),
            "descriptors": len(os.listdir(f"/proc/{top}/fd")),
        }

    @staticmethod
    def parent(pid):
        with contextlib.suppress(OSError):
            return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        return 0


# --- Measuring --------------------------------------------------------------------------------------------------------


def timed(run):
    start = time.perf_counter()
    run()
    return (time.perf_counter() - start) * 1000


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def figures(milliseconds):
    return {
        "n": len(milliseconds),
        "p50_ms": statistics.median(milliseconds),
        "p90_ms": quantile(milliseconds, 0.9),
        "p99_ms": quantile(milliseconds, 0.99),
        "max_ms": max(milliseconds),
    }


def latency(contenders, rounds, runs):
    """One after the other, in turns: {name: figures}."""
    taken = {name: [] for name in contenders}
    for run in contenders.values():
        for _ in range(5):
            run()
    for number in range(rounds):
        for name, run in contenders.items():
            taken[name] += [timed(run) for _ in range(runs)]
        progress(f"latency {number + 1}/{rounds}")
    return {name: figures(values) for name, values in taken.items()}


def throughput(runs, seconds):
    """Runs a second with all of these going on at once."""
    deadline, done, failures = time.perf_counter() + seconds, queue.SimpleQueue(), queue.SimpleQueue()

    def repeat(run):
        count = 0
        try:
            while time.perf_counter() < deadline:
                run()
                count += 1
        except Exception as failure:
            failures.put(failure)
        done.put(count)

    start = time.perf_counter()
    threads = [threading.Thread(target=repeat, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not failures.empty():
        raise failures.get()
    return sum(done.get() for _ in threads) / (time.perf_counter() - start)


def classroom(runs):
    """All press Run at the same moment: how long each waited."""
    gate, taken, failures = threading.Barrier(len(runs)), queue.SimpleQueue(), queue.SimpleQueue()

    def press(run):
        gate.wait()
        try:
            taken.put(timed(run))
        except Exception as failure:
            failures.put(failure)

    threads = [threading.Thread(target=press, args=(run,)) for run in runs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not failures.empty():
        raise failures.get()
    return [taken.get() for _ in threads]


def progress(text):
    if sys.stderr.isatty():
        print(f"\r{text:<40}", end="", file=sys.stderr, flush=True)


# --- The run ----------------------------------------------------------------------------------------------------------


def measure(tlac, arguments):
    python, cores = arguments.python, len(os.sched_getaffinity(0))
    bare, isolated = spawned([python, "-c", CODE]), spawned([python, "-I", "-S", "-c", CODE])
    contenders = {
        "python3 -c": bare,
        "python3 -I -S -c": isolated,
        "runner-service": tlac.through_runner(0).run,
        "through the gateway": tlac.through_gateway(1).run,
    }
    if shutil.which("bwrap"):
        contenders["bwrap + python3, cold"] = spawned(cold_sandbox(python))
    image, reason = docker_image()
    if image:
        docker = [shutil.which("docker"), "run", "--rm", "--network=none", "--memory=128m", "--entrypoint=python3", image, "-c", CODE]
        contenders["a container a run"] = spawned(docker)
    result = {"machine": machine(python), "container": image or reason}
    before = tlac.memory()
    result["latency"] = latency(contenders, arguments.rounds, arguments.runs)
    progress("throughput")
    # Alternating, the best of each: what else the machine does must not decide.
    bare_rates, runner_rates, gateway_rates = [], [], []
    clients = [tlac.through_runner(pupil).run for pupil in range(2 * cores)]
    behind = [tlac.through_gateway(pupil).run for pupil in range(2 * cores)]
    for _ in range(arguments.turns):
        bare_rates.append(max(throughput([isolated] * cores, arguments.seconds), throughput([isolated] * 2 * cores, arguments.seconds)))
        runner_rates.append(throughput(clients, arguments.seconds))
        gateway_rates.append(throughput(behind, arguments.seconds))
    result["throughput"] = {
        "python3 -I -S -c": max(bare_rates),
        "runner-service": max(runner_rates),
        "through the gateway": max(gateway_rates),
    }
    progress("a class of thirty")
    pupils = [tlac.through_runner(pupil).run for pupil in range(30)]
    classroom(pupils)  # Connections are opened and tokens fetched.
    slowest = [max(classroom(pupils)) for _ in range(arguments.rounds)]
    result["thirty at once"] = {"slowest_ms": statistics.median(slowest), "worst_ms": max(slowest), "classes": len(slowest)}
    progress("memory")
    settled = tlac.memory()
    for _ in range(arguments.soak // len(pupils) + 1):
        classroom(pupils)
    result["memory"] = {"at start": before, "warm": settled, f"after {arguments.soak} more runs": tlac.memory()}
    return result


def machine(python):
    version = subprocess.run([python, "-V"], capture_output=True, text=True).stdout.strip()
    return {"cores": len(os.sched_getaffinity(0)), "kernel": platform.release(), "python": version, "date": time.strftime("%Y-%m-%d")}


def targets(result):
    """(what, figure, bound, reached) as issue 3 sets them."""
    base, runner = result["latency"]["python3 -c"], result["latency"]["runner-service"]
    gateway = result["latency"]["through the gateway"]
    rates, memory = result["throughput"], result["memory"]
    grown = list(memory.values())[2]["zygote_bytes"] / list(memory.values())[1]["zygote_bytes"]
    rows = [
        ("runner p50 / bare p50", runner["p50_ms"] / base["p50_ms"], 0.6, "at most"),
        ("runner p99 / bare p99", runner["p99_ms"] / base["p99_ms"], 1.0, "at most"),
        ("gateway p50 / bare p50", gateway["p50_ms"] / base["p50_ms"], 1.0, "at most"),
        ("runs a second / those of python3 -I -S -c", rates["runner-service"] / rates["python3 -I -S -c"], 1.5, "at least"),
        ("slowest of thirty / bare p50", result["thirty at once"]["slowest_ms"] / base["p50_ms"], 15, "at most"),
        ("idle zygote, MiB", list(memory.values())[1]["zygote_bytes"] / 2**20, 25, "at most"),
        ("zygote after the soak / before", grown, 1.1, "at most"),
    ]
    return [(*row, row[1] <= row[2] if row[3] == "at most" else row[1] >= row[2]) for row in rows]


def report(result):
    print(f"\n{result['machine']}\n")
    print(f"{CODE:<24}{'p50':>9}{'p90':>9}{'p99':>9}{'max':>9}  ms")
    for name, row in sorted(result["latency"].items(), key=lambda item: item[1]["p50_ms"]):
        print(f"{name:<24}{row['p50_ms']:>9.2f}{row['p90_ms']:>9.2f}{row['p99_ms']:>9.2f}{row['max_ms']:>9.2f}  n={row['n']}")
    if "a container a run" not in result["latency"]:
        print(f"{'a container a run':<24}  not measured: {result['container']}")
    print("\nruns a second: " + ", ".join(f"{name} {rate:.0f}" for name, rate in result["throughput"].items()))
    print(f"thirty at once: {result['thirty at once']}")
    for when, row in result["memory"].items():
        print(f"memory {when}: service {row['service_bytes'] / 2**20:.0f} MiB, a zygote {row['zygote_bytes'] / 2**20:.1f} MiB, "
              f"{row['processes']} processes, {row['descriptors']} descriptors")
    print()
    for what, figure, bound, how, reached in targets(result):
        print(f"{'reached' if reached else 'MISSED ':<9}{what:<44}{figure:>8.2f}  ({how} {bound})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", default="/usr/bin/python3", help="the bare Python; the runner uses this one too by default")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--runs", type=int, default=50, help="of each contender in a round")
    parser.add_argument("--turns", type=int, default=3, help="throughput measurements")
    parser.add_argument("--seconds", type=float, default=3, help="of each throughput measurement")
    parser.add_argument("--soak", type=int, default=2000, help="runs between the two looks at memory")
    parser.add_argument("--port-offset", type=int, default=23000)
    parser.add_argument("--json", type=pathlib.Path, help="write all figures there")
    parser.add_argument("--check", action="store_true", help="exit with 2 when a target is missed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tlac-bench-") as home:
        tlac = RunnerTlac(pathlib.Path(home) / "tlac", arguments.port_offset)
        try:
            result = measure(tlac, arguments)
        except Wrong as wrong:
            print(f"a wrong answer: {wrong}", file=sys.stderr)
            return 1
        finally:
            tlac.stop()
    report(result)
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2))
    return 2 if arguments.check and not all(row[4] for row in targets(result)) else 0


if __name__ == "__main__":
    sys.exit(main())
