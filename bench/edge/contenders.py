"""nginx and Caddy from Debian beside TLAC's gateway: plain reverse proxies to the same services, and file servers of the same bytes."""

import contextlib
import http.client
import pathlib
import shutil
import socket
import ssl
import subprocess
import time

NGINX = """
user {user};
worker_processes auto;
pid {folder}/nginx.pid;
error_log {folder}/nginx.error.log;
events {{ worker_connections 2048; }}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream auth {{ server 127.0.0.1:{auth}; keepalive 512; keepalive_requests 1000000; }}
    upstream activity {{ server 127.0.0.1:{activity}; keepalive 512; keepalive_requests 1000000; }}
    server {{
        listen 127.0.0.1:{port} ssl;
        server_name localhost;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        root {files};
        location /.well-known/ {{ proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://auth; }}
        location /api/auth/ {{ proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://auth; }}
        location /api/activity/ {{ proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://activity; }}
    }}
}}
"""

CADDY = """
{{
    admin off
    auto_https off
    servers {{
        protocols h1
    }}
}}
https://localhost:{port} {{
    bind 127.0.0.1
    tls {certificate} {key}
    root * {files}
    @auth path /api/auth/* /.well-known/*
    handle @auth {{
        reverse_proxy 127.0.0.1:{auth} {{
            transport http {{
                versions 1.1
                keepalive_idle_conns_per_host 512
            }}
        }}
    }}
    @activity path /api/activity/*
    handle @activity {{
        reverse_proxy 127.0.0.1:{activity} {{
            transport http {{
                versions 1.1
                keepalive_idle_conns_per_host 512
            }}
        }}
    }}
    handle {{
        file_server
    }}
}}
"""


class Missing(Exception):
    """A program that is not installed."""


def program(name):
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if not found:
        package = {"nginx": "nginx-light"}.get(name, name)
        raise Missing(f"{name} is not installed: apt-get install {package} (then stop the service that Debian starts)")
    return found


class Contender:
    """A server of our own at 127.0.0.1, in the foreground, with what it says in a file."""

    def __init__(self, name, folder, command, port, authority, environment):
        self.name, self.port = name, port
        self.trust = ssl.create_default_context(cafile=authority)
        self.log = open(folder / f"{name}.log", "wb")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, env=environment)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"{name} does not start: " + (folder / f"{name}.log").read_text()[-2000:])

    @property
    def pid(self):
        return self.process.pid

    def get(self, path, headers):
        connection = http.client.HTTPSConnection("localhost", self.port, context=self.trust, timeout=30)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


def start(name, folder, port, tlac, files):
    """A contender by the name of nginx or caddy, with TLAC's own certificate."""
    folder = pathlib.Path(folder)
    values = {
        "folder": folder, "files": files, "port": port, "user": pathlib.Path.home().owner(),
        "auth": 8081 + tlac.offset, "activity": 8082 + tlac.offset,
        "certificate": tlac.home / "tls" / "server.crt", "key": tlac.home / "tls" / "server.key",
    }
    environment = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "PATH": "/usr/bin:/bin"}
    config = folder / f"{name}.conf"
    if name == "nginx":
        config.write_text(NGINX.format(**values))
        command = [program(name), "-p", str(folder), "-c", str(config), "-e", str(folder / "nginx.error.log"), "-g", "daemon off;"]
    else:
        config.write_text(CADDY.format(**values))
        command = [program(name), "run", "--adapter", "caddyfile", "--config", str(config)]
    return Contender(name, folder, command, port, tlac.authority(), environment)
