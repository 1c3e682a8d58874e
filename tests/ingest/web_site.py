# SPDX-License-Identifier: Apache-2.0
"""A real nginx that serves a folder of feeds and telegrams, with the faults real servers have.

    with Site(tmp_path) as site:
        site.put("feed/extra.xml", atom(site, entries))
        site.requests("/data/…")             # as nginx logged them
"""
import datetime
import os
import select
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

WAIT_S = 30.0

CONFIG = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log; user root;
events {{ worker_connections 64; }}
http {{
  log_format facts '$status $request_uri $bytes_sent "$http_if_none_match" "$http_if_modified_since" $connection';
  access_log {folder}/access.log facts;
  default_type text/xml; keepalive_timeout 60; {extra}
  client_body_temp_path {folder}/tmp; proxy_temp_path {folder}/tmp; fastcgi_temp_path {folder}/tmp;
  uwsgi_temp_path {folder}/tmp; scgi_temp_path {folder}/tmp;
  server {{
    listen 127.0.0.1:{port}{ssl}; root {folder}/site;
    location / {{ if (-f {folder}/outage) {{ return 503; }} }}
    location /slow/ {{ limit_rate 2k; }}
    location /loop/ {{ return 302 /loop/again; }}
    location /moved/ {{ rewrite ^/moved/(.*)$ /feed/$1 redirect; }}
    location /away/ {{ return 302 http://127.0.0.2:{port}$request_uri; }}
    location /page/ {{ default_type text/html; }}
    location /packed/ {{ gzip on; gzip_types text/xml; gzip_min_length 1; }}
  }}
}}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Site:
    def __init__(self, folder, tls=None):
        if not shutil.which("nginx", path="/usr/sbin:" + os.environ.get("PATH", "")):
            pytest.skip("nginx is not installed")
        self.folder = Path(folder) / "nginx"
        (self.folder / "site").mkdir(parents=True)
        (self.folder / "tmp").mkdir()
        self.port = free_port()
        self.scheme = "https" if tls else "http"
        ssl, extra = ("", "")
        if tls:
            ssl, extra = " ssl", f"ssl_certificate {tls[0]}; ssl_certificate_key {tls[1]};"
        (self.folder / "nginx.conf").write_text(
            CONFIG.format(folder=self.folder, port=self.port, ssl=ssl, extra=extra))
        self.clock = int(time.time()) - 100000
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            ["nginx", "-p", self.folder, "-c", self.folder / "nginx.conf", "-e", self.folder / "error.log"],
            env={**os.environ, "PATH": "/usr/sbin:" + os.environ.get("PATH", "")})
        end = time.monotonic() + WAIT_S
        while True:
            with socket.socket() as s:
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.process.poll() is None and time.monotonic() < end, (self.folder / "error.log").read_text()
            select.select([], [], [], 0.01)

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(WAIT_S)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def url(self, path):
        return f"{self.scheme}://127.0.0.1:{self.port}/{path}"

    def put(self, path, data):
        """Replaces a file in one step; each change has a time of its own, as nginx makes its ETag
        from time and size."""
        target = self.folder / "site" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.folder / "tmp" / "fresh"
        fresh.write_bytes(data if isinstance(data, bytes) else data.encode())
        self.clock += 1
        os.utime(fresh, (self.clock, self.clock))
        fresh.replace(target)

    def remove(self, path):
        (self.folder / "site" / path).unlink()

    def outage(self, on):
        mark = self.folder / "outage"
        mark.touch() if on else mark.unlink()

    def requests(self, path=""):
        """(status, path, etag asked with) of each request whose path holds path."""
        log = self.folder / "access.log"
        lines = [line.split() for line in log.read_text().splitlines()] if log.exists() else []
        return [(int(f[0]), f[1], f[3].strip('"')) for f in lines if len(f) > 3 and path in f[1]]

    def wait(self, true, what="the requests"):
        """Until true() of the log: asks again after each moment of the kernel's."""
        end = time.monotonic() + WAIT_S
        while not true():
            assert time.monotonic() < end, f"{what} did not come: {self.requests()[-20:]}"
            select.select([], [], [], 0.01)


def utc(at):
    return at.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def atom(links, updated=None):
    """links: (url, time of the entry), newest first as feeds have them. The feed's own time is of
    Japan, the entries' of Greenwich, as JMA's are."""
    jst = datetime.timezone(datetime.timedelta(hours=9))
    updated = updated or max((at for _, at in links), default=datetime.datetime.now(jst))
    entries = "".join(
        f"<entry><title>気象</title><id>{escape(url)}</id><updated>{utc(at)}</updated><author><name>気象台</name></author>"
        f'<link type="application/xml" href="{escape(url)}"/><content type="text">【概要】</content></entry>'
        for url, at in links)
    return (f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" lang="ja">'
            f"<title>高頻度</title><updated>{updated.astimezone(jst).isoformat(timespec='seconds')}</updated>"
            f"<id>feed</id>{entries}</feed>")
