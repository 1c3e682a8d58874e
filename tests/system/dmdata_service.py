# SPDX-License-Identifier: Apache-2.0
"""A stand-in for DMDATA.JP on loopback: Socket Start and Close, WebSocket v2, Telegram List v2 and
Telegram Data v1, as the service's API reference describes them. Misbehaves when told to."""

import base64
import gzip
import hashlib
import http.server
import json
import re
import socket
import ssl
import struct
import threading
import urllib.parse

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


def frame(opcode, payload, final=True):
    head = bytes([(0x80 if final else 0) | opcode])
    if len(payload) < 126:
        return head + bytes([len(payload)]) + payload
    if len(payload) < 65536:
        return head + b"\x7e" + struct.pack(">H", len(payload)) + payload
    return head + b"\x7f" + struct.pack(">Q", len(payload)) + payload


class Socket:
    """One WebSocket at the service's end."""

    def __init__(self, service, connection, number):
        self.service, self.connection, self.number = service, connection, number
        self.pongs = []
        self.open = True
        self.lock = threading.Lock()

    def send(self, data):
        with self.lock:
            self.connection.sendall(data)

    def say(self, message, pieces=1):
        data = json.dumps(message, ensure_ascii=False).encode()
        size = -(-len(data) // pieces)
        parts = [data[i : i + size] for i in range(0, len(data), size)]
        for i, part in enumerate(parts):
            self.send(frame(TEXT if i == 0 else 0, part, final=i == len(parts) - 1))

    def cut(self):
        """The line breaks, without a goodbye."""
        self.connection.shutdown(socket.SHUT_RDWR)

    def exactly(self, size):
        data = b""
        while len(data) < size:
            piece = self.connection.recv(size - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data

    def read(self):
        first, second = self.exactly(2)
        size = second & 0x7F
        if size == 126:
            size = struct.unpack(">H", self.exactly(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", self.exactly(8))[0]
        mask = self.exactly(4)
        payload = bytes(b ^ mask[i % 4] for i, b in enumerate(self.exactly(size)))
        return first & 15, payload

    def serve(self):
        try:
            while True:
                opcode, payload = self.read()
                if opcode == PING:
                    self.send(frame(PONG, payload))
                elif opcode == CLOSE:
                    self.send(frame(CLOSE, payload))
                    self.service.note("goodbye", self.number)
                    return
                elif opcode == TEXT:
                    message = json.loads(payload)
                    if message["type"] == "pong":
                        self.pongs.append(message.get("pingId"))
                        self.service.note("pong", message.get("pingId"))
        except (OSError, EOFError):
            pass
        finally:
            self.open = False
            self.service.note("gone", self.number)


class Service:
    def __init__(self, key="secret-key", tls=None):
        self.authorization = "Basic " + base64.b64encode(f"{key}:".encode()).decode()
        self.changed = threading.Condition()
        self.notes = []
        self.sockets = []
        self.tickets = {}
        self.telegrams = []  # oldest first: (id, xml, type)
        self.missing = set()  # ids whose data is refused
        self.ticket_answer = None  # (status, object): instead of a ticket
        self.ticket_host = None
        self.list_answer = None
        self.data_answers = []  # bytes on the wire instead of a telegram's data, one request each
        self.data_status = {}  # id -> status instead of its data
        self.bodies = 0
        self.refused = 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.get(self)

            def do_POST(self):
                outer.post(self)

            def do_DELETE(self):
                if outer.admitted(self):
                    outer.note("closed", int(self.path.rsplit("/", 1)[1]))
                    outer.answer(self, 200, {"status": "ok"})

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        self.tls = tls is not None
        self.url = f"http{'s' * self.tls}://{self.host}"

    # ---- what the test does

    def note(self, what, detail=None):
        with self.changed:
            self.notes.append((what, detail))
            self.changed.notify_all()

    def wait(self, match, timeout=60):
        """Until match(self) is true."""
        with self.changed:
            assert self.changed.wait_for(lambda: match(self), timeout), f"it did not come: {self.notes}"

    def count(self, what):
        return sum(1 for note, _ in self.notes if note == what)

    def live(self):
        return [s for s in self.sockets if s.open]

    def publish(self, xml, kind="VXSE53", to=None, pieces=1, **changes):
        """A telegram: on the list, and over the WebSockets in `to` (all that are open)."""
        number = hashlib.sha384(xml + str(len(self.telegrams)).encode()).hexdigest()
        self.telegrams.append((number, xml, kind))
        message = {
            "type": "data",
            "version": "2.0",
            "classification": "telegram.earthquake",
            "id": number,
            "passing": [],
            "head": {"type": kind, "author": "JPOS", "time": "2026-11-24T00:00:00.000Z", "test": False, "xml": True},
            "format": "xml",
            "compression": "gzip",
            "encoding": "base64",
            "body": base64.b64encode(gzip.compress(xml)).decode(),
            **changes,
        }
        for one in self.live() if to is None else to:
            one.say(message, pieces)
        return number

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        for one in self.live():
            one.cut()
        self.thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # ---- the interface

    def answer(self, request, status, message, kind="application/json"):
        data = message if isinstance(message, bytes) else json.dumps(message).encode()
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    def admitted(self, request):
        if request.headers.get("Authorization") == self.authorization:
            return True
        error = {"status": "error", "error": {"message": "Authorization required.", "code": 401}}
        self.answer(request, 401, error)
        with self.changed:
            self.refused += 1
            self.changed.notify_all()
        return False

    def post(self, request):
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
        if not self.admitted(request):
            return
        self.note("start", json.loads(body))
        if self.ticket_answer:
            self.answer(request, *self.ticket_answer)
            return
        number = len(self.tickets) + 1
        ticket = f"T{number}"
        self.tickets[ticket] = number
        url = f"ws{'s' * self.tls}://{self.ticket_host or self.host}/v2/websocket?ticket={ticket}"
        self.answer(
            request,
            200,
            {"status": "ok", "ticket": ticket, "websocket": {"id": number, "url": url, "protocol": ["dmdata.v2"], "expiration": 300}},
        )

    def get(self, request):
        path = urllib.parse.urlparse(request.path)
        query = {k: v[0] for k, v in urllib.parse.parse_qs(path.query).items()}
        if path.path == "/v2/websocket":
            self.upgrade(request, query.get("ticket"))
        elif self.admitted(request):
            if path.path == "/v2/telegram":
                self.note("list", query)
                self.list(request, query)
            elif path.path.startswith("/v1/"):
                self.data(request, path.path[4:])

    def list(self, request, query):
        if self.list_answer:
            self.answer(request, *self.list_answer)
            return
        limit = int(query.get("limit", 20))
        low, high = 0, len(self.telegrams)
        cursor = query.get("cursorToken", "")
        if cursor:
            match = re.fullmatch(r"(after|page):(\d+)(?::(\d+))?\+=", cursor)
            if not match:
                error = {"message": "Unexpected data  of search query `cursorToken`.", "code": 400}
                self.answer(request, 400, {"status": "error", "error": error})
                return
            low = int(match.group(2))
            high = int(match.group(3)) if match.group(3) else high
        chosen = list(range(high - 1, low - 1, -1))[:limit]
        items = [
            {"serial": i, "id": self.telegrams[i][0], "classification": "telegram.earthquake", "format": "xml",
             "head": {"type": self.telegrams[i][2]}, "url": "http://192.0.2.1/elsewhere"}
            for i in chosen
        ]  # fmt: skip
        answer = {"status": "ok", "items": items, "nextPooling": f"after:{high}+=", "nextPoolingInterval": 1600}
        if chosen and chosen[-1] > low:
            answer["nextToken"] = f"page:{low}:{chosen[-1]}+="
        self.answer(request, 200, answer)

    def data(self, request, number):
        self.bodies += 1
        self.note("data", number)
        if self.data_answers:
            request.wfile.write(self.data_answers.pop(0))
            request.wfile.flush()
            request.close_connection = True
            return
        if number in self.data_status:
            self.answer(request, self.data_status[number], b"no", "text/plain")
            return
        for name, xml, _ in self.telegrams:
            if name == number and number not in self.missing:
                self.answer(request, 200, xml, "application/xml")
                return
        self.answer(request, 404, b"not found", "text/plain")

    def upgrade(self, request, ticket):
        number = self.tickets.pop(ticket, None)
        if number is None or request.headers.get("Sec-WebSocket-Protocol") != "dmdata.v2":
            self.answer(request, 400, b"no ticket", "text/plain")
            return
        self.tickets[f"used {ticket}"] = number
        digest = hashlib.sha1((request.headers["Sec-WebSocket-Key"] + GUID).encode()).digest()
        request.wfile.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Protocol: dmdata.v2\r\nSec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n"
        )
        request.close_connection = True
        one = Socket(self, request.connection, number)
        one.say({"type": "start", "socketId": number, "classifications": ["telegram.earthquake"], "test": "including"})
        with self.changed:
            self.sockets.append(one)
            self.changed.notify_all()
        one.serve()
