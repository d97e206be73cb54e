"""A TLAC of a benchmark's own, on other ports, with pupils that are signed in; needs nothing but the standard library."""

import contextlib
import http.client
import json
import os
import pathlib
import re
import signal
import ssl
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
PASSWORD = "a password of a benchmark"
# A connection that stood idle for longer is opened anew.
KEPT_SECONDS = 5


class Wrong(Exception):
    """An answer that is not the right one: no figure counts any more."""


class Client:
    """One user on one connection that stays open."""

    def __init__(self, connect, headers):
        self.connect, self.headers, self.connection, self.used = connect, headers, None, 0.0

    def call(self, method, path, body=None):
        if time.monotonic() - self.used > KEPT_SECONDS:
            self.close()  # The gateway is about to close it, as any server does with one that stands idle.
            self.connection = self.connect()
        payload = None if body is None else json.dumps(body)
        headers = {"Content-Type": "application/json", **self.headers()}
        self.connection.request(method, path, payload, headers)
        response = self.connection.getresponse()
        answer = response.read()
        self.used = time.monotonic()
        return response.status, answer, response.headers

    def close(self):
        if self.connection is not None:
            self.connection.close()


class Tlac:
    """The five services as `./tlac up` starts them, with limits per user and minute measured and not enforced."""

    def __init__(self, home, offset, settings=None, pupils=32):
        """settings: {service: {KEY: value}}, beyond what `./tlac up` sets"""
        self.home, self.offset = pathlib.Path(home), offset
        config = self.home / "config"
        config.mkdir(parents=True)
        everything = {"gateway": {"LIMITS_ENFORCE": "false"}}
        for service, values in (settings or {}).items():
            everything.setdefault(service, {}).update(values)
        for service, values in everything.items():
            (config / f"{service}.env").write_text("".join(f"{key}={value}\n" for key, value in values.items()))
        environment = {**os.environ, "TLAC_HOME": str(home), "TLAC_PORT_OFFSET": str(offset), "TLAC_HOST": "127.0.0.1"}
        self.process = subprocess.Popen(
            [ROOT / "tlac", "up"], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        self.said = []
        ready = threading.Event()
        threading.Thread(target=self.listen, args=(ready,), daemon=True).start()
        if not ready.wait(900) or self.process.poll() is not None:
            sys.exit("TLAC did not start:\n" + "".join(self.said[-20:]))
        self.trust = ssl.create_default_context(cafile=self.authority())
        self.sign_in_all(pupils)

    def listen(self, ready):
        for line in self.process.stdout:
            self.said.append(line)
            if "is up" in line:
                ready.set()
        ready.set()

    def authority(self):
        return next(str(path) for path in (self.home / "tls").glob("ca*.crt"))

    def gateway(self):
        return http.client.HTTPSConnection("localhost", 8443 + self.offset, context=self.trust, timeout=60)

    def sign_in_all(self, pupils):
        admin = Client(self.gateway, dict)
        body = {"username": "admin", "name": "Admin", "password": PASSWORD}
        self.expect(admin.call("POST", "/api/admin/bootstrap", body))
        session = self.session("admin")
        admin.headers = lambda: session
        self.sessions = []
        for number in range(pupils):
            name = f"pupil{chr(97 + number // 26)}{chr(97 + number % 26)}.b"
            pupil = {"username": name, "name": name, "role": "pupil", "password": PASSWORD}
            self.expect(admin.call("POST", "/api/admin/users", pupil))
            self.sessions.append(self.session(name))
        admin.close()

    def session(self, username):
        client = Client(self.gateway, dict)
        answer = client.call("POST", "/api/auth/login", {"username": username, "password": PASSWORD})
        self.expect(answer)
        cookie = re.match(r"[^;]+", answer[2]["Set-Cookie"])[0]
        client.headers = lambda: {"Cookie": cookie}
        me = client.call("GET", "/api/auth/me")
        self.expect(me)
        client.close()
        return {"Cookie": cookie, "X-CSRF-Token": json.loads(me[1])["csrf_token"]}

    @staticmethod
    def expect(answer):
        if answer[0] != 200:
            raise Wrong(f"{answer[0]} {answer[1][:300]}")

    def through_gateway(self, pupil):
        return Client(self.gateway, lambda: self.sessions[pupil])

    def token(self, pupil):
        """What the gateway passes a call of that pupil on with: lives for a minute at most."""
        secret = (self.home / "secrets" / "gateway-service").read_text().strip()
        service = {"Authorization": f"Bearer {secret}", "X-Tlac-Service": "gateway", "Content-Type": "application/json"}
        auth = http.client.HTTPConnection("127.0.0.1", 8081 + self.offset, timeout=60)
        auth.request("POST", "/internal/session", json.dumps({"cookie": self.cookie(pupil), "client_address": "127.0.0.1"}), service)
        token = json.loads(auth.getresponse().read())["token"]
        auth.close()
        return token

    def cookie(self, pupil):
        return self.sessions[pupil]["Cookie"].partition("=")[2]

    def pid(self, part):
        return int((self.home / "run" / f"{part}.pid").read_text())

    def stop(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)


def tree(top):
    """The process and all that it started, as numbers."""
    parents = {}
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            stat = (entry / "stat").read_text()
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
    found = []
    for pid in parents:
        above = pid
        while above and above != top:
            above = parents.get(above, 0)
        if above == top:
            found.append(pid)
    return found


def pss_bytes(pid):
    """Resident bytes, those that are shared counted in parts; 0 when it has ended."""
    with contextlib.suppress(OSError):
        return int(re.search(r"^Pss:\s+(\d+)", pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)[1]) * 1024
    return 0
