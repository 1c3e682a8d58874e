# SPDX-License-Identifier: Apache-2.0
"""An SMTP server that misbehaves on demand, one connection after the other.

    with SmtpServer({"RCPT": "550 5.1.1 no such user"}) as server:
        ... deliver to server.port ...
    server.messages     # what was taken: Message(sender, recipients, data)

The script maps a stage to what happens there: a reply text (lines joined by "\n"), DROP, STALL, or a
list used up one by one (the last stays). Stages: GREETING, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA,
BODY (after the header lines of a message), END (the final reply), BDAT, LAST, RSET.
A callable gets (session, argument) and returns one of these.
"""
import base64
import select
import socket
import ssl
import threading
from dataclasses import dataclass, field

DROP = object()     # close the connection
STALL = object()    # never answer; ends with the server

DEFAULTS = {
    "GREETING": "220 mail.test ESMTP",
    "STARTTLS": "220 2.0.0 go ahead",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go on",
    "END": "250 2.0.0 queued as 4711",
    "BDAT": "250 2.0.0 chunk taken",
    "LAST": "250 2.0.0 queued as 4712",
    "RSET": "250 2.0.0 ok",
}


@dataclass
class Message:
    sender: str
    recipients: list
    data: bytes
    tls: bool


@dataclass
class Session:
    server: object
    sock: object
    buffer: bytes = b""
    tls: bool = False
    sender: str = ""
    recipients: list = field(default_factory=list)
    chunks: list = field(default_factory=list)
    mails: int = 0      # MAIL commands of this session


class Closed(Exception):
    pass


class SmtpServer:
    def __init__(self, script=None, extensions=("PIPELINING", "8BITMIME", "DSN",
                                                 "ENHANCEDSTATUSCODES"),
                 tls_context=None, login=None, port=0):
        self.script = dict(DEFAULTS)
        self.script.update(script or {})
        self.extensions = list(extensions)
        self.tls_context = tls_context
        self.login = login              # (user, password) or None
        self.messages = []
        self.commands = []              # every command line, in order
        self.sessions = 0
        self.reached = threading.Condition()
        self._stages = []
        self._stopped = threading.Event()
        self._wake, self._woken = socket.socketpair()
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    # ---- for tests ----
    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exc):
        self._stopped.set()
        self._wake.close()
        self._thread.join(20)
        self._listener.close()
        self._woken.close()
        assert not self._thread.is_alive()

    def wait_stage(self, stage, timeout_s=20):
        with self.reached:
            assert self.reached.wait_for(lambda: stage in self._stages, timeout_s), self._stages

    def wait_for(self, predicate, timeout_s=20):
        """Until predicate() holds; looked at whenever a message is taken."""
        with self.reached:
            assert self.reached.wait_for(predicate, timeout_s)

    def recipients(self):
        return [r for m in self.messages for r in m.recipients]

    # ---- the server ----
    def _wait(self, sock):
        if isinstance(sock, ssl.SSLSocket) and sock.pending():
            return
        ready, _, _ = select.select([sock, self._woken], [], [])
        if self._woken in ready:
            raise Closed

    def _serve(self):
        while True:
            try:
                self._wait(self._listener)
            except Closed:
                return
            sock, _ = self._listener.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sessions += 1
            session = Session(self, sock)
            try:
                self._talk(session)
            except (Closed, OSError):
                pass
            finally:
                session.sock.close()

    def _read(self, session):
        self._wait(session.sock)
        data = session.sock.recv(65536)
        if not data:
            raise Closed
        session.buffer += data

    def _line(self, session):
        while b"\r\n" not in session.buffer:
            self._read(session)
        line, session.buffer = session.buffer.split(b"\r\n", 1)
        return line

    def _bytes(self, session, count):
        while len(session.buffer) < count:
            self._read(session)
        data, session.buffer = session.buffer[:count], session.buffer[count:]
        return data

    def _act(self, session, stage, argument=""):
        """The scripted reply to a stage; returns its code."""
        with self.reached:
            self._stages.append(stage)
            self.reached.notify_all()
        what = self.script[stage]
        if isinstance(what, list):
            what = what.pop(0) if len(what) > 1 else what[0]
        if callable(what):
            what = what(session, argument)
        if what is DROP:
            raise Closed
        if what is STALL:
            while True:
                self._wait(session.sock)
                if not session.sock.recv(65536):
                    raise Closed
        session.sock.sendall(what.replace("\n", "\r\n").encode() + b"\r\n")
        code = what.split("\n")[-1][:3]
        return int(code) if code.isdigit() else 0

    def _talk(self, session):
        if self._act(session, "GREETING") != 220:
            pass
        while True:
            line = self._line(session).decode("latin-1")
            self.commands.append(line)
            verb = line.split(" ")[0].upper()
            handler = getattr(self, "_do_" + verb.lower(), None)
            if handler is None:
                session.sock.sendall(b"500 5.5.1 what?\r\n")
            else:
                handler(session, line)

    def _do_ehlo(self, session, line):
        if "EHLO" in self.script:
            self._act(session, "EHLO", line)
            return
        names = list(self.extensions)
        if self.tls_context and not session.tls:
            names.append("STARTTLS")
        if self.login:
            names.append("AUTH PLAIN LOGIN")
        lines = ["mail.test"] + names
        text = "".join(f"250{'-' if i + 1 < len(lines) else ' '}{n}\r\n"
                       for i, n in enumerate(lines))
        session.sock.sendall(text.encode())

    def _do_helo(self, session, line):
        session.sock.sendall(b"250 mail.test\r\n")

    def _do_starttls(self, session, line):
        if self._act(session, "STARTTLS", line) != 220:
            return
        session.sock = self.tls_context.wrap_socket(session.sock, server_side=True)
        session.tls = True
        session.buffer = b""

    def _do_auth(self, session, line):
        if "AUTH" in self.script:
            self._act(session, "AUTH", line)
            return
        words = line.split(" ")
        good = False
        if words[1].upper() == "PLAIN":
            text = words[2] if len(words) > 2 else None
            if text is None:
                session.sock.sendall(b"334 \r\n")
                text = self._line(session).decode()
            _, user, password = base64.b64decode(text).decode().split("\0")
            good = (user, password) == self.login
        session.sock.sendall(b"235 2.7.0 welcome\r\n" if good else b"535 5.7.8 wrong password\r\n")

    def _do_mail(self, session, line):
        session.mails += 1
        session.sender = line[line.index("<") + 1:line.index(">")]
        session.recipients, session.chunks = [], []
        self._act(session, "MAIL", line)

    def _do_rcpt(self, session, line):
        address = line[line.index("<") + 1:line.index(">")]
        if self._act(session, "RCPT", address) // 100 == 2:
            session.recipients.append(address)

    def _keep(self, session, data):
        with self.reached:
            self.messages.append(Message(session.sender, session.recipients, data, session.tls))
            self.reached.notify_all()

    def _do_data(self, session, line):
        if self._act(session, "DATA", line) != 354:
            return
        lines = []
        while True:
            text = self._line(session)
            if text == b"." or ("BODY" in self.script and text == b""):
                break
            lines.append(text[1:] if text.startswith(b".") else text)
        if "BODY" in self.script:
            self._act(session, "BODY")
        if self._act(session, "END") // 100 == 2:
            self._keep(session, b"\r\n".join(lines) + b"\r\n")

    def _do_bdat(self, session, line):
        words = line.split(" ")
        session.chunks.append(self._bytes(session, int(words[1])))
        if len(words) < 3:
            self._act(session, "BDAT", line)
        elif self._act(session, "LAST", line) // 100 == 2:
            self._keep(session, b"".join(session.chunks))

    def _do_rset(self, session, line):
        self._act(session, "RSET", line)

    def _do_noop(self, session, line):
        session.sock.sendall(b"250 2.0.0 ok\r\n")

    def _do_quit(self, session, line):
        session.sock.sendall(b"221 2.0.0 bye\r\n")
        raise Closed
