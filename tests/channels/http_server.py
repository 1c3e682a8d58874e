# SPDX-License-Identifier: Apache-2.0
"""An HTTP server that misbehaves on demand.

    with HttpServer(Answer(503, {"Retry-After": "7"})) as server:
        ... deliver to server.url ...
    server.requests     # what was read: Request(method, path, headers, body, connection)

What is given is an Answer, one of the constants below, a list of these used up one by one (the last
stays), or a callable that gets the Request and returns one. `seen` is set once a request has been
read, `accepted` once a connection has come.
"""
import socket
import ssl
import subprocess
import threading
from dataclasses import dataclass, field

CLOSE_FIRST = object()  # close before anything is read
CLOSE = object()        # read the whole request, close without an answer
STALL = object()        # read the whole request, never answer
ENDLESS = object()      # 200 and a body without end
DRIP = object()         # one byte of the header at a time, far too slowly


@dataclass
class Answer:
    status: int = 200
    headers: dict = field(default_factory=dict)
    body: bytes = b"{}"


@dataclass
class Raw:
    data: bytes


@dataclass
class Request:
    method: str
    path: str
    headers: dict       # names in lower case
    body: bytes
    connection: int     # 1 first


class HttpServer:
    def __init__(self, script=Answer(), certificate=None):
        self._script = script
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._tls = None
        if certificate:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(*certificate)
        self.requests = []
        self.seen = threading.Event()
        self.accepted = threading.Event()
        self.connections = 0
        self._threads = []
        self._sockets = []

    @property
    def url(self):
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._start(self._accept)
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for s in self._sockets:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for t in self._threads:
            t.join(10)
            assert not t.is_alive()

    def _start(self, run, *args):
        t = threading.Thread(target=run, args=args, daemon=True)
        self._threads.append(t)
        t.start()

    def _accept(self):
        while not self._stop.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                number = self.connections
            self._sockets.append(sock)
            self.accepted.set()
            self._start(self._serve, sock, number)

    def _next(self, request):
        with self._lock:
            step = self._script
            if isinstance(step, list):
                step = step.pop(0) if len(step) > 1 else step[0]
        return step(request) if callable(step) else step

    def _serve(self, sock, number):
        try:
            if self._script is CLOSE_FIRST:
                return
            if self._tls:
                sock = self._tls.wrap_socket(sock, server_side=True)
            with sock.makefile("rb") as stream:
                while True:
                    request = read_request(stream, number)
                    if not request:
                        return
                    with self._lock:
                        self.requests.append(request)
                    step = self._next(request)
                    self.seen.set()
                    if not self._act(sock, step):
                        return
        except (OSError, ssl.SSLError):
            pass
        finally:
            sock.close()

    def _act(self, sock, step):
        """True when the connection may go on."""
        if step is CLOSE:
            return False
        if step is STALL:
            self._stop.wait()
            return False
        if step is ENDLESS:
            sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while not self._stop.is_set():
                sock.sendall(b"x" * 65536)
            return False
        if step is DRIP:
            for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"z" * 10000:
                sock.sendall(bytes([byte]))
                if self._stop.wait(0.1):
                    break
            return False
        if isinstance(step, Raw):
            sock.sendall(step.data)
            return False
        head = f"HTTP/1.1 {step.status} X\r\nContent-Length: {len(step.body)}\r\n"
        head += "".join(f"{k}: {v}\r\n" for k, v in step.headers.items())
        sock.sendall(head.encode() + b"\r\n" + step.body)
        return True


def read_request(stream, number):
    line = stream.readline().decode("latin-1").split()
    if len(line) != 3:
        return None
    headers = {}
    while (text := stream.readline().decode("latin-1").rstrip("\r\n")):
        name, value = text.split(":", 1)
        headers[name.strip().lower()] = value.strip()
    size = int(headers.get("content-length", "0"))
    body = stream.read(size)
    if len(body) < size:
        return None
    return Request(line[0], line[1], headers, body, number)


def make_certificate(folder, name):
    """A self-signed certificate for an IP address or a host name: (certificate, key)."""
    kind = "IP" if name[0].isdigit() else "DNS"
    certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext",
         f"subjectAltName={kind}:{name}", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True, timeout=60)
    return str(certificate), str(key)


def free_port():
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]
