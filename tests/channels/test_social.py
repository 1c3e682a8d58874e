# SPDX-License-Identifier: Apache-2.0
"""The social driver against services that keep the rules and servers that keep none."""
import base64
import hashlib
import hmac
import json
import re
import time
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from driver_harness import (DriverGone, delivery_key, has_crash_points, make_broadcast,
                            start_driver, target)
from http_server import (CLOSE, CLOSE_FIRST, DRIP, ENDLESS, STALL, Answer, HttpServer, Raw,
                         free_port, make_certificate)

D, T, P, U = "delivered", "transient", "permanent", "unknown"
KEY = delivery_key("00112233aabbccdd.1", "post", "post")
WEBHOOK_KEY = bytes(range(7, 39))
X = {"consumer_key": "ck-7f3a", "consumer_secret": "cs&secret/+", "access_token": "12-at9",
     "access_secret": "as=secret~"}


def secret(folder, name, text):
    path = Path(folder) / name
    path.write_text(text + "\n")
    path.chmod(0o600)
    return str(path)


def options(folder, dialect, url, **more):
    o = {"dialect": dialect, "url": url, "language": "ja", "limit": 500, "visibility": "public",
         "connect_timeout": 2000, "timeout": 5000}
    if dialect == "mastodon":
        o["token_file"] = secret(folder, "token", "tok-5ecret-31")
    elif dialect == "webhook":
        o["secret_file"] = secret(folder, "whsec",
                                  "whsec_" + base64.b64encode(WEBHOOK_KEY).decode())
    else:
        for name, text in X.items():
            o[f"{name}_file"] = secret(folder, name, text)
    return {**o, **more}


def post(folder, server, dialect="webhook", broadcast=None, deadline_ms=15000, **more):
    o = options(folder, dialect, getattr(server, "url", server), **more)
    with start_driver("social", o, channel="post") as d:
        d.deliver("b1/post", [target("post", key=KEY)], broadcast, deadline_ms=deadline_ms)
        return d.outcomes()["post"], d


def short(o):
    return o["class"], o["scope"], o["reason"], o["code"]


# ---- the table of style rules, each as a real exchange

STATUSES = [
    ("200", Answer(200), (D, "target", "none", 200), 0),
    ("202", Answer(202, body=b""), (D, "target", "none", 202), 0),
    ("301", Answer(301, {"Location": "http://127.0.0.1:1/"}), (P, "target", "refused", 301), 0),
    ("400", Answer(400), (P, "target", "refused", 400), 0),
    ("401", Answer(401), (P, "channel", "auth", 401), 0),
    ("403", Answer(403), (P, "channel", "auth", 403), 0),
    ("404", Answer(404), (P, "target", "refused", 404), 0),
    ("408", Answer(408), (T, "destination", "timeout", 408), 0),
    ("410", Answer(410), (P, "channel", "refused", 410), 0),
    ("422", Answer(422), (P, "target", "content", 422), 0),
    ("429", Answer(429, {"Retry-After": "7"}), (T, "destination", "rate", 429), 7),
    ("500", Answer(500), (U, "target", "refused", 500), 0),
    ("502", Answer(502), (U, "target", "refused", 502), 0),
    ("503", Answer(503, {"Retry-After": "120"}), (T, "destination", "refused", 503), 120),
    ("504", Answer(504), (U, "target", "timeout", 504), 0),
    ("retry after years", Answer(429, {"Retry-After": "999999999"}),
     (T, "destination", "rate", 429), 86400),
    ("close before reading", CLOSE_FIRST, (U, "target", "protocol", 0), 0),
    ("close after the body", CLOSE, (U, "target", "protocol", 0), 0),
    ("garbage status line", Raw(b"220 mail.test ESMTP\r\n\r\n"), (U, "target", "protocol", 0), 0),
    ("1xx and no more", Raw(b"HTTP/1.1 102 Processing\r\n\r\n"), (U, "target", "protocol", 102), 0),
    ("answered, then broken off", Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
     (D, "target", "none", 200), 0),
    ("refused, then broken off", Raw(b"HTTP/1.1 400 X\r\nContent-Length: 99\r\n\r\n{"),
     (P, "target", "refused", 400), 0),
]


@pytest.mark.parametrize("script,expected,retry", [r[1:] for r in STATUSES],
                         ids=[r[0] for r in STATUSES])
def test_outcome_of_each_answer(tmp_path, script, expected, retry):
    with HttpServer(script) as server:
        outcome, _ = post(tmp_path, server)
    assert short(outcome) == expected
    assert outcome["retry_after_s"] == retry
    assert len(server.requests) <= 1, "the library repeated the request"


def test_a_redirect_is_not_followed(tmp_path):
    with HttpServer() as trap:
        with HttpServer(Answer(307, {"Location": trap.url})) as server:
            assert post(tmp_path, server)[0]["class"] == P
        assert trap.connections == 0


def test_refused_connection_is_transient(tmp_path):
    outcome, d = post(tmp_path, f"http://127.0.0.1:{free_port()}")
    assert short(outcome) == (T, "destination", "unreachable", 0)
    assert d.at_risk() == ["post"]


def test_unknown_name_is_transient(tmp_path):
    outcome, _ = post(tmp_path, "https://nobody.invalid/hook", deadline_ms=8000)
    assert outcome["class"] == T


@pytest.mark.parametrize("script", [STALL, DRIP], ids=["silence", "slow drip"])
def test_hanging_is_unknown_within_the_deadline(tmp_path, script):
    with HttpServer(script) as server:
        begin = time.monotonic()
        outcome, _ = post(tmp_path, server, deadline_ms=1200)
        took = time.monotonic() - begin
    assert short(outcome) == (U, "target", "timeout", 0)
    assert 1.0 < took < 6.0


def test_own_timeout_comes_before_the_deadline(tmp_path):
    with HttpServer(STALL) as server:
        outcome, _ = post(tmp_path, server, timeout=300)
    assert short(outcome) == (U, "target", "timeout", 0)
    assert outcome["duration_ms"] < 5000


def test_endless_answer_is_capped(tmp_path):
    with HttpServer(ENDLESS) as server:
        outcome, _ = post(tmp_path, server, timeout=10000)
    assert outcome["class"] == D
    assert outcome["duration_ms"] < 5000


# ---- TLS

def test_self_signed_is_refused_before_anything_is_sent(tmp_path):
    with HttpServer(certificate=make_certificate(tmp_path, "127.0.0.1")) as server:
        outcome, _ = post(tmp_path, server)
    assert short(outcome) == (T, "destination", "auth", 0)
    assert server.requests == []


def test_wrong_name_is_refused(tmp_path):
    certificate = make_certificate(tmp_path, "other.example.jp")
    with HttpServer(certificate=certificate) as server:
        outcome, _ = post(tmp_path, server, ca_file=certificate[0])
    assert short(outcome) == (T, "destination", "auth", 0)
    assert server.requests == []


def test_own_certificate_file_is_trusted(tmp_path):
    certificate = make_certificate(tmp_path, "127.0.0.1")
    with HttpServer(certificate=certificate) as server:
        o = options(tmp_path, "webhook", server.url, ca_file=certificate[0])
        with start_driver("social", o, channel="post") as d:
            assert d.probe()["state"] == "ok"
            d.deliver("b1/post", ["post"])
            assert d.classes() == {"post": D}


def test_unreadable_ca_file_is_our_fault(tmp_path):
    certificate = make_certificate(tmp_path, "127.0.0.1")
    broken = tmp_path / "broken.crt"
    broken.write_text("no certificate")
    with HttpServer(certificate=certificate) as server:
        outcome, _ = post(tmp_path, server, ca_file=str(broken))
    assert short(outcome) == (P, "channel", "config", 0)


# ---- configuration

@pytest.mark.parametrize("url,word", [
    ("http://city.example.jp/hook", "https"), ("http://127.example.jp/", "https"),
    ("ftp://127.0.0.1/", "https"), ("https://u:p@city.example.jp/", "password"),
    ("://", "no URL")])
def test_addresses_that_are_refused(tmp_path, url, word):
    d = start_driver("social")
    answer = d.hello(options(tmp_path, "webhook", url), "post")
    assert answer["op"] == "fault" and "url" in answer["text"] and word in answer["text"]
    assert d.close() == 78


def test_a_short_webhook_secret_is_refused(tmp_path):
    o = options(tmp_path, "webhook", "https://city.example.jp/")
    o["secret_file"] = secret(tmp_path, "short", "whsec_" + base64.b64encode(b"short").decode())
    d = start_driver("social")
    answer = d.hello(o, "post")
    assert answer["op"] == "fault" and "24 to 64" in answer["text"]
    assert d.close() == 78


# ---- marks, keys, secrets

def test_the_mark_comes_before_the_connection(tmp_path):
    with HttpServer(STALL) as server:
        with start_driver("social", options(tmp_path, "webhook", server.url, timeout=500)) as d:
            d.deliver("b1/post", ["post"])
            assert server.accepted.wait(20)
            assert d.receive(0.001)["op"] == "at_risk"
            d.outcomes()


def test_killed_with_the_request_out_leaves_the_mark(tmp_path):
    with HttpServer(STALL) as server:
        d = start_driver("social", options(tmp_path, "webhook", server.url))
        d.deliver("b1/post", ["post"])
        assert server.seen.wait(20)
        d.process.kill()
        frames = d.receive_rest()
        assert [f["op"] for f in frames] == ["at_risk"]
        assert d.close() == -9


def test_killed_right_after_the_mark_the_server_saw_nothing(tmp_path):
    if not has_crash_points("social"):
        pytest.skip("built without HANSHO_CRASH_POINTS")
    with HttpServer() as server:
        d = start_driver("social", options(tmp_path, "webhook", server.url),
                         env={"HANSHO_CRASH_AT": "agent.at_risk"})
        d.deliver("b1/post", ["post"])
        with pytest.raises(DriverGone):
            d.outcomes()
        assert d.at_risk() == ["post"]
        d.close()
        assert server.connections == 0


@pytest.mark.parametrize("dialect,header", [("mastodon", "idempotency-key"),
                                            ("webhook", "webhook-id")])
def test_the_key_is_the_same_in_every_attempt(tmp_path, dialect, header):
    broadcast = make_broadcast()  # one: made twice, its times may fall into two seconds
    with HttpServer([Answer(503), Answer(200)]) as server:
        with start_driver("social", options(tmp_path, dialect, server.url)) as d:
            for attempt, expected in ((1, T), (2, D)):
                d.deliver("b1/post", [target("post", key=KEY)], attempt=attempt,
                          broadcast=broadcast)
                assert d.classes() == {"post": expected}
    assert [r.headers[header] for r in server.requests] == [KEY, KEY]
    assert server.requests[0].body == server.requests[1].body


def test_connections_are_kept_where_keys_make_it_harmless(tmp_path):
    for dialect, expected in (("mastodon", 1), ("x", 2)):
        with HttpServer() as server:
            with start_driver("social", options(tmp_path, dialect, server.url)) as d:
                for name in ("b1/post", "b2/post"):
                    d.deliver(name, ["post"])
                    d.outcomes()
            assert server.connections == expected


@pytest.mark.parametrize("dialect", ["mastodon", "x", "webhook"])
def test_no_secret_is_ever_shown(tmp_path, dialect):
    secrets = [b"tok-5ecret-31", base64.b64encode(WEBHOOK_KEY), WEBHOOK_KEY]
    secrets += [v.encode() for v in X.values()]

    def repeat(request):
        return Answer(401, body=repr(request.headers).encode())

    with HttpServer(repeat) as server:
        with start_driver("social", options(tmp_path, dialect, server.url),
                          env={"HANSHO_LOG_LEVEL": "debug"}) as d:
            d.deliver("b1/post", ["post"])
            outcome = d.outcomes()["post"]
            proc = Path("/proc") / str(d.process.pid)
            shown = (proc / "cmdline").read_bytes() + (proc / "environ").read_bytes()
        shown += json.dumps(d.frames).encode() + d.stderr_text
    assert "host" in outcome["text"], "the remote's words are kept"
    for word in secrets:
        assert word not in shown


def test_proxy_of_the_environment_is_ignored(tmp_path):
    with HttpServer() as proxy, HttpServer() as server:
        with start_driver("social", options(tmp_path, "webhook", server.url),
                          env={"http_proxy": proxy.url, "ALL_PROXY": proxy.url}) as d:
            d.deliver("b1/post", ["post"])
            assert d.classes() == {"post": D}
        assert proxy.connections == 0


def test_probe_says_down(tmp_path):
    o = options(tmp_path, "webhook", f"http://127.0.0.1:{free_port()}")
    with start_driver("social", o) as d:
        assert d.probe()["state"] == "down"


# ---- Mastodon

class Mastodon:
    """Keeps the documented rule: the same Idempotency-Key gives the first post again."""

    def __init__(self, lose_first_answer=False):
        self.posts = {}
        self.lose = lose_first_answer

    def __call__(self, request):
        assert (request.method, request.path) == ("POST", "/api/v1/statuses")
        if request.headers.get("authorization") != "Bearer tok-5ecret-31":
            return Answer(401)
        given = json.loads(request.body)
        if not 0 < len(given["status"]) <= 500:
            return Answer(422, body=b'{"error":"Validation failed: Text limit"}')
        key = request.headers["idempotency-key"]
        found = self.posts.setdefault(key, {**given, "id": str(1000 + len(self.posts))})
        if self.lose:
            self.lose = False
            return CLOSE
        return Answer(200, body=json.dumps({"id": found["id"]}).encode())


def test_mastodon_takes_a_post_once(tmp_path):
    service = Mastodon(lose_first_answer=True)
    with HttpServer(service) as server:
        with start_driver("social", options(tmp_path, "mastodon", server.url + "/")) as d:
            for attempt, expected in ((1, U), (2, D)):
                d.deliver("b1/post", [target("post", key=KEY)], attempt=attempt)
                outcome = d.outcomes()["post"]
                assert outcome["class"] == expected
    assert len(server.requests) == 2 and len(service.posts) == 1
    assert outcome["remote_id"] == "1000"
    sent = service.posts[KEY]
    assert sent["visibility"] == "public" and sent["language"] == "ja"
    assert re.search(r"（第1報 \d+月\d+日\d\d:\d\d）$", sent["status"])


def test_mastodon_rate_limit_date_is_honoured(tmp_path):
    at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + 90))
    with HttpServer(Answer(429, {"X-RateLimit-Reset": at})) as server:
        outcome, _ = post(tmp_path, server, "mastodon")
    assert outcome["class"] == T and 60 < outcome["retry_after_s"] <= 91


def test_a_post_of_great_length_fits(tmp_path):
    texts = {"ja": {"title": "津波警報", "short": "避難。" * 200, "body": "避難。" * 900,
                    "speech": ""}}
    service = Mastodon()
    with HttpServer(service) as server:
        outcome, _ = post(tmp_path, server, "mastodon", make_broadcast(texts=texts))
    assert outcome["class"] == D


# ---- X

def oauth_signature(method, url, fields):
    def esc(text):
        return quote(text, safe="-._~")
    listed = "&".join(f"{esc(k)}={esc(v)}" for k, v in sorted(fields.items()))
    base = "&".join((method, esc(url), esc(listed)))
    key = esc(X["consumer_secret"]) + "&" + esc(X["access_secret"])
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()


class XService:
    """Checks the signature, refuses a text it has seen."""

    def __init__(self, lose_first_answer=False):
        self.texts = []
        self.nonces = []
        self.url = None
        self.lose = lose_first_answer

    def __call__(self, request):
        assert (request.method, request.path) == ("POST", "/2/tweets")
        kind, _, rest = request.headers["authorization"].partition(" ")
        assert kind == "OAuth"
        fields = {k: unquote(v) for k, v in re.findall(r'(\w+)="([^"]*)"', rest)}
        signature = fields.pop("oauth_signature")
        if (signature != oauth_signature("POST", self.url + "/2/tweets", fields) or
                fields["oauth_consumer_key"] != X["consumer_key"] or
                fields["oauth_token"] != X["access_token"] or
                abs(int(fields["oauth_timestamp"]) - time.time()) > 300 or
                fields["oauth_nonce"] in self.nonces):
            return Answer(401, body=b'{"title":"Unauthorized"}')
        self.nonces.append(fields["oauth_nonce"])
        text = json.loads(request.body)["text"]
        if text in self.texts:
            return Answer(403, body=b'{"detail":"You are not allowed to create a Tweet with '
                                    b'duplicate content.","title":"Forbidden"}')
        self.texts.append(text)
        if self.lose:
            self.lose = False
            return CLOSE
        return Answer(201, body=b'{"data":{"id":"1445880548472328192","text":"x"}}')


def test_x_signature_and_id(tmp_path):
    service = XService()
    with HttpServer(service) as server:
        service.url = server.url
        outcome, _ = post(tmp_path, server, "x")
    assert short(outcome) == (D, "target", "none", 201)
    assert outcome["remote_id"] == "1445880548472328192"


def test_x_wrong_secret(tmp_path):
    service = XService()
    with HttpServer(service) as server:
        service.url = server.url
        wrong = secret(tmp_path, "wrong", "not the secret")
        outcome, _ = post(tmp_path, server, "x", access_secret_file=wrong)
    assert short(outcome) == (P, "channel", "auth", 401)
    assert service.texts == []


def test_x_duplicate_means_the_first_try_went_through(tmp_path):
    service = XService(lose_first_answer=True)
    issued = make_broadcast()
    with HttpServer(service) as server:
        service.url = server.url
        with start_driver("social", options(tmp_path, "x", server.url)) as d:
            for attempt, expected in ((1, (U, "protocol")), (2, (D, "duplicate"))):
                d.deliver("b1/post", ["post"], issued, attempt=attempt)
                outcome = d.outcomes()["post"]
                assert (outcome["class"], outcome["reason"]) == expected
            d.deliver("b2/post", ["post"], {**issued, "update": 2})
            assert d.classes() == {"post": D}
    assert len(service.texts) == 2, "an update is no duplicate"


def test_x_rate_limit_reset_is_honoured(tmp_path):
    with HttpServer(Answer(429, {"x-rate-limit-reset": str(int(time.time()) + 90)})) as server:
        outcome, _ = post(tmp_path, server, "x")
    assert outcome["class"] == T and 60 < outcome["retry_after_s"] <= 90


# ---- webhooks

def test_webhook_signature_and_body(tmp_path):
    issued = make_broadcast(status="exercise")
    with HttpServer() as server:
        outcome, _ = post(tmp_path, server, "webhook", issued)
    assert outcome["class"] == D
    request = server.requests[0]
    stamp = request.headers["webhook-timestamp"]
    assert abs(int(stamp) - time.time()) < 300
    signed = f"{KEY}.{stamp}.".encode() + request.body
    expected = base64.b64encode(hmac.new(WEBHOOK_KEY, signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-signature"] == f"v1,{expected}"
    given = json.loads(request.body)
    assert given["type"] == "hansho.broadcast" and given["data"]["status"] == "exercise"
    assert given["data"]["texts"]["ja"]["title"] == "津波警報"
    assert "expect" not in request.headers
    assert request.headers["user-agent"].startswith("hansho/")


def test_a_body_that_does_not_fit_is_not_sent_in_part(tmp_path):
    texts = {"ja": {"title": "津波警報", "short": "避難", "body": "避" * 100000, "speech": ""}}
    with HttpServer() as server:
        outcome, d = post(tmp_path, server, "webhook", make_broadcast(texts=texts))
        assert server.connections == 0
    assert (outcome["class"], outcome["reason"]) == (P, "content")
    assert d.at_risk() == []
