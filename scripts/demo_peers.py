# SPDX-License-Identifier: Apache-2.0
"""What the hub talks to in the demonstration, on loopback: an SMTP server that keeps what it gets,
area-mail stand-ins, a Mastodon-like service, a webhook receiver that checks the signature."""

import base64
import hashlib
import hmac
import http.server
import json
import socketserver
import threading
import xml.etree.ElementTree


class MailSink:
    """SMTP (RFC 5321) with PIPELINING; every accepted recipient is counted, nothing is forwarded."""

    def __init__(self, folder):
        self.folder = folder
        self.recipients = []
        self.messages = 0
        self.lock = threading.Lock()
        sink = self

        class Session(socketserver.StreamRequestHandler):
            disable_nagle_algorithm = True

            def say(self, line):
                self.wfile.write(line.encode() + b"\r\n")

            def handle(self):
                self.say("220 demo mail sink ESMTP")
                recipients = []
                while line := self.rfile.readline(4096):
                    verb = line[:4].upper()
                    if verb == b"EHLO":
                        self.wfile.write(b"250-demo\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 DSN\r\n")
                    elif verb == b"RCPT":
                        recipients.append(line.split(b"<", 1)[1].split(b">", 1)[0].decode())
                        self.say("250 2.1.5 ok")
                    elif verb == b"DATA":
                        self.say("354 go on")
                        self.take(recipients)
                        recipients = []
                        self.say("250 2.0.0 taken")
                    elif verb == b"QUIT":
                        self.say("221 2.0.0 bye")
                        return
                    elif verb in (b"HELO", b"MAIL", b"RSET", b"NOOP"):
                        recipients = [] if verb in (b"MAIL", b"RSET") else recipients
                        self.say("250 2.0.0 ok")
                    else:
                        self.say("502 5.5.1 not here")

            def take(self, recipients):
                lines = []
                while (line := self.rfile.readline(4096)) not in (b".\r\n", b""):
                    lines.append(line[1:] if line.startswith(b".") else line)
                with sink.lock:
                    sink.messages += 1
                    sink.recipients += recipients
                    (sink.folder / f"{sink.messages:04d}.eml").write_bytes(b"".join(lines))

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self.server = Server(("127.0.0.1", 0), Session)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class HttpPeer:
    """One HTTP server; answers by path: {path: function(headers, body) -> (status, answer)}."""

    def __init__(self, routes):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                route = routes.get(self.path)
                status, answer = route(self.headers, body) if route else (404, {"error": "no such path"})
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"


class Carrier:
    """Takes area mail as a carrier does: well-formed, short enough, never the same text twice."""

    def __init__(self, name, failures=0):
        self.name = name
        self.failures = failures
        self.taken = []

    def __call__(self, headers, body):
        if self.failures > 0:
            self.failures -= 1
            return 503, {"error": "under maintenance"}
        try:
            root = xml.etree.ElementTree.fromstring(body)
        except xml.etree.ElementTree.ParseError as error:
            return 400, {"error": str(error)}
        subject = root.findtext(f".//{CAP}headline", "")
        text = root.findtext(f".//{CAP}description", "")
        length = len(text) + text.count("\n")
        if len(subject) > 15 or length > 200 or not text:
            return 422, {"error": f"subject {len(subject)}, body {length} characters"}
        if text in (t for _, t in self.taken):
            return 409, {"error": "the same text again"}
        self.taken.append((subject, text))
        return 200, {"accepted": True}


class Mastodon:
    """POST /api/v1/statuses with Idempotency-Key, as docs.joinmastodon.org describes it."""

    def __init__(self, token):
        self.token = token
        self.posts = {}

    def __call__(self, headers, body):
        if headers.get("Authorization") != f"Bearer {self.token}":
            return 401, {"error": "The access token is invalid"}
        key = headers.get("Idempotency-Key", "")
        post = self.posts.setdefault(key, {"id": str(len(self.posts) + 1), **json.loads(body)})
        return 200, post


class Webhook:
    """Checks the signature of Standard Webhooks before it believes a word."""

    def __init__(self, secret):
        self.key = base64.b64decode(secret.removeprefix("whsec_"))
        self.events = {}

    def __call__(self, headers, body):
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        good = base64.b64encode(hmac.new(self.key, signed, hashlib.sha256).digest()).decode()
        if not hmac.compare_digest(f"v1,{good}", headers.get("webhook-signature", "")):
            return 401, {"error": "bad signature"}
        self.events[headers["webhook-id"]] = json.loads(body)
        return 200, {"ok": True}
