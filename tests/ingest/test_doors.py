# SPDX-License-Identifier: Apache-2.0
"""Feeds over TLS and HTTP: who may, which feed it is, what is answered, what is bounded."""
import http.client
import json
import select
import shutil
import signal
import socket
import ssl
import subprocess

import pytest

from certificates import certificates
from ingest_hub import WAIT_S, Client, Hub, cap, counted, feed

TOKEN = "a-token-of-many-characters"


def door(names=(), port=0, **more):
    c = certificates()
    d = {"host": "127.0.0.1", "port": port, "certificate": str(c.server[0]), "key": str(c.server[1])}
    if names:
        d.update(client_ca=str(c.ca.file), names=list(names))
    d.update(more)
    return d


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def token_file(folder, text=TOKEN):
    path = folder / "token"
    path.write_text(text + "\n")
    path.chmod(0o600)
    return str(path)


def at(hub, name="main", kind="tls"):
    found = next(x for x in hub.ready["listeners"] if x["feed"] == name and x["kind"] == kind)
    return found["address"], found["port"]


def context(who=None, **settings):
    c = ssl.create_default_context(cafile=certificates().ca.file)
    if who:
        c.load_cert_chain(*who)
    for key, value in settings.items():
        setattr(c, key, value)
    return c


def tls(hub, who, name="main", **settings):
    raw = socket.create_connection(at(hub, name), WAIT_S)
    return Client(context(who, **settings).wrap_socket(raw, server_hostname="localhost"))


def refused_by_tls(hub, who, **settings):
    """True when the handshake, or the first read after it (TLS 1.3), fails."""
    try:
        with tls(hub, who, **settings) as client:
            client.send(counted(cap()))
            return client.line() is None
    except (ssl.SSLError, ConnectionResetError, BrokenPipeError):
        return True


# ---- TLS -------------------------------------------------------------------------------------


def test_the_certificate_says_which_feed_it_is(tmp_path):
    c, port = certificates(), free_port()
    feeds = [feed("main", unix=None, tls=door(["cap.pref.example.jp"], port)),
             feed("vendor", unix=None, tls=door(["vendor-box"], port))]
    with Hub(tmp_path, feeds) as hub:
        for who, name in ((c.pref, "main"), (c.vendor, "vendor")):
            with tls(hub, who, name) as client:
                client.send(counted(cap(1), cap(2)))
                for _ in range(2):
                    message = hub.wait("alert")
                    assert message["feed"] == name
                    hub.answer(message)
                assert "accepted" in client.line() and "accepted" in client.line()


def test_the_common_name_does_not_count_beside_alternative_names(tmp_path):
    with Hub(tmp_path, [feed("main", unix=None, tls=door(["ignored.example.jp"]))]) as hub:
        with tls(hub, certificates().pref) as client:
            assert client.line()["refused"] == "identity-unknown"


def test_a_mail_address_is_an_identity(tmp_path):
    with Hub(tmp_path, [feed("main", unix=None, tls=door(["bosai@pref.example.jp"]))]) as hub:
        hub.answer_all()
        with tls(hub, certificates().pref) as client:
            client.send(counted(cap()))
            assert "accepted" in client.line()


def test_an_unknown_identity_is_told_so_and_named_in_the_log(tmp_path):
    with Hub(tmp_path, [feed("main", unix=None, tls=door(["vendor-box"]))]) as hub:
        with tls(hub, certificates().nobody) as client:
            assert client.line()["refused"] == "identity-unknown"
            assert client.line() is None
        hub.process.send_signal(signal.SIGTERM)
        hub.status()
    assert b"nobody.example.jp" in hub.log and b"127.0.0.1" in hub.log


@pytest.mark.parametrize("who", ["none", "forged", "expired"])
def test_a_certificate_that_is_not_good_gets_no_further(tmp_path, who):
    c = certificates()
    with Hub(tmp_path, [feed("main", unix=None, tls=door(["vendor-box"]))]) as hub:
        assert refused_by_tls(hub, {"none": None, "forged": c.forged, "expired": c.expired}[who])
        hub.answer_all()
        with tls(hub, c.vendor) as client:  # and others are served as before
            client.send(counted(cap()))
            assert "accepted" in client.line()


def test_an_old_protocol_is_refused(tmp_path):
    with Hub(tmp_path, [feed("main", unix=None, tls=door(["vendor-box"]))]) as hub:
        assert refused_by_tls(hub, certificates().vendor, minimum_version=ssl.TLSVersion.TLSv1,
                              maximum_version=ssl.TLSVersion.TLSv1_1)


def test_tls_1_2_is_spoken(tmp_path):
    with Hub(tmp_path, [feed("main", unix=None, tls=door(["vendor-box"]))]) as hub:
        hub.answer_all()
        with tls(hub, certificates().vendor, maximum_version=ssl.TLSVersion.TLSv1_2) as client:
            assert client.sock.version() == "TLSv1.2"
            client.send(counted(cap()))
            assert "accepted" in client.line()


def test_a_large_telegram_passes(tmp_path):
    with Hub(tmp_path, [feed("main", unix=None, tls=door(["vendor-box"]))]) as hub:
        hub.answer_all()
        with tls(hub, certificates().vendor) as client:
            client.send(counted(cap(1, extra="x" * 200000), cap(2)))
            assert "accepted" in client.line() and "accepted" in client.line()


def test_a_document_that_is_cut_off_is_not_taken_for_whole(tmp_path):
    """Without close_notify the end of the connection proves nothing: somebody may have cut it."""
    with Hub(tmp_path, [feed("main", unix=None, tls=door(["vendor-box"]))]) as hub:
        client = tls(hub, certificates().vendor)
        client.send(cap())
        client.sock.shutdown(socket.SHUT_RDWR)  # TCP's end, not TLS's
        client.sock.close()
        counts = hub.wait("feed")
        while counts["connections"]:
            counts = hub.wait("feed")
        assert counts["messages"] == 0


def test_garbage_and_half_a_handshake_end(tmp_path):
    with Hub(tmp_path, [feed("main", unix=None, tls=door(["vendor-box"]))]) as hub:
        for start in (b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", b"\x00" * 4000, b"\xff" * 70000):
            with socket.create_connection(at(hub), WAIT_S) as s:
                try:
                    s.sendall(start)
                    s.shutdown(socket.SHUT_WR)
                    while s.recv(65536):
                        pass
                except OSError:
                    pass


def test_a_handshake_that_trickles_is_ended(tmp_path):
    with Hub(tmp_path, [feed("main", unix=None, tls=door(["vendor-box"]))]) as hub:
        slow = [socket.create_connection(at(hub), WAIT_S) for _ in range(3)]
        ends = 0
        poll = select.poll()
        for s in slow:
            poll.register(s, select.POLLIN | select.POLLHUP | select.POLLERR)
        record = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x41" * 400
        for i in range(400):  # a byte every tenth of a second, until we are thrown out
            for s in slow:
                try:
                    s.send(record[i:i + 1])
                except OSError:
                    pass
            if poll.poll(100):
                ends = 1
                break
        for s in slow:
            s.close()
        assert ends


def test_more_strangers_than_handshakes_allowed(tmp_path):
    with Hub(tmp_path, [feed("main", unix=None, tls=door(["vendor-box"]))]) as hub:
        hub.answer_all()
        crowd = [socket.create_connection(at(hub), WAIT_S) for _ in range(100)]
        turned_away = 0
        for s in crowd[64:]:
            s.settimeout(WAIT_S)
            try:
                turned_away += s.recv(1) == b""
            except ConnectionResetError:
                turned_away += 1
        assert turned_away == 36
        for s in crowd:
            s.close()
        for _ in range(50):  # the crowd's ends are read in the loop's own time
            try:
                with tls(hub, certificates().vendor) as client:
                    client.send(counted(cap()))
                    assert "accepted" in client.line()
                    break
            except (ssl.SSLError, OSError):
                continue
        else:
            raise AssertionError("nobody is served any more")


def test_sources_hold_for_tls_too(tmp_path):
    with Hub(tmp_path, [feed("main", unix=None, sources=["192.0.2.0/24"], tls=door(["vendor-box"]))]) as hub:
        assert refused_by_tls(hub, certificates().vendor)


def test_renewed_certificates_serve_the_next_connection(tmp_path):
    c = certificates()
    own = tmp_path / "own.crt", tmp_path / "own.key"
    for a, b in zip(c.server, own):
        shutil.copy(a, b)
    place = door(["vendor-box"], certificate=str(own[0]), key=str(own[1]))
    with Hub(tmp_path, [feed("main", unix=None, tls=place)]) as hub:
        with tls(hub, c.vendor) as client:
            before = client.sock.getpeercert(binary_form=True)
        own[0].write_text("no certificate")
        hub.say({"op": "renew"})
        assert str(own[0]) in hub.wait("renewed")["text"]
        with tls(hub, c.vendor) as client:  # the old one stays
            assert client.sock.getpeercert(binary_form=True) == before
        fresh = c.ca.issue("fresh", "DNS:localhost,IP:127.0.0.1")
        for a, b in zip(fresh, own):
            shutil.copy(a, b)
        hub.say({"op": "renew"})
        assert hub.wait("renewed")["text"] == ""
        with tls(hub, c.vendor) as client:
            assert client.sock.getpeercert(binary_form=True) != before


@pytest.mark.parametrize("what", ["certificate", "key", "client_ca", "open-key"])
def test_a_file_that_cannot_serve_is_a_fault_that_names_it(tmp_path, what):
    c = certificates()
    place = door(["vendor-box"])
    if what == "open-key":
        key = tmp_path / "open.key"
        shutil.copy(c.server[1], key)
        key.chmod(0o644)
        place["key"] = str(key)
    else:
        place[what] = str(tmp_path / "missing.pem")
    hub = Hub(tmp_path, [feed("main", unix=None, tls=place)], hello=False)
    with hub:
        hub.say({"op": "hello", "site": "town", "feeds": hub.feeds})
        fault = hub.wait("fault")
        assert fault["feed"] == "main" and str(tmp_path) in fault["text"]


def test_openssl_s_client_can_feed(tmp_path):
    c = certificates()
    with Hub(tmp_path, [feed("main", unix=None, tls=door(["vendor-box"]))]) as hub:
        hub.answer_all()
        address, port = at(hub)
        client = subprocess.Popen(
            ["openssl", "s_client", "-quiet", "-connect", f"{address}:{port}", "-cert", c.vendor[0], "-key",
             c.vendor[1], "-CAfile", c.ca.file, "-verify_return_error"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        client.stdin.write(counted(cap()))
        client.stdin.flush()
        assert "accepted" in json.loads(client.stdout.readline())
        client.kill()
        client.wait()
        client.stdin.close()
        client.stdout.close()


# ---- HTTP ------------------------------------------------------------------------------------


def web(tmp_path, **members):
    place = {"host": "127.0.0.1", "port": 0, "token_file": token_file(tmp_path)}
    return feed("main", unix=None, http=place, **members)


def connect(hub, kind="http"):
    return Client(socket.create_connection(at(hub, kind=kind), WAIT_S))


FIELDS = {"Host": "hub", "Authorization": f"Bearer {TOKEN}", "Content-Type": "application/cap+xml"}


def request(body=None, method="POST", target="/v1/alerts", version="HTTP/1.1", **fields):
    """Fields by name with _ for -; None leaves one out."""
    named = {**FIELDS, **{k.replace("_", "-"): v for k, v in fields.items()}}
    if body is not None and "Content-Length" not in named and "Transfer-Encoding" not in named:
        named["Content-Length"] = len(body)
    head = "".join(f"{k}: {v}\r\n" for k, v in named.items() if v is not None)
    return f"{method} {target} {version}\r\n{head}\r\n".encode() + (body or b"")


class Answer:
    """The next response; what comes behind it stays for the one after."""

    def __init__(self, client):
        while b"\r\n\r\n" not in client.buffer:
            self._more(client)
        head, client.buffer = client.buffer.split(b"\r\n\r\n", 1)
        first, *fields = head.decode().split("\r\n")
        self.status = int(first.split()[1])
        self.fields = {k.lower(): v for k, v in (f.split(": ", 1) for f in fields)}
        size = int(self.fields["content-length"])
        while len(client.buffer) < size:
            self._more(client)
        self.json = json.loads(client.buffer[:size])
        client.buffer = client.buffer[size:]

    @staticmethod
    def _more(client):
        chunk = client.sock.recv(65536)
        assert chunk, "the connection ended without a response"
        client.buffer += chunk


def exchange(hub, data):
    with connect(hub) as client:
        client.send_until_refused(data)
        return Answer(client)


def test_accepted_is_201_and_duplicate_200(tmp_path):
    with Hub(tmp_path, [web(tmp_path)]) as hub, connect(hub) as client:
        for answer, status in (({"accepted": "00"}, 201), ({"duplicate": "00"}, 200),
                               ({"refused": "internal", "reason": "x"}, 422)):
            client.send(request(cap()))
            hub.answer(hub.wait("alert"), answer)
            got = Answer(client)
            assert (got.status, got.json) == (status, answer)


def test_nothing_is_answered_before_the_hub_has_answered(tmp_path):
    with Hub(tmp_path, [web(tmp_path)]) as hub, connect(hub) as client:
        client.send(request(cap()))
        message = hub.wait("alert")
        assert select.select([client.sock], [], [], 0)[0] == []
        hub.answer(message, {"accepted": "00"})
        assert Answer(client).status == 201


def test_a_hub_that_dies_under_a_request_is_503(tmp_path):
    with Hub(tmp_path, [web(tmp_path)]) as hub, connect(hub) as client:
        client.send(request(cap()))
        hub.wait("alert")
        hub.link.close()
        got = Answer(client)
        assert got.status == 503 and got.json == {"retry": "hub away"}
        assert int(got.fields["retry-after"]) > 0


def test_a_paused_hub_is_503_for_alerts_and_health(tmp_path):
    with Hub(tmp_path, [web(tmp_path)]) as hub, connect(hub) as client:
        client.send(request(method="GET", target="/v1/health"))
        assert Answer(client).status == 200
        hub.say({"op": "pause", "reason": "store full"})
        while True:  # the pause and the request come over two links
            client.send(request(method="GET", target="/v1/health"))
            if Answer(client).status == 503:
                break
        client.send(request(cap()))
        got = Answer(client)
        assert got.status == 503 and got.json == {"retry": "store full"} and "retry-after" in got.fields


def test_what_a_decoder_refuses_is_422_with_the_line(tmp_path):
    with Hub(tmp_path, [web(tmp_path)]) as hub:
        got = exchange(hub, request(b"<alert>\n<broken>\n</alert>"))
        assert got.status == 422 and got.json["refused"] and got.json["line"] > 0
        assert hub.wait("refused")["feed"] == "main"


REFUSED = {
    "no token": (request(cap(), Authorization=None), 401),
    "wrong token": (request(cap(), Authorization="Bearer x" + TOKEN), 401),
    "other scheme": (request(cap(), Authorization="Basic " + TOKEN), 401),
    "empty token": (request(cap(), Authorization="Bearer "), 401),
    "two tokens": (request(cap()).replace(b"Host:", b"authorization: Bearer x\r\nHost:"), 400),
    "elsewhere": (request(cap(), target="/v2/alerts"), 404),
    "elsewhere without token": (request(cap(), target="/v2/alerts", Authorization=None), 401),
    "PUT": (request(cap(), method="PUT"), 405),
    "GET": (request(method="GET"), 405),
    "POST health": (request(cap(), target="/v1/health"), 405),
    "no type": (request(cap(), Content_Type=None), 415),
    "a form": (request(cap(), Content_Type="application/x-www-form-urlencoded"), 415),
    "compressed": (request(cap(), Content_Encoding="gzip"), 415),
    "no length": (request(), 411),
    "empty": (request(b""), 400),
    "no number": (request(cap(), Content_Length="-1"), 400),
    "hexadecimal": (request(cap(), Content_Length="0x10"), 400),
    "list of lengths": (request(cap(), Content_Length="5, 5"), 400),
    "two lengths": (request(cap()).replace(b"Host:", b"Content-Length: 5\r\nHost:"), 400),
    "length and chunks": (request(cap(), Content_Length=5, Transfer_Encoding="chunked"), 400),
    "other coding": (request(cap(), Transfer_Encoding="gzip, chunked"), 400),
    "huge": (request(cap(), Content_Length=10 ** 9), 413),
    "beyond counting": (request(cap(), Content_Length="9" * 40), 413),
    "no host": (request(cap(), Host=None), 400),
    "two hosts": (request(cap()).replace(b"Host:", b"host: x\r\nHost:"), 400),
    "folded": (request(cap()).replace(b"Host: hub", b"Host: hub\r\n folded"), 400),
    "blank before colon": (request(cap()).replace(b"Host:", b"Host :"), 400),
    "bare line feed": (request(cap()).replace(b"Host: hub\r\n", b"Host: hub\n"), 400),
    "control character": (request(cap()).replace(b"Host: hub", b"Host: h\x01b"), 400),
    "no version": (b"POST /v1/alerts\r\n\r\n", 400),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "garbage": (b"\x00\xff\x00\xff\r\n\r\n", 400),
    "long head": (b"POST /v1/alerts HTTP/1.1\r\nHost: " + b"x" * 9000, 431),
    "many fields": (request(cap()).replace(b"Host:", b"A: b\r\n" * 70 + b"Host:"), 400),
    "other expectation": (request(cap(), Expect="a pony"), 417),
    "bad chunk": (request(Transfer_Encoding="chunked") + b"zz\r\n", 400),
    "chunk that lies": (request(Transfer_Encoding="chunked") + b"3\r\nabcdef\r\n", 400),
    "chunks too large": (request(Transfer_Encoding="chunked") + b"fffffff\r\n", 413),
    "no chunks": (request(Transfer_Encoding="chunked") + b"0\r\n\r\n", 400),
    "long chunk line": (request(Transfer_Encoding="chunked") + b"5;" + b"x" * 5000, 400),
    "long trailer": (request(Transfer_Encoding="chunked") + b"1\r\na\r\n0\r\n" + b"a: b\r\n" * 2000, 400),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_request_that_is_refused(tmp_path, case):
    data, status = REFUSED[case]
    with Hub(tmp_path, [web(tmp_path)]) as hub:
        got = exchange(hub, data)
        assert got.status == status, got.json
        assert got.fields["connection"] == "close"
        assert status != 401 or got.fields["www-authenticate"] == "Bearer"
        assert status != 405 or got.fields["allow"]
    assert TOKEN.encode() not in hub.log


def test_requests_are_pipelined_chunked_and_expect_leave(tmp_path):
    with Hub(tmp_path, [web(tmp_path)]) as hub, connect(hub) as client:
        hub.answer_all()
        body = cap(2)
        chunks = b"".join(b"%x;a=b\r\n%s\r\n" % (len(p), p) for p in (body[:7], body[7:])) + b"0\r\nT: x\r\n\r\n"
        client.send(request(cap(1)) + request(Transfer_Encoding="chunked") + chunks + b"\r\n" + request(cap(3)))
        for _ in range(3):
            assert Answer(client).status == 201
        body = cap(4)
        client.send(request(Content_Length=len(body), Expect="100-continue"))
        assert client.sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.send(body)
        assert Answer(client).status == 201


def test_expectation_of_a_stranger_is_refused_before_the_body(tmp_path):
    with Hub(tmp_path, [web(tmp_path)]) as hub:
        data = request(Content_Length=100, Expect="100-continue", Authorization="Bearer wrong")
        assert exchange(hub, data).status == 401


@pytest.mark.parametrize("data", [request(cap(), Connection="close"), request(cap(), version="HTTP/1.0")])
def test_the_last_request_ends_the_connection(tmp_path, data):
    with Hub(tmp_path, [web(tmp_path)]) as hub, connect(hub) as client:
        hub.answer_all()
        client.send(data)
        got = Answer(client)
        assert got.status == 201 and got.fields["connection"] == "close"
        assert client.sock.recv(1) == b""


def test_a_body_that_is_cut_off_is_no_message(tmp_path):
    with Hub(tmp_path, [web(tmp_path)]) as hub, connect(hub) as client:
        client.send(request(cap())[:-5])
        client.end()
        assert Answer(client).status == 400


def test_a_stranger_has_ten_seconds_for_a_head(tmp_path):
    with Hub(tmp_path, [web(tmp_path, idle_timeout_ms=600000)]) as hub, connect(hub) as client:
        poll = select.poll()
        poll.register(client.sock, select.POLLIN)
        for byte in request(cap(), Padding="x" * 300):
            client.send(bytes([byte]))
            if poll.poll(100):
                break
        assert Answer(client).status == 408


def test_the_rate_limit_is_503(tmp_path):
    with Hub(tmp_path, [web(tmp_path, rate_per_minute=1)]) as hub, connect(hub) as client:
        hub.answer_all()
        client.send(request(cap(1)) + request(cap(2)))
        assert Answer(client).status == 201
        assert Answer(client).status == 503


def test_https_with_a_client_certificate(tmp_path):
    c = certificates()
    feeds = [feed("main", unix=None, http=door(["vendor-box"]))]
    with Hub(tmp_path, feeds) as hub:
        hub.answer_all()
        for who, status in ((c.vendor, 201), (c.nobody, 403)):
            connection = http.client.HTTPSConnection(*at(hub, kind="https"), context=context(who), timeout=WAIT_S)
            connection.request("POST", "/v1/alerts", cap(), {"Content-Type": "application/xml"})
            assert connection.getresponse().status == status
            connection.close()


def test_a_short_token_is_a_fault(tmp_path):
    place = {"host": "127.0.0.1", "port": 0, "token_file": token_file(tmp_path, "short")}
    hub = Hub(tmp_path, [feed("main", unix=None, http=place)], hello=False)
    with hub:
        hub.say({"op": "hello", "site": "town", "feeds": hub.feeds})
        assert "16" in hub.wait("fault")["text"]


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl_can_feed(tmp_path):
    c = certificates()
    place = door(token_file=token_file(tmp_path))
    (tmp_path / "telegram.xml").write_bytes(cap(extra="x" * 200000))
    with Hub(tmp_path, [feed("main", unix=None, http=place)]) as hub:
        hub.answer_all()
        address, port = at(hub, kind="https")
        (tmp_path / "curl.conf").write_text(f'header = "Authorization: Bearer {TOKEN}"\n')
        done = subprocess.run(
            ["curl", "-sS", "--cacert", c.ca.file, "-K", tmp_path / "curl.conf", "-H", "Content-Type: application/xml",
             "--data-binary", f"@{tmp_path / 'telegram.xml'}", "-w", "%{http_code}", f"https://{address}:{port}/v1/alerts"],
            capture_output=True, timeout=WAIT_S, check=True)
        assert done.stdout.endswith(b"201"), done


def test_ping_is_answered(tmp_path):
    with Hub(tmp_path, [feed("main")]) as hub:
        hub.say({"op": "ping"})
        assert hub.wait("pong") == {"op": "pong"}
