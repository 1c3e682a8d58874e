# SPDX-License-Identifier: Apache-2.0
"""Short messages: a real Kannel, and gateways that fail."""
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, unquote_to_bytes, urlsplit

import pytest

from driver_harness import (DriverGone, delivery_key, has_crash_points, make_broadcast,
                            start_driver, target, text_now)
from http_server import (CLOSE, CLOSE_FIRST, DRIP, ENDLESS, STALL, Answer, HttpServer, Raw,
                         free_port, make_certificate)
from kannel_server import PASSWORD, USER, Kannel

D, T, P, U = "delivered", "transient", "permanent", "unknown"
NUMBER = "09012345678"
ACCEPTED = Answer(202, body=b"0: Accepted for delivery")


def secret_file(folder, text):
    path = Path(folder) / "secret"
    path.write_text(text + "\n")
    path.chmod(0o600)
    return str(path)


def kannel(folder, url, password=PASSWORD, **more):
    return {"dialect": "kannel", "url": url, "username": USER, "rate": 1000,
            "password_file": secret_file(folder, password), "connect_timeout": 2000, "timeout": 5000, **more}


def gateway(folder, url, **more):
    return {"dialect": "json", "url": url, "rate": 1000, "token_file": secret_file(folder, "tok-5ecret"),
            "body": {"to": "{to}", "message": "{text}", "ttl": "{validity_s}", "ref": "{id}"},
            "connect_timeout": 2000, "timeout": 5000, **more}


def people(count):
    return [target(f"r{i}", address=f"0901234{i:04}") for i in range(count)]


def texts(short, title="津波警報", body="高台へ避難してください。"):
    return {"ja": {"title": title, "short": short, "body": body, "speech": ""},
            "en": {"title": "Tsunami", "short": "Tsunami warning. Go to high ground [now].",
                   "body": "Go.", "speech": ""}}


def one(d, broadcast=None, address=NUMBER, **more):
    lang = more.pop("lang", "ja")
    d.deliver("b1/sms", [target("r", address=address, lang=lang)], broadcast, **more)
    return d.outcomes()["r"]


@pytest.fixture(scope="module", name="box")
def real_kannel(tmp_path_factory):
    with Kannel(tmp_path_factory.mktemp("kannel")) as server:
        yield server


def ucs2(text):
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-16-be")


def test_kannel_hands_on_what_was_written(tmp_path, box):
    short = "半鐘市に津波警報😀 海岸から離れ&高台へ+100%"
    with start_driver("sms", kannel(tmp_path, box.url)) as d:
        outcome = one(d, make_broadcast(texts=texts(short)))
        assert (outcome["class"], outcome["code"]) == (D, 202)
        assert d.at_risk() == ["r"] and d.probe()["state"] == "ok"
        sender, to, kind, data = box.message()
        assert (sender, to, kind, ucs2(data)) == ("110", NUMBER, "ucs-2", short)
        assert one(d, make_broadcast(texts=texts(short)), lang="en")["class"] == D
        assert box.message()[2:] == ["text", "Tsunami warning. Go to high ground [now]."]


def test_kannel_hands_on_a_drill_as_a_drill(tmp_path, box):
    with start_driver("sms", kannel(tmp_path, box.url, **{"from": "0245"})) as d:
        assert one(d, make_broadcast(status="exercise", texts=texts("避難してください。")))["class"] == D
        sender, _, _, data = box.message()
        assert (sender, ucs2(data)) == ("0245", "【訓練】避難してください。")


def test_kannel_joins_ten_parts_without_loss(tmp_path, box):
    body = "津波の第一波は一五時二〇分ごろ到達する。" * 33
    assert len(body) == 660
    with start_driver("sms", kannel(tmp_path, box.url, form="long", max_parts=10)) as d:
        assert one(d, make_broadcast(texts=texts("短い。", body=body)))["class"] == D
    parts = {}
    while len(parts) < 10:
        _, _, kind, data = box.message()
        head, content = data.split(" data ", 1)
        udh = unquote_to_bytes(head)
        assert kind == "udh" and udh[:3] == b"\x05\x00\x03" and udh[4] == 10
        parts[udh[5]] = ucs2(content)
    assert "".join(parts[i] for i in range(1, 11)) == body


def test_kannel_refuses_a_wrong_password_and_a_denied_number(tmp_path, box):
    with start_driver("sms", kannel(tmp_path, box.url, password="wrong")) as d:
        outcome = one(d)
        assert (outcome["class"], outcome["scope"], outcome["reason"]) == (P, "channel", "auth")
    with start_driver("sms", kannel(tmp_path, box.url)) as d:
        d.deliver("b1/sms", [target("bad", address="0900-000-0001"), target("good", address=NUMBER)])
        outcomes = d.outcomes()
        assert (outcomes["bad"]["class"], outcomes["bad"]["scope"], outcomes["bad"]["reason"]) == (
            P, "target", "target")
        assert outcomes["good"]["class"] == D
    assert box.message()[1] == NUMBER


def test_kannel_is_told_until_when_and_where_to_report(tmp_path):
    with HttpServer(ACCEPTED) as server:
        o = kannel(tmp_path, server.url + "/cgi-bin/sendsms", dlr_url="http://127.0.0.1/{key}?s=%d", dlr_mask=31)
        with start_driver("sms", o) as d:
            b = make_broadcast(expires=text_now(minutes=10))
            assert one(d, b)["class"] == D
    (request,) = server.requests
    query = parse_qs(urlsplit(request.path).query, strict_parsing=True)
    assert request.method == "GET" and request.body == b""
    assert query["password"] == [PASSWORD] and query["to"] == [NUMBER]
    assert query["validity"] in (["9"], ["10"])
    assert query["dlr-mask"] == ["31"]
    assert query["dlr-url"] == [f"http://127.0.0.1/{delivery_key('b', 'c', 'r')}?s=%d"]


def test_a_json_gateway_gets_its_document(tmp_path):
    with HttpServer(Answer(201, body=b'{"result": "ok", "id": 4711}')) as server:
        o = gateway(tmp_path, server.url + "/v1", success_member="result", success_value="ok", id_member="id")
        with start_driver("sms", o) as d:
            outcome = one(d, make_broadcast(status="exercise", texts=texts("\"避難\"\\{to}")))
            assert (outcome["class"], outcome["remote_id"]) == (D, "4711")
    (request,) = server.requests
    sent = json.loads(request.body)
    key = delivery_key("b", "c", "r")
    assert 3500 < sent.pop("ttl") <= 3600
    assert sent == {"to": NUMBER, "message": "【訓練】\"避難\"\\{to}", "ref": key}
    assert request.method == "POST" and request.headers["authorization"] == "Bearer tok-5ecret"
    assert request.headers["idempotency-key"] == key


def test_a_gateway_that_says_200_and_means_no(tmp_path):
    with HttpServer([Answer(200, body=b'{"result": "ng"}'), Answer(200, body=b"<html>login</html>")]) as server:
        o = gateway(tmp_path, server.url, success_member="result", success_value="ok")
        with start_driver("sms", o) as d:
            assert one(d)["class"] == P
            assert one(d)["class"] == U


@pytest.mark.parametrize("make", [kannel, gateway], ids=["kannel", "json"])
@pytest.mark.parametrize("script,expected,scope", [
    (Answer(301, {"Location": "http://127.0.0.1:1"}), P, "target"), (Answer(400), P, "target"),
    (Answer(401), P, "channel"), (Answer(403, body=b""), P, "channel"), (Answer(404), P, "target"),
    (Answer(408), T, "destination"), (Answer(422), P, "target"), (Answer(429), T, "destination"),
    (Answer(500), U, "target"), (Answer(502), U, "target"), (Answer(503), T, "destination"),
    (Answer(504), U, "target"), (CLOSE, U, "target"), (CLOSE_FIRST, U, "target"),
    (Raw(b"nonsense\r\n\r\n"), U, "target")], ids=lambda v: str(getattr(v, "status", "")) or None)
def test_failing_gateways(tmp_path, make, script, expected, scope):
    with HttpServer(script) as server:
        with start_driver("sms", make(tmp_path, server.url)) as d:
            outcome = one(d)
            assert (outcome["class"], outcome.get("scope", "target")) == (expected, scope)
            assert d.at_risk() == ["r"]
        assert len(server.requests) <= 1


@pytest.mark.parametrize("script", [STALL, DRIP])
def test_a_silent_gateway_is_unknown_by_the_deadline(tmp_path, script):
    with HttpServer(script) as server, start_driver("sms", kannel(tmp_path, server.url)) as d:
        outcome = one(d, deadline_ms=700)
        assert (outcome["class"], outcome["reason"]) == (U, "timeout")


def test_an_endless_answer_is_cut(tmp_path):
    with HttpServer(ENDLESS) as server, start_driver("sms", gateway(tmp_path, server.url)) as d:
        assert one(d)["class"] == D


def test_a_gateway_that_is_not_there_is_transient_for_all(tmp_path):
    with start_driver("sms", kannel(tmp_path, f"http://127.0.0.1:{free_port()}/")) as d:
        d.deliver("b1/sms", people(30))
        outcomes = d.outcomes()
        assert {(o["class"], o["scope"]) for o in outcomes.values()} == {(T, "destination")}
        assert len(outcomes) == 30 and len(d.at_risk()) == 8    # the rest was not begun
        assert d.probe()["state"] == "down"


def test_a_gateway_that_is_full_is_left_alone_and_tried_again_with_the_same_key(tmp_path):
    b, taken = make_broadcast(), []

    def full_after_five(request):
        if len(taken) == 5:
            return Answer(429, {"Retry-After": "7"})
        taken.append(json.loads(request.body)["to"])
        return Answer(200)

    with HttpServer(full_after_five) as server, start_driver("sms", gateway(tmp_path, server.url)) as d:
        d.deliver("b1/sms", people(40), b)
        outcomes = d.outcomes()
        late = [t for t in people(40) if outcomes[t["id"]]["class"] == T]
        assert len(taken) == len(set(taken)) == 5 and len(late) == 35
        assert {outcomes[t["id"]]["retry_after_s"] for t in late} == {7}
        assert len(server.requests) == 8
        first = {r.headers["idempotency-key"] for r in server.requests}
        taken.clear()
        d.deliver("b1/sms", late[:3], b, attempt=2)
        assert set(d.classes().values()) == {D}
        assert {r.headers["idempotency-key"] for r in server.requests[8:]} <= first


def test_every_recipient_gets_one_message(tmp_path):
    with HttpServer(ACCEPTED) as server, start_driver("sms", kannel(tmp_path, server.url)) as d:
        d.deliver("b1/sms", people(50))
        assert set(d.classes().values()) == {D}
        assert sorted(d.at_risk()) == sorted(t["id"] for t in people(50))
    to = [parse_qs(urlsplit(r.path).query)["to"][0] for r in server.requests]
    assert sorted(to) == [t["address"] for t in people(50)]


def test_the_rate_holds_back_what_the_deadline_then_ends(tmp_path):
    with HttpServer(ACCEPTED) as server, start_driver("sms", kannel(tmp_path, server.url, rate=1)) as d:
        d.deliver("b1/sms", people(5), deadline_ms=500)
        classes = d.classes()
        assert classes == {"r0": D, **{f"r{i}": T for i in range(1, 5)}}
        assert d.at_risk() == ["r0"]
    assert len(server.requests) == 1


@pytest.mark.parametrize("address", ["nobody@example.jp", "0901 234&to=110", "12", "０９０１２３４５６７８"])
def test_what_is_no_number_never_reaches_the_gateway(tmp_path, address):
    with HttpServer(ACCEPTED) as server, start_driver("sms", kannel(tmp_path, server.url)) as d:
        outcome = one(d, address=address)
        assert (outcome["class"], outcome["reason"]) == (P, "target")
        assert d.at_risk() == [] and server.connections == 0


def test_after_its_end_nothing_is_sent(tmp_path):
    with HttpServer(ACCEPTED) as server, start_driver("sms", kannel(tmp_path, server.url)) as d:
        outcome = one(d, make_broadcast(expires=text_now(seconds=-1)))
        assert (outcome["class"], outcome["reason"]) == (T, "expired")
        assert d.at_risk() == [] and server.connections == 0


def test_no_secret_and_no_number_is_ever_shown(tmp_path):
    def repeat(request):
        query = urlsplit(request.path).query
        return Answer(400, body=f"{parse_qs(query)['password'][0]} {query}"[:200].encode())

    with HttpServer(repeat) as server:
        o = kannel(tmp_path, server.url)
        with start_driver("sms", o, env={"HANSHO_LOG_LEVEL": "debug"}) as d:
            assert "***" in one(d)["text"]
            proc = Path("/proc") / str(d.process.pid)
            shown = (proc / "cmdline").read_bytes() + (proc / "environ").read_bytes()
        with start_driver("sms", {**o, "url": f"http://127.0.0.1:{free_port()}/"}) as d:
            assert one(d)["class"] == T
            shown += json.dumps(d.frames).encode() + d.stderr_text
        shown += json.dumps(d.frames).encode() + d.stderr_text
    assert b"5ecret" not in shown and NUMBER.encode() not in shown


def test_a_stranger_gets_no_password(tmp_path):
    certificate = make_certificate(tmp_path, "other.example.jp")
    with HttpServer(certificate=certificate) as server:
        o = kannel(tmp_path, server.url, ca_file=certificate[0])
        with start_driver("sms", o) as d:
            assert one(d)["class"] == T
    assert server.requests == []


def test_killed_in_flight_leaves_every_mark(tmp_path):
    with HttpServer(STALL) as server:
        d = start_driver("sms", kannel(tmp_path, server.url))
        d.deliver("b1/sms", people(20))
        assert server.seen.wait(20)
        d.process.kill()
        assert [f["op"] for f in d.receive_rest()] == ["at_risk"] * 8
        assert d.close() == -9


def test_killed_after_the_first_mark_nobody_was_called(tmp_path):
    if not has_crash_points("sms"):
        pytest.skip("built without HANSHO_CRASH_POINTS")
    with HttpServer(ACCEPTED) as server:
        d = start_driver("sms", kannel(tmp_path, server.url), env={"HANSHO_CRASH_AT": "agent.at_risk"})
        d.deliver("b1/sms", people(3))
        with pytest.raises(DriverGone):
            d.outcomes()
        d.close()
        assert server.connections == 0


@pytest.mark.parametrize("make,change,words", [
    (kannel, {"url": "http://sms.example.jp/"}, ["url", "https"]),
    (kannel, {"url": "https://sms.example.jp/?password=x"}, ["query"]),
    (kannel, {"username": ""}, ["username", "kannel"]),
    (kannel, {"password_file": "/nonexistent"}, ["password_file"]),
    (gateway, {"body": {"to": "{to}"}}, ["body", "{text}"]),
    (gateway, {"body": {"to": "{to}", "t": "{text} {phone}"}}, ["body", "{phone}"]),
    (gateway, {"body": "{to} {text}"}, ["body", "table"]),
    (gateway, {"header": "A: b"}, ["header"]),
    (gateway, {"success_member": "ok"}, ["success_value"])])
def test_faults_name_the_option(tmp_path, make, change, words):
    d = start_driver("sms")
    answer = d.hello({**make(tmp_path, "https://g.example.jp/"), **change}, "sms")
    assert answer["op"] == "fault", answer
    for word in words:
        assert re.search(re.escape(word), answer["text"]), answer["text"]
    assert "5ecret" not in answer["text"]
    assert d.close() == 78
