#!/usr/bin/env python3
"""How many requests a second TLAC's gateway answers, and how fast: side by side with nginx and Caddy, in one run on the same cores.

Over TLS with connections kept alive. `me` and `state` are signed-in calls to auth-service and activity-service: through the gateway with
a session's cookie, through nginx and Caddy as plain reverse proxies with the token that the gateway would have passed on, and, for
comparison, at the service itself without TLS (`service`). `bare` is a call that costs auth-service next to nothing (its public keys), which
the gateway does not pass on: what remains is the proxying, and `me` through the gateway is compared with that too. `page` and `asset` are
files: the same bytes from nginx's and Caddy's file servers. Contenders take turns, round after round, so that a noisy machine is noisy for
all; each figure is the median of the rounds.
CPU seconds for 1,000 requests, of everything that took part but the load generator, are what a shared machine blurs least.

Starts a TLAC of its own on other ports and stops it. Needs Debian's wrk, nginx-light and caddy.
Exits with 1 when an answer was wrong or missing, 2 when a target was missed with --check, 3 when a program is missing.
"""

import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

import contenders  # noqa: E402
from tlac import Client, Tlac, Wrong, pss_bytes, tree  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
SERVICES = {"me": "auth-service", "state": "activity-service", "bare": "auth-service"}
TICKS = os.sysconf("SC_CLK_TCK")


class Gateway:
    """TLAC's gateway as a contender."""

    name = "gateway"
    rows = ("me", "state", "page", "asset")

    def __init__(self, tlac):
        self.tlac, self.port, self.pid = tlac, 8443 + tlac.offset, tlac.pid("gateway")

    def url(self, row):
        return f"https://localhost:{self.port}"

    def headers(self, row, pupil):
        return {"Cookie": self.tlac.sessions[pupil]["Cookie"]} if row in SERVICES else {}


class Proxy:
    """nginx or Caddy: what the gateway would have added is sent by the client."""

    rows = ("me", "state", "bare", "page", "asset")

    def __init__(self, tlac, server):
        self.tlac, self.name, self.port, self.pid = tlac, server.name, server.port, server.pid

    def url(self, row):
        return f"https://localhost:{self.port}"

    def headers(self, row, pupil):
        if row not in SERVICES or row == "bare":
            return {}
        return {"Authorization": f"Bearer {self.tlac.token(pupil)}", "X-Tlac-Session": self.tlac.cookie(pupil)}


class Service(Proxy):
    """The service by itself, without TLS: what no proxy before it can exceed."""

    rows = tuple(SERVICES)

    def __init__(self, tlac):
        self.tlac, self.name, self.pid = tlac, "service", None

    def url(self, row):
        return f"http://127.0.0.1:{(8082 if row == 'state' else 8081) + self.tlac.offset}"


def cpu_seconds(pids):
    """Of these processes and all that they started, while they live."""
    total = 0
    for top in pids:
        for pid in tree(top):
            try:
                fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                total += int(fields[11]) + int(fields[12])
            except OSError:
                continue
    return total / TICKS


def wrk(url, requests, connections, seconds):
    command = [contenders.program("wrk"), "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "--latency",
               "-s", str(HERE / "requests.lua"), url]
    environment = {**os.environ, "BENCH_REQUESTS": str(requests)}
    said = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=seconds + 60)
    lines = [line for line in said.stdout.splitlines() if line.startswith("RESULT ")]
    if not lines:
        raise Wrong(f"{' '.join(command)}: {said.stdout[-500:]} {said.stderr[-500:]}")
    return json.loads(lines[0].removeprefix("RESULT "))


class Bench:
    def __init__(self, tlac, servers, folder, arguments):
        self.tlac, self.folder, self.arguments = tlac, folder, arguments
        self.contenders = [Gateway(tlac), *(Proxy(tlac, server) for server in servers)]
        self.paths = {"me": "/api/auth/me", "state": "/api/activity/state/lesson-1/a1", "bare": "/.well-known/jwks.json",
                      "page": arguments.page, "asset": arguments.asset}
        self.parts = {name: tlac.pid(name) for name in ("auth-service", "activity-service", "postgres")}

    def fields_of(self, row):
        everybody = self.contenders + ([Service(self.tlac)] if self.arguments.service else [])
        return [each for each in everybody if row in each.rows]

    def prepare(self, contender, row):
        """Fresh tokens each time: they live for a minute."""
        file = self.folder / "requests.txt"
        pupils = range(len(self.tlac.sessions) if row in ("me", "state") else 1)
        lines = []
        for pupil in pupils:
            headers = contender.headers(row, pupil)
            lines.append("\t".join([self.paths[row], *(f"{name}: {value}" for name, value in headers.items())]))
        file.write_text("\n".join(lines) + "\n")
        return file

    def once(self, contender, row, connections):
        requests = self.prepare(contender, row)
        wrk(contender.url(row), requests, connections, self.arguments.warm)
        parts = {name: pid for name, pid in self.parts.items() if row in SERVICES and name in (SERVICES[row], "postgres")}
        if contender.pid:
            parts = {contender.name: contender.pid, **parts}
        before = {name: cpu_seconds([pid]) for name, pid in parts.items()}
        figures = wrk(contender.url(row), requests, connections, self.arguments.seconds)
        thousands = max(figures["requests"], 1) / 1000
        figures["cpu_s_per_1000"] = {name: (cpu_seconds([pid]) - before[name]) / thousands for name, pid in parts.items()}
        figures["per_second"] = figures["requests"] / figures["seconds"]
        figures["failed"] = sum(figures["errors"].values())
        if contender.pid:
            figures["pss_bytes"] = sum(pss_bytes(pid) for pid in tree(contender.pid))
        if figures["requests"] == 0:
            raise Wrong(f"{contender.name} answered nothing at {row}, {connections} connections: {figures}")
        return figures

    def warm_up(self):
        """Until a virtual machine has compiled what it will; the figures after it are of a server that has run for a while."""
        for row in self.arguments.rows:
            for contender in self.fields_of(row):
                wrk(contender.url(row), self.prepare(contender, row), 32, self.arguments.warm_up if contender.name == "gateway" else 1)

    def run(self):
        rounds = {}
        for row in self.arguments.rows:
            for connections in self.arguments.connections:
                for number in range(self.arguments.rounds):
                    for contender in self.fields_of(row):
                        print(f"{row} {connections} round {number + 1} {contender.name}", file=sys.stderr, flush=True)
                        rounds.setdefault((row, connections, contender.name), []).append(self.once(contender, row, connections))
        return [summary(*key, taken) for key, taken in rounds.items()]


def summary(row, connections, contender, taken):
    rates = [each["per_second"] for each in taken]
    middle = lambda name: statistics.median(each[name] for each in taken)  # noqa: E731
    return {
        "row": row, "connections": connections, "contender": contender,
        "per_second": statistics.median(rates), "least": min(rates), "most": max(rates),
        "p50_ms": middle("p50_ms"), "p99_ms": middle("p99_ms"), "p99_most_ms": max(each["p99_ms"] for each in taken),
        "failed": sum(each["failed"] for each in taken), "requests": sum(each["requests"] for each in taken),
        "pss_mb": max(each.get("pss_bytes", 0) for each in taken) / 2**20,
        "cpu_s_per_1000": {name: statistics.median(each["cpu_s_per_1000"][name] for each in taken) for name in taken[0]["cpu_s_per_1000"]},
    }


def same_answers(bench, files):
    """Every contender gives the same bytes, or there is nothing to compare."""
    for row in bench.arguments.rows:
        if row == "bare":
            continue
        status, right, _ = Client(bench.tlac.gateway, lambda: bench.contenders[0].headers(row, 0)).call("GET", bench.paths[row])
        Tlac.expect((status, right))
        if row not in SERVICES:
            file = files / bench.paths[row].lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(right)
        for server in bench.servers:
            got = server.get(bench.paths[row], Proxy(bench.tlac, server).headers(row, 0))
            if got != (200, right):
                raise Wrong(f"{server.name} at {bench.paths[row]}: {got[0]} {got[1][:200]}, the gateway: {right[:200]}")


def ratios(rows):
    """(row, connections, requests a second and p99 as shares of Caddy's), as the issue sets the goal."""
    by = {(each["row"], each["connections"], each["contender"]): each for each in rows}
    found = []
    for (row, connections, contender), ours in by.items():
        against = [row, "bare"] if row == "me" else [row]
        for other in against:
            caddy = by.get((other, connections, "caddy"))
            if contender == "gateway" and caddy:
                name = row if other == row else f"{row} ÷ {other}"
                found.append((name, connections, ours["per_second"] / caddy["per_second"], ours["p99_ms"] / caddy["p99_ms"]))
    return found


def markdown(result):
    lines = [f"{result['machine']}", "",
             "| row | connections | contender | requests/s (least–most) | p50 ms | p99 ms (most) | failed | PSS MB | CPU ms per request |",
             "|---|---|---|---|---|---|---|---|---|"]
    for each in result["rows"]:
        cpu = " + ".join(f"{name} {seconds:.3f}" for name, seconds in each["cpu_s_per_1000"].items())
        memory = f"{each['pss_mb']:.0f}" if each["pss_mb"] else ""
        rate = f"{each['per_second']:,.0f} ({each['least']:,.0f}–{each['most']:,.0f})"
        lines.append(f"| {each['row']} | {each['connections']} | {each['contender']} | {rate} | "
                     f"{each['p50_ms']:.1f} | {each['p99_ms']:.1f} ({each['p99_most_ms']:.1f}) | {each['failed']} | {memory} | {cpu} |")
    lines += ["", "| row | connections | requests/s ÷ Caddy's (goal ≥ 1) | p99 ÷ Caddy's (goal ≤ 1) |", "|---|---|---|---|"]
    lines += [f"| {row} | {connections} | {rate:.2f} | {p99:.2f} |" for row, connections, rate, p99 in ratios(result["rows"])]
    return "\n".join(lines) + "\n"


def reached(result):
    gateway = [each for each in result["rows"] if each["contender"] == "gateway"]
    return (all(rate >= 1 and p99 <= 1 for _, _, rate, p99 in ratios(result["rows"]))
            and all(each["pss_mb"] < 200 and each["failed"] == 0 for each in gateway))


def numbers(text):
    return [int(part) for part in text.split(",")]


def names(text):
    return [part for part in text.split(",") if part]


def arguments_of():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="me,bare,state,page,asset", type=names)
    parser.add_argument("--connections", default="16,64,256", type=numbers)
    parser.add_argument("--contenders", default="nginx,caddy", type=names, help="beside the gateway; may be empty")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=6, help="of each measurement")
    parser.add_argument("--warm", type=int, default=2, help="seconds before each measurement")
    parser.add_argument("--warm-up", type=int, default=10, help="seconds for each row before the first measurement")
    parser.add_argument("--pupils", type=int, default=32, help="sessions that take turns")
    parser.add_argument("--service", action=argparse.BooleanOptionalAction, default=True, help="also measure the service by itself")
    parser.add_argument("--page", default="/login.html")
    parser.add_argument("--asset", default="/core/tlac.css")
    parser.add_argument("--port-offset", type=int, default=24000)
    parser.add_argument("--gateway-env", action="append", default=[], metavar="KEY=VALUE", help="a setting of the gateway; may be repeated")
    parser.add_argument("--json", type=pathlib.Path, help="write all figures there")
    parser.add_argument("--markdown", type=pathlib.Path, help="write the tables there too")
    parser.add_argument("--check", action="store_true", help="exit with 2 when a target is missed")
    return parser.parse_args()


def machine():
    return {"cores": len(os.sched_getaffinity(0)), "kernel": platform.release(), "date": time.strftime("%Y-%m-%d %H:%M"),
            "load": os.getloadavg()[0]}


def measured(arguments, folder):
    settings = {"gateway": dict(pair.split("=", 1) for pair in arguments.gateway_env)}
    tlac, servers = Tlac(folder / "tlac", arguments.port_offset, settings, arguments.pupils), []
    try:
        (folder / "www").mkdir()
        for number, name in enumerate(arguments.contenders):
            servers.append(contenders.start(name, folder, arguments.port_offset + 8450 + number, tlac, folder / "www"))
        for pupil in range(arguments.pupils):
            work = {"state": {"code": "print('Hello')\n" * 20}}
            Tlac.expect(tlac.through_gateway(pupil).call("POST", "/api/activity/state/lesson-1/a1", work))
        bench = Bench(tlac, servers, folder, arguments)
        bench.servers = servers
        same_answers(bench, folder / "www")
        bench.warm_up()
        return {"machine": machine(), "rows": bench.run()}
    finally:
        for server in servers:
            server.stop()
        tlac.stop()


def main():
    arguments = arguments_of()
    try:
        for name in ["wrk", *arguments.contenders]:
            contenders.program(name)
        with tempfile.TemporaryDirectory(prefix="tlac-edge-") as folder:
            result = measured(arguments, pathlib.Path(folder))
    except contenders.Missing as missing:
        print(missing, file=sys.stderr)
        return 3
    except Wrong as wrong:
        print(f"a wrong answer: {wrong}", file=sys.stderr)
        return 1
    print(markdown(result))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2))
    if arguments.markdown:
        arguments.markdown.write_text(markdown(result))
    return 2 if arguments.check and not reached(result) else 0


if __name__ == "__main__":
    sys.exit(main())
