# SPDX-License-Identifier: Apache-2.0
"""Area mail against four carriers that keep their rules, and against ones that fail."""
import json
import re
import time
import xml.etree.ElementTree as ET
from contextlib import ExitStack
from pathlib import Path

import pytest

from driver_harness import (DriverGone, delivery_key, has_crash_points, make_broadcast,
                            start_driver, target)
from http_server import (CLOSE, CLOSE_FIRST, ENDLESS, STALL, Answer, HttpServer, Raw, free_port,
                         make_certificate)

D, T, P, U = "delivered", "transient", "permanent", "unknown"
NAMES = ("docomo", "au", "softbank", "rakuten")
CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
DE = "{urn:oasis:names:tc:emergency:EDXL:DE:1.0}"
READABLE = set("～－∥￠￡￢\n")
FORBIDDEN = [re.compile(p, re.I) for p in (
    r"https?:|www\.|mailto:", r"[\w.]+[@＠][\w.]+",
    r"[0０][\d０-９]{1,4}[-－‐ー(（)）]?[\d０-９]{1,4}[-－‐ー(（)）]?[\d０-９]{4}", r"[*＊#＃]\d")]


class Carrier:
    """Takes a message as a carrier would, or says what is wrong with it."""

    def __init__(self, token, body_max=200, subject_max=15, first=()):
        self.token = token
        self.body_max = body_max
        self.subject_max = subject_max
        self.first = list(first)    # answers before the rules are looked at
        self.taken = []
        self.faults = []

    def _fault(self, request):
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return 401, "token"
        try:
            root = ET.fromstring(request.body)
        except ET.ParseError as e:
            return 400, f"XML: {e}"
        alert = root.find(f".//{CAP}alert")
        subject, body = alert.find(f".//{CAP}headline").text, alert.find(f".//{CAP}description").text
        if request.headers.get("idempotency-key") != alert.find(f"{CAP}identifier").text:
            return 400, "identifier and key differ"
        if len(subject) > self.subject_max:
            return 422, f"subject of {len(subject)}"
        if len(body) + body.count("\n") > self.body_max:
            return 422, f"body of {len(body)}"
        for text in (subject, body):
            for rule in FORBIDDEN:
                if rule.search(text):
                    return 422, f"forbidden: {text}"
            for c in text:
                if c in READABLE:
                    continue
                try:
                    c.encode("iso2022_jp")
                except UnicodeEncodeError:
                    return 422, f"platform-dependent character {c}"
        if any(body == old["body"] for old in self.taken):
            return 422, "the same body again"
        self.taken.append({
            "key": alert.find(f"{CAP}identifier").text, "subject": subject, "body": body,
            "status": alert.find(f"{CAP}status").text, "type": alert.find(f"{CAP}msgType").text,
            "distribution": root.find(f"{DE}distributionType").text,
            "area": alert.find(f".//{CAP}value").text})
        return None

    def __call__(self, request):
        if self.first:
            return self.first.pop(0)
        fault = self._fault(request)
        if fault:
            self.faults.append(fault)
            return Answer(fault[0], body=fault[1].encode())
        return Answer(202, body=b"<accepted/>")


def token_file(folder, name):
    path = Path(folder) / f"{name}.token"
    path.write_text(f"tok-{name}-5ecret\n")
    path.chmod(0o600)
    return str(path)


def carrier_options(folder, name, url, **more):
    return {"url": url, "token_file": token_file(folder, name), "subject_max": 15, "body_max": 200,
            "cap_per_hour": 10, **more}


def options(carriers, **more):
    return {"carriers": carriers, "municipality_code": "99201", "sender": "hansho-shi",
            "connect_timeout": 2000, "timeout": 5000, **more}


class Town:
    """Four carriers and the driver between them."""

    def __init__(self, folder, carriers=None, env=None, **more):
        self.folder, self.env, self.more = folder, env, more
        self.carriers = carriers or {n: Carrier(f"tok-{n}-5ecret") for n in NAMES}

    def __enter__(self):
        self.stack = ExitStack()
        self.servers = {n: self.stack.enter_context(HttpServer(c)) for n, c in self.carriers.items()}
        o = options({n: carrier_options(self.folder, n, s.url + "/areamail",
                                        **self.more.get(n, {})) for n, s in self.servers.items()},
                    **self.more.get("options", {}))
        self.driver = self.stack.enter_context(
            start_driver("areamail", o, channel="areamail", env=self.env))
        return self

    def __exit__(self, *args):
        return self.stack.__exit__(*args)

    def deliver(self, delivery="b1/areamail", broadcast=None, names=None, deadline_ms=15000,
                attempt=1):
        b = broadcast or make_broadcast()
        targets = [target(n, key=delivery_key(b["id"], "areamail", n))
                   for n in names or self.carriers]
        self.driver.deliver(delivery, targets, b, deadline_ms=deadline_ms, attempt=attempt)
        return self.driver.outcomes()


def classes(outcomes):
    return {k: v["class"] for k, v in outcomes.items()}


def texts(title="津波警報", short="避難してください。", body="高台へ避難してください。"):
    return {"ja": {"title": title, "short": short, "body": body, "speech": ""}}


def test_four_carriers_take_one_message_each(tmp_path):
    with Town(tmp_path) as town:
        outcomes = town.deliver()
        assert classes(outcomes) == {n: D for n in NAMES}
        assert sorted(town.driver.at_risk()) == sorted(NAMES)
    keys = set()
    for name, carrier in town.carriers.items():
        assert carrier.faults == []
        (taken,) = carrier.taken
        assert taken["subject"] == "津波警報" and taken["area"] == "99201"
        assert (taken["status"], taken["type"], taken["distribution"]) == (
            "Actual", "Alert", "Report")
        keys.add(taken["key"])
    assert len(keys) == 4


def test_a_text_full_of_what_carriers_refuse_is_taken(tmp_path):
    nasty = ("①避難所は㈱半鐘ﾎｰﾙ🚨（詳細https://city.example.jp/a?b=1）\t"
             "TEL:0187-12-3456／電話０１８７（１２）３４５６／#7119\n"
             "問合せ:bousai@city.example.jp又はwww.example.jp <b>&amp; ]]> \u200b髙﨑\u2460")
    with Town(tmp_path) as town:
        outcomes = town.deliver(broadcast=make_broadcast(
            texts=texts("①津波🚨警報とても長い題名なのです本当に", "短" * 80, nasty)))
        assert [c.faults for c in town.carriers.values()] == [[]] * 4
        assert classes(outcomes) == {n: D for n in NAMES}
    body = town.carriers["au"].taken[0]["body"]
    assert "(1)避難所は(株)半鐘ホール" in body and "<b>&amp; ]]>" in body and "高崎" in body


def test_long_bodies_give_way_to_the_short_form_by_each_limit(tmp_path):
    carriers = {"docomo": Carrier("tok-docomo-5ecret", body_max=500),
                "au": Carrier("tok-au-5ecret")}
    body = "半鐘市に津波警報。\n" * 25
    with Town(tmp_path, carriers, docomo={"body_max": 500}) as town:
        outcomes = town.deliver(broadcast=make_broadcast(texts=texts(body=body)))
        assert classes(outcomes) == {"docomo": D, "au": D}
    assert carriers["docomo"].taken[0]["body"] == body
    assert carriers["au"].taken[0]["body"] == "避難してください。"


def test_drills_are_marked_in_text_and_envelope(tmp_path):
    with Town(tmp_path) as town:
        assert classes(town.deliver(broadcast=make_broadcast(status="exercise"))) == {
            n: D for n in NAMES}
    taken = town.carriers["rakuten"].taken[0]
    assert taken["status"] == "Exercise"
    assert taken["subject"].startswith("【訓練】") and taken["body"].startswith("【訓練】")


def test_release_and_cancellation_say_so(tmp_path):
    with Town(tmp_path) as town:
        town.deliver()
        town.deliver("b2/areamail", make_broadcast(
            id="00112233aabbccdd.2", event="cancelled", update=2, replaces=["00112233aabbccdd.1"],
            texts=texts("津波警報の取消", "取り消します。", "津波警報は取り消されました。")))
    taken = town.carriers["au"].taken
    assert [t["type"] for t in taken] == ["Alert", "Cancel"]
    assert taken[1]["distribution"] == "Cancel"


def test_kinds_outside_the_agreement_never_reach_a_carrier(tmp_path):
    with Town(tmp_path) as town:
        for kind, level in (("safety.crime", 0), ("safety.missing_person", 0),
                            ("weather.landslide", 3), ("earthquake.intensity", 0)):
            outcomes = town.deliver(broadcast=make_broadcast(kind=kind, level=level))
            assert {(o["class"], o["reason"]) for o in outcomes.values()} == {(P, "content")}
        assert town.driver.at_risk() == []
        assert [s.connections for s in town.servers.values()] == [0] * 4


def test_one_carrier_fails_twice_and_recovers_with_the_same_key(tmp_path):
    carriers = {n: Carrier(f"tok-{n}-5ecret") for n in NAMES}
    carriers["softbank"].first = [Answer(503, {"Retry-After": "3"}), Answer(503)]
    b = make_broadcast()
    with Town(tmp_path, carriers) as town:
        first = town.deliver(broadcast=b)
        assert classes(first) == {**{n: D for n in NAMES}, "softbank": T}
        assert first["softbank"]["retry_after_s"] == 3
        assert first["softbank"]["scope"] == "destination"
        assert town.deliver(broadcast=b, names=["softbank"], attempt=2)["softbank"]["class"] == T
        assert town.deliver(broadcast=b, names=["softbank"], attempt=3)["softbank"]["class"] == D
    sent = town.servers["softbank"].requests
    assert len(sent) == 3 and len({r.headers["idempotency-key"] for r in sent}) == 1
    assert len({r.body for r in sent}) == 1
    assert [len(c.taken) for c in carriers.values()] == [1] * 4


def test_a_wrong_token_concerns_that_carrier_only(tmp_path):
    carriers = {n: Carrier(f"tok-{n}-5ecret") for n in NAMES}
    carriers["au"].token = "another"
    with Town(tmp_path, carriers) as town:
        outcomes = town.deliver()
    assert classes(outcomes) == {**{n: D for n in NAMES}, "au": P}
    assert (outcomes["au"]["scope"], outcomes["au"]["reason"]) == ("destination", "auth")


@pytest.mark.parametrize("script,expected", [
    (Answer(200), D), (Answer(301, {"Location": "http://127.0.0.1:1"}), P), (Answer(400), P),
    (Answer(403), P), (Answer(404), P), (Answer(408), T), (Answer(422), P), (Answer(429), T),
    (Answer(500), U), (Answer(502), U), (Answer(503), T), (Answer(504), U), (CLOSE, U),
    (CLOSE_FIRST, U), (ENDLESS, D), (Raw(b"nonsense\r\n\r\n"), U)],
    ids=lambda v: str(getattr(v, "status", "")) or None)
def test_one_failing_carrier_among_good_ones(tmp_path, script, expected):
    bad = HttpServer(script)
    with bad, Town(tmp_path, {n: Carrier(f"tok-{n}-5ecret") for n in NAMES[:3]}) as town:
        o = options({"bad": carrier_options(tmp_path, "bad", bad.url),
                     **{n: carrier_options(tmp_path, n, s.url)
                        for n, s in town.servers.items()}})
        with start_driver("areamail", o) as d:
            d.deliver("b/areamail", ["bad", *NAMES[:3]])
            assert d.classes() == {**{n: D for n in NAMES[:3]}, "bad": expected}
        assert len(bad.requests) <= 1


def test_a_silent_carrier_is_unknown_by_the_deadline_and_stops_nobody(tmp_path):
    carriers = {n: Carrier(f"tok-{n}-5ecret") for n in NAMES}
    carriers["docomo"].first = [STALL]
    with Town(tmp_path, carriers) as town:
        begin = time.monotonic()
        outcomes = town.deliver(deadline_ms=1200)
        assert 1.0 < time.monotonic() - begin < 6.0
    assert classes(outcomes) == {**{n: D for n in NAMES}, "docomo": U}
    assert outcomes["docomo"]["reason"] == "timeout"


def test_a_carrier_that_is_not_there_is_transient(tmp_path):
    o = options({"au": carrier_options(tmp_path, "au", f"http://127.0.0.1:{free_port()}")})
    with start_driver("areamail", o) as d:
        d.deliver("b/areamail", ["au"])
        outcome = d.outcomes()["au"]
        assert (outcome["class"], outcome["scope"]) == (T, "destination")
        assert d.probe()["state"] == "down"


def test_the_same_words_do_not_ring_twice(tmp_path):
    with Town(tmp_path) as town:
        town.deliver()
        again = town.deliver("b2/areamail", make_broadcast(id="00112233aabbccdd.2"))
        assert {(o["class"], o["reason"]) for o in again.values()} == {(P, "content")}
        assert all("48 hours" in o["text"] for o in again.values())
        assert [len(s.requests) for s in town.servers.values()] == [1] * 4


def test_staff_may_resend_what_is_unknown(tmp_path):
    carriers = {"au": Carrier("tok-au-5ecret", first=[CLOSE])}
    b = make_broadcast()
    with Town(tmp_path, carriers) as town:
        assert classes(town.deliver(broadcast=b)) == {"au": U}
        assert classes(town.deliver(broadcast=b, attempt=2)) == {"au": D}
    assert len(carriers["au"].taken) == 1


def test_the_cap_holds_back_but_never_the_extreme(tmp_path):
    carriers = {"au": Carrier("tok-au-5ecret")}

    def message(n, severity="severe"):
        return make_broadcast(id=f"00112233aabbccdd.{n}", severity=severity,
                              texts=texts(body=f"第{n}の知らせ。"))

    with Town(tmp_path, carriers, au={"cap_per_hour": 2}) as town:
        got = [town.deliver(f"b{n}/a", message(n))["au"] for n in (1, 2, 3)]
        assert [o["class"] for o in got] == [D, D, T]
        assert got[2]["reason"] == "rate" and got[2]["retry_after_s"] > 0
        assert town.deliver("b4/a", message(4, "extreme"))["au"]["class"] == D
    assert len(carriers["au"].taken) == 3


def test_connections_are_never_reused(tmp_path):
    with Town(tmp_path) as town:
        for n in (1, 2, 3):
            town.deliver(f"b{n}/a", make_broadcast(id=f"00112233aabbccdd.{n}",
                                                   texts=texts(body=f"第{n}の知らせ。")))
        for server in town.servers.values():
            assert [r.connection for r in server.requests] == [1, 2, 3]


def test_marks_come_before_the_connections(tmp_path):
    carriers = {"au": Carrier("tok-au-5ecret", first=[STALL])}
    with Town(tmp_path, carriers, options={"timeout": 500}) as town:
        town.driver.deliver("b1/areamail", ["au"])
        assert town.servers["au"].accepted.wait(20)
        assert town.driver.receive(0.001)["op"] == "at_risk"
        town.driver.outcomes()


def test_killed_after_the_first_mark_nobody_was_called(tmp_path):
    if not has_crash_points("areamail"):
        pytest.skip("built without HANSHO_CRASH_POINTS")
    with ExitStack() as stack:
        servers = {n: stack.enter_context(HttpServer()) for n in NAMES}
        o = options({n: carrier_options(tmp_path, n, s.url) for n, s in servers.items()})
        d = start_driver("areamail", o, env={"HANSHO_CRASH_AT": "agent.at_risk"})
        d.deliver("b1/areamail", NAMES)
        with pytest.raises(DriverGone):
            d.outcomes()
        assert len(d.at_risk()) == 1
        d.close()
        assert sum(s.connections for s in servers.values()) == 0


def test_killed_in_flight_leaves_every_mark(tmp_path):
    with HttpServer(STALL) as server:
        o = options({n: carrier_options(tmp_path, n, server.url) for n in NAMES})
        d = start_driver("areamail", o)
        d.deliver("b1/areamail", NAMES)
        assert server.seen.wait(20)
        d.process.kill()
        assert [f["op"] for f in d.receive_rest()] == ["at_risk"] * 4
        assert d.close() == -9


def test_no_secret_is_ever_shown(tmp_path):
    def repeat(request):
        return Answer(403, body=b"seen: " + request.headers["authorization"].encode())

    with HttpServer(repeat) as server:
        o = options({"au": carrier_options(tmp_path, "au", server.url)})
        with start_driver("areamail", o, env={"HANSHO_LOG_LEVEL": "debug"}) as d:
            d.deliver("b1/areamail", ["au"])
            assert d.outcomes()["au"]["text"].startswith("seen: Bearer **")
            proc = Path("/proc") / str(d.process.pid)
            shown = (proc / "cmdline").read_bytes() + (proc / "environ").read_bytes()
        shown += json.dumps(d.frames).encode() + d.stderr_text
    assert b"5ecret" not in shown


def test_tls_of_each_carrier(tmp_path):
    certificate = make_certificate(tmp_path, "127.0.0.1")
    other = make_certificate(tmp_path, "other.example.jp")
    with HttpServer(certificate=certificate) as good, HttpServer(certificate=other) as wrong:
        o = options({
            "trusted": carrier_options(tmp_path, "a", good.url, ca_file=certificate[0]),
            "stranger": carrier_options(tmp_path, "b", good.url),
            "wrong": carrier_options(tmp_path, "c", wrong.url, ca_file=other[0])})
        with start_driver("areamail", o) as d:
            assert d.probe()["state"] == "degraded"
            d.deliver("b1/areamail", ["trusted", "stranger", "wrong"])
            assert d.classes() == {"trusted": D, "stranger": T, "wrong": T}
    assert len(good.requests) == 1 and wrong.requests == []


def test_own_template(tmp_path):
    template = tmp_path / "own.xml"
    template.write_text("<m to='{{carrier}}'><t>{{subject}}</t><r>{{references}}</r></m>")
    with HttpServer() as server:
        o = options({"au": carrier_options(tmp_path, "au", server.url, template=str(template))})
        with start_driver("areamail", o, channel="areamail") as d:
            d.deliver("b1/areamail", ["au"], make_broadcast(
                replaces=["aa.1"], texts=texts(title="<'&\">")))
            assert d.classes() == {"au": D}
    root = ET.fromstring(server.requests[0].body)
    assert root.get("to") == "au" and root.find("t").text == "<'&\">"
    assert root.find("r").text == delivery_key("aa.1", "areamail", "au")


@pytest.mark.parametrize("change,words", [
    ({"url": "http://carrier.example.jp/"}, ["carriers.au", "url", "https"]),
    ({"template": "T"}, ["carriers.au", "template", "line 2", "{{wrong}}"]),
    ({"token_file": "/nonexistent"}, ["carriers.au", "token_file"])])
def test_faults_name_the_option(tmp_path, change, words):
    if change.get("template"):
        path = tmp_path / "bad.xml"
        path.write_text("<m>\n{{wrong}}</m>")
        change = {"template": str(path)}
    d = start_driver("areamail")
    answer = d.hello(options({"au": {**carrier_options(tmp_path, "au", "https://c.example.jp/"),
                                     **change}}), "areamail")
    assert answer["op"] == "fault"
    for word in words:
        assert word in answer["text"]
    assert d.close() == 78


def test_a_target_without_a_table(tmp_path):
    with Town(tmp_path) as town:
        outcomes = town.deliver(names=["au", "willcom"])
    assert classes(outcomes) == {"au": D, "willcom": P}
    assert outcomes["willcom"]["reason"] == "config"
