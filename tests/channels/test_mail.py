# SPDX-License-Identifier: Apache-2.0
"""The mail driver against a server that misbehaves in every way the findings know, and a real one."""
import email
import email.policy
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from driver_harness import (DriverGone, describe_driver, has_crash_points, make_broadcast,
                            start_driver, target)
from smtp_server import DROP, STALL, SmtpServer

CHUNKING = ("PIPELINING", "8BITMIME", "DSN", "ENHANCEDSTATUSCODES", "CHUNKING")


def options(relay_port, **more):
    o = {"host": "127.0.0.1", "port": relay_port, "tls": "loopback-only", "from": "bousai@city.example.jp",
         "from_name": "半鐘市", "grouping": "auto", "group_max": 50, "session_max": 200,
         "connect_timeout": 2000, "timeout": 1000, "charset": "utf-8", "helo": "hub.test"}
    o.update(more)
    return o


def people(*names, lang="ja"):
    return [target(n, address=f"{n}@example.jp", lang=lang) for n in names]


def deliver(server, targets, broadcast=None, deadline_ms=15000, **more):
    with start_driver("mail", options(server.port, **more)) as d:
        d.deliver("b1/mail", targets, broadcast, deadline_ms=deadline_ms)
        return d.outcomes(), d


def short(outcome):
    return outcome["class"], outcome["scope"], outcome["reason"]


T, P, U, D = "transient", "permanent", "unknown", "delivered"


# ---- the scenarios behind the findings: one row each; the same for DATA and BDAT where both exist
SCENARIOS = [
    ("greeting-refused", {"GREETING": "554 no"}, (), (T, "channel", "unreachable"), 0),
    ("greeting-none", {"GREETING": STALL}, (), (T, "channel", "timeout"), 0),
    ("greeting-drop", {"GREETING": DROP}, (), (T, "channel", "unreachable"), 0),
    ("ehlo-drop", {"EHLO": DROP}, (), (T, "channel", "unreachable"), 0),
    ("mail-4xx", {"MAIL": "451 4.3.0 later"}, (), (T, "channel", "refused"), 451),
    ("mail-5xx", {"MAIL": "550 5.1.8 sender"}, (), (P, "channel", "refused"), 550),
    ("mail-drop", {"MAIL": DROP}, (), (T, "channel", "unreachable"), 0),
    ("mail-421", {"MAIL": "421 4.3.2 closing"}, (), (T, "channel", "unreachable"), 421),
    ("rcpt-4xx", {"RCPT": "450 4.2.0 greylisted"}, (), (T, "target", "target"), 450),
    ("rcpt-5xx", {"RCPT": "550 5.1.1 no such user"}, (), (P, "target", "target"), 550),
    ("rcpt-drop", {"RCPT": DROP}, (), (T, "channel", "unreachable"), 0),
    ("data-4xx", {"DATA": "451 4.3.0 later"}, (), (T, "target", "refused"), 451),
    ("data-5xx", {"DATA": "554 5.7.1 no"}, (), (P, "target", "content"), 554),
    ("data-drop", {"DATA": DROP}, (), (T, "channel", "unreachable"), 0),
    ("final-4xx", {"END": "451 4.3.0 later"}, (), (T, "target", "refused"), 451),
    ("final-5xx", {"END": "554 5.7.1 spam"}, (), (P, "target", "content"), 554),
    ("final-stall", {"END": STALL}, (), (U, "target", "timeout"), 0),
    ("final-drop", {"END": DROP}, (), (U, "target", "unreachable"), 0),
    ("final-421", {"END": "421 4.3.2 closing"}, (), (T, "channel", "unreachable"), 421),
    ("bdat-chunk-drop", {"BDAT": DROP}, CHUNKING, (U, "target", "unreachable"), 0),
    ("bdat-last-stall", {"LAST": STALL}, CHUNKING, (U, "target", "timeout"), 0),
    ("bdat-last-drop", {"LAST": DROP}, CHUNKING, (U, "target", "unreachable"), 0),
    ("bdat-last-4xx", {"LAST": "452 4.3.1 full"}, CHUNKING, (T, "channel", "refused"), 452),
    ("bdat-last-5xx", {"LAST": "554 5.7.1 spam"}, CHUNKING, (P, "target", "content"), 554),
]


@pytest.mark.parametrize("script,extensions,expected,code", [s[1:] for s in SCENARIOS],
                         ids=[s[0] for s in SCENARIOS])
@pytest.mark.parametrize("count", [1, 3])
def test_scenario(script, extensions, expected, code, count):
    more = {"extensions": extensions} if extensions else {}
    with SmtpServer(script, **more) as server:
        found, d = deliver(server, people(*[f"p{i}" for i in range(count)]))
    assert [short(o) for o in found.values()] == [expected] * count
    assert [o.get("code", 0) for o in found.values()] == [code] * count
    # what was never at risk must not be marked, what came out unknown must have been
    assert bool(d.at_risk()) == (expected[0] == U or "END" in script or "LAST" in script)


@pytest.mark.parametrize("extensions", [CHUNKING[:-1], CHUNKING], ids=["data", "bdat"])
@pytest.mark.parametrize("grouping", ["personal", "grouped"])
def test_delivered(extensions, grouping):
    with SmtpServer(extensions=extensions) as server:
        found, d = deliver(server, people("a", "b", "c"), grouping=grouping)
        assert {o["class"] for o in found.values()} == {D}
        assert sorted(server.recipients()) == ["a@example.jp", "b@example.jp", "c@example.jp"]
        assert len(server.messages) == (3 if grouping == "personal" else 1)
        for m in server.messages:
            parsed = email.message_from_bytes(m.data, policy=email.policy.default)
            for name in ("To", "Message-ID", "Date", "From", "Subject", "Auto-Submitted"):
                assert len(parsed.get_all(name)) == 1, name
            assert parsed["From"] == "半鐘市 <bousai@city.example.jp>"
            assert "津波警報" in parsed["Subject"]
            assert "高台や避難ビルへ避難してください。" in parsed.get_content()
            others = {"a@", "b@", "c@"} - {r[:2] for r in m.recipients if grouping == "personal"}
            head = m.data.split(b"\r\n\r\n")[0].decode()
            assert not any(re.search(rf"\b{o}example", head) for o in others)
    assert d.at_risk()[-1] in ("rest", "c")
    assert sum(1 for f in d.frames if f["op"] == "outcome") == 1


def test_one_session_one_outcome_each():
    by_address = {
        "good@example.jp": "250 2.1.5 ok",
        "gone@example.jp": "550 5.1.1 <gone@example.jp>: no such user",
        "full@example.jp": "452 4.2.2 <full@example.jp>: mailbox full",
        "grey@example.jp": "450 4.7.1 come back later",
    }
    with SmtpServer({"RCPT": lambda s, a: by_address[a]}) as server:
        found, _ = deliver(server, people("good", "gone", "full", "grey"))
        assert server.recipients() == ["good@example.jp"]
    assert short(found["good"])[0] == D
    assert short(found["gone"]) == (P, "target", "target")
    assert short(found["full"]) == (T, "target", "rate")
    assert short(found["grey"]) == (T, "destination", "rate")
    assert all("@" not in o.get("text", "") for o in found.values()), "an address in the record"


def test_final_refusal_of_one_message_leaves_the_others():
    ends = ["250 2.0.0 queued", "554 5.6.0 broken", "250 2.0.0 queued"]
    with SmtpServer({"END": ends}) as server:
        found, _ = deliver(server, people("a", "b", "c"), grouping="personal")
        assert server.recipients() == ["a@example.jp", "c@example.jp"]
    assert {k: v["class"] for k, v in found.items()} == {"a": D, "b": P, "c": D}


def test_drop_in_the_middle_leaves_the_rest_unmarked():
    with SmtpServer({"END": ["250 2.0.0 queued", DROP]}) as server:
        found, d = deliver(server, people("a", "b", "c", "d"), grouping="personal")
    assert {k: v["class"] for k, v in found.items()} == {"a": D, "b": U, "c": T, "d": T}
    assert d.at_risk() == ["a", "b"]


def test_too_many_messages_opens_a_new_session():
    def limit(session, _):
        return "452 4.5.3 too many messages" if session.mails > 3 else "250 2.1.0 ok"
    names = [f"p{i:02}" for i in range(10)]
    with SmtpServer({"MAIL": limit}) as server:
        found, _ = deliver(server, people(*names), grouping="personal")
        assert sorted(server.recipients()) == [f"{n}@example.jp" for n in names]
        assert server.sessions == 4
    assert {o["class"] for o in found.values()} == {D}


def test_too_many_recipients_go_in_the_next_message():
    def limit(session, _):
        return "250 2.1.5 ok" if len(session.recipients) < 4 else "452 4.5.3 too many recipients"
    names = [f"p{i:02}" for i in range(10)]
    with SmtpServer({"RCPT": limit}) as server:
        found, _ = deliver(server, people(*names))
        assert sorted(server.recipients()) == [f"{n}@example.jp" for n in names]
    assert {o["class"] for o in found.values()} == {D}


def test_too_many_at_once_is_transient_and_ends():
    with SmtpServer({"MAIL": "452 4.5.3 too many messages"}) as server:
        found, _ = deliver(server, people("a", "b"), grouping="personal")
        assert server.sessions == 1
    assert {o["class"] for o in found.values()} == {T}


def test_sessions_are_bounded():
    names = [f"p{i:02}" for i in range(7)]
    with SmtpServer() as server:
        found, _ = deliver(server, people(*names), grouping="personal", session_max=3)
        assert server.sessions == 3
        assert len(server.messages) == 7
    assert {o["class"] for o in found.values()} == {D}


def test_each_language_its_own_message():
    with SmtpServer() as server:
        found, _ = deliver(server, people("a", "b") + people("x", lang="en")
                           + people("z", lang="xx"))
        by = {tuple(sorted(m.recipients)): m.data for m in server.messages}
    assert {o["class"] for o in found.values()} == {D}
    assert ("x@example.jp",) in by
    assert b"Subject: Tsunami warning" in by[("x@example.jp",)]
    assert ("a@example.jp", "b@example.jp", "z@example.jp") in by


@pytest.mark.parametrize("address", [
    "", "nobody", "a b@example.jp", "a@example.jp>\r\nRCPT TO:<x@example.jp", "a@b@example.jp",
    "a@example.jp\r\nBcc: x@example.jp", "山田@example.jp", "a@-", "<a@example.jp>",
    "x" * 65 + "@example.jp"])
def test_impossible_address_never_reaches_the_network(address):
    with SmtpServer() as server:
        found, _ = deliver(server, [target("bad", address=address)] + people("good"))
        assert server.recipients() == ["good@example.jp"]
    assert short(found["bad"]) == (P, "target", "target")
    assert found["good"]["class"] == D


def test_handset_address_is_quoted():
    with SmtpServer() as server:
        found, _ = deliver(server, [target("k", address="a..b.@docomo.example")],
                           grouping="personal")
        assert server.recipients() == ['"a..b."@docomo.example']
    assert found["k"]["class"] == D


def test_drill_is_marked():
    with SmtpServer() as server:
        deliver(server, people("a"), make_broadcast(status="exercise"), subject_prefix="[半鐘市]")
        parsed = email.message_from_bytes(server.messages[0].data, policy=email.policy.default)
    assert parsed["Subject"].startswith("[半鐘市] 【訓練】")
    assert parsed.get_content().startswith("【訓練】")
    assert parsed["X-Hansho-Drill"] == "yes"


def test_message_id_is_stable_over_retries():
    ids = []
    for grouping in ("personal", "grouped"):
        for _ in range(2):
            with SmtpServer() as server:
                deliver(server, people("a"), grouping=grouping)
                ids.append(email.message_from_bytes(server.messages[0].data)["Message-ID"])
    assert ids[0] == ids[1] and ids[2] == ids[3] and ids[0] != ids[2]
    assert re.fullmatch(r"<[0-9a-f]{32}@test>", ids[0])


def test_unsubscribe_token_is_the_recipients_own(tmp_path):
    secret = tmp_path / "token.key"
    secret.write_text("not a word\n")
    secret.chmod(0o600)
    with SmtpServer() as server:
        deliver(server, people("a", "b"), unsubscribe_url="https://city.example.jp/u?{token}",
                unsubscribe_secret=str(secret), unsubscribe_mailto="leave@city.example.jp",
                list_id="bousai.city.example.jp")
        parsed = [email.message_from_bytes(m.data) for m in server.messages]
    lines = {p["List-Unsubscribe"] for p in parsed}
    assert len(parsed) == 2 and len(lines) == 2
    for p in parsed:
        assert re.search(r"<mailto:leave@city\.example\.jp>,\s+<https://city\.example\.jp/u\?"
                         r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{22}>", p["List-Unsubscribe"])
        assert p["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert p["List-Id"] == "<bousai.city.example.jp>"


def test_deadline_holds_against_a_slow_server():
    gate = time.monotonic()

    def slow(session, _):
        session.server._stopped.wait(0.3)
        return "250 2.1.0 ok"
    names = [f"p{i:02}" for i in range(40)]
    with SmtpServer({"MAIL": slow}) as server:
        found, d = deliver(server, people(*names), grouping="personal", deadline_ms=2500)
        taken = {r.split("@")[0] for r in server.recipients()}
    assert time.monotonic() - gate < 10
    classes = {k: v["class"] for k, v in found.items()}
    assert set(classes.values()) == {D, T}
    assert {k for k, v in classes.items() if v == D} == taken


def test_deadline_holds_in_the_middle_of_a_group():
    def slow(session, _):
        session.server._stopped.wait(0.3)
        return "250 2.1.5 ok"
    with SmtpServer({"RCPT": slow}) as server:
        found, d = deliver(server, people(*[f"p{i:02}" for i in range(40)]), deadline_ms=2000)
        assert server.messages == []
    assert {short(o) for o in found.values()} == {(T, "target", "timeout")}
    assert d.at_risk() == []


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
def test_drop_with_replies_outstanding_does_not_crash_the_driver(stage):
    """The library reads the end of the stream once for each outstanding reply."""
    what = [DROP] if stage == "DATA" else ["250 2.1.5 ok", DROP]
    with SmtpServer({stage: what}) as server, start_driver("mail", options(server.port)) as d:
        for i in range(10):
            d.deliver(f"b{i}/mail", people(*[f"p{n:02}" for n in range(50)]))
            assert set(d.classes().values()) == {T}


@pytest.mark.parametrize("reply", ["garbage", "250", "250-a\n550 b", "250 " + "x" * 3000],
                         ids=["no code", "no text", "two codes", "endless line"])
@pytest.mark.parametrize("stage", ["GREETING", "RCPT"])
def test_nonsense_does_not_crash_the_driver(stage, reply):
    """With replies outstanding the library took one for the answer to QUIT and crashed at the next."""
    with SmtpServer({stage: reply}) as server:
        found, d = deliver(server, people(*[f"p{n:02}" for n in range(50)]))
        assert server.messages == []
    assert {short(o) for o in found.values()} == {(T, "channel", "protocol")}
    assert d.at_risk() == []


def test_refused_connection():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
        with start_driver("mail", options(port)) as d:
            d.deliver("b1/mail", people("a", "b"))
            found = d.outcomes()
            health = d.probe()
    assert {short(o) for o in found.values()} == {(T, "channel", "unreachable")}
    assert health["state"] == "down"


def test_connect_is_bounded():
    # A listener whose queue is full neither takes nor refuses: the same as a host that is not there.
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        s.listen(0)
        fill = []
        try:
            for _ in range(3):
                c = socket.socket()
                c.setblocking(False)
                c.connect_ex(s.getsockname())
                fill.append(c)
            begun = time.monotonic()
            with start_driver("mail", options(s.getsockname()[1], connect_timeout=500)) as d:
                d.deliver("b1/mail", people("a"))
                found = d.outcomes()
            assert time.monotonic() - begun < 8
        finally:
            for c in fill:
                c.close()
    assert short(found["a"]) == (T, "channel", "timeout")


def test_timeouts_are_milliseconds():
    """The library's manual says seconds."""
    with SmtpServer({"GREETING": STALL}) as server:
        found, _ = deliver(server, people("a"), timeout=1500)
    assert 1400 <= found["a"]["duration_ms"] < 8000


def test_probe():
    with SmtpServer() as server, start_driver("mail", options(server.port)) as d:
        health = d.probe()
    assert health["state"] == "ok" and "mail.test" in health["text"]
    with SmtpServer({"GREETING": STALL}) as server, start_driver("mail",
                                                                 options(server.port)) as d:
        assert d.probe(timeout_ms=300)["state"] == "down"


# ---- TLS and login ----
def run(*argv):
    subprocess.run([str(a) for a in argv], check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Our own authority, and a certificate for relay.test."""
    top = tmp_path_factory.mktemp("tls")
    ca_key, ca, key, req, cert = (top / n for n in ("ca.key", "ca.pem", "k.pem", "r.pem", "c.pem"))
    ec = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    run("openssl", "req", "-x509", *ec, "-keyout", ca_key, "-out", ca, "-days", "2",
        "-subj", "/CN=test authority")
    run("openssl", "req", "-new", *ec, "-keyout", key, "-out", req, "-subj", "/CN=relay.test",
        "-addext", "subjectAltName=DNS:relay.test")
    run("openssl", "x509", "-req", "-in", req, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial",
        "-out", cert, "-days", "2", "-copy_extensions", "copy")
    return ca, cert, key


def tls_server(certificates, script=None, newest=None, **more):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates[1], certificates[2])
    if newest:
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = newest
        context.set_ciphers("ALL:@SECLEVEL=0")
    return SmtpServer(script, tls_context=context, **more)


def tls_options(certificates, **more):
    return {"tls": "required", "ca_file": str(certificates[0]), "tls_name": "relay.test", **more}


def secret_file(folder, text="correct horse"):
    path = folder / "password"
    path.write_text(text + "\n")
    path.chmod(0o600)
    return {"username": "hub", "password_file": str(path)}


def test_tls_with_login(certificates, tmp_path):
    with tls_server(certificates, login=("hub", "correct horse")) as server:
        found, d = deliver(server, people("a"), **tls_options(certificates),
                           **secret_file(tmp_path))
        assert [m.tls for m in server.messages] == [True]
    assert found["a"]["class"] == D
    assert "correct" not in d.log()


def test_tls_tickets_are_not_taken_for_a_reply(certificates):
    """A session ticket that came before EHLO was written stalled the library until its timeout."""
    with tls_server(certificates) as server, start_driver(
            "mail", options(server.port, **tls_options(certificates))) as d:
        for i in range(12):
            d.deliver(f"b{i}/mail", people("a"))
            assert set(d.classes().values()) == {D}


def test_tls_wrong_name(certificates):
    with tls_server(certificates) as server:
        found, _ = deliver(server, people("a"),
                           **tls_options(certificates, tls_name="other.test"))
        assert not any(c.startswith("MAIL") for c in server.commands)
    assert short(found["a"]) == (T, "channel", "auth")
    assert "certificate" in found["a"]["text"]


def test_tls_unknown_authority(certificates):
    with tls_server(certificates) as server:
        found, _ = deliver(server, people("a"), **tls_options(certificates, ca_file=""))
    assert short(found["a"]) == (T, "channel", "auth")


def test_tls_too_old(certificates):
    with tls_server(certificates, newest=ssl.TLSVersion.TLSv1_1) as server:
        found, _ = deliver(server, people("a"), **tls_options(certificates))
        assert server.messages == []
    assert short(found["a"]) == (T, "channel", "auth")


def test_tls_not_offered_is_no_reason_to_send_in_clear(certificates):
    with SmtpServer() as server:
        found, _ = deliver(server, people("a"), **tls_options(certificates))
        assert not any(c.startswith("MAIL") for c in server.commands)
    assert short(found["a"]) == (T, "channel", "auth")
    assert "STARTTLS" in found["a"]["text"]


def test_tls_glued_reply_is_distrusted(certificates):
    glued = "220 2.0.0 go ahead\n250-evil\n250 PIPELINING"
    with tls_server(certificates, {"STARTTLS": glued}) as server:
        found, _ = deliver(server, people("a"), **tls_options(certificates))
        assert not any(c.startswith("MAIL") for c in server.commands)
    assert short(found["a"]) == (T, "channel", "protocol")


def test_wrong_password_is_a_fault_of_the_channel(certificates, tmp_path):
    with tls_server(certificates, login=("hub", "another")) as server:
        found, d = deliver(server, people("a", "b"), **tls_options(certificates),
                           **secret_file(tmp_path))
        assert not any(c.startswith("MAIL") for c in server.commands)
        assert sum(c.startswith("AUTH") for c in server.commands) == 1, "would lock the account"
    assert {short(o) for o in found.values()} == {(T, "channel", "auth")}
    assert "535" in found["a"]["text"] and d.at_risk() == []


def test_login_not_offered(tmp_path):
    with SmtpServer() as server:
        found, _ = deliver(server, people("a"), **secret_file(tmp_path))
        assert not any(c.startswith("MAIL") for c in server.commands)
    assert short(found["a"]) == (T, "channel", "auth")


# ---- configuration ----
@pytest.mark.parametrize("more,option", [
    ({"host": "::1"}, "host"),
    ({"host": "mail.example.jp:587"}, "host"),
    ({"host": "mail.example.jp", "tls": "off"}, "tls"),
    ({"port": 465}, "port"),
    ({"from": "nobody"}, "from"),
    ({"from": "a@example.jp>\r\nX: y"}, "from"),
    ({"from_name": "a\r\nBcc: x@example.jp"}, "from_name"),
    ({"list_id": "a b"}, "list_id"),
    ({"unsubscribe_url": "http://x/"}, "unsubscribe_url"),
    ({"unsubscribe_url": "https://x/{token}"}, "unsubscribe_secret"),
    ({"username": "hub"}, "password_file"),
])
def test_option_refused(more, option):
    d = start_driver("mail")
    answer = d.hello(options(25, **more), "mail")
    d.close()
    assert answer["op"] == "fault" and answer["option"] == option, answer


def test_missing_secret_is_a_fault(tmp_path):
    d = start_driver("mail")
    answer = d.hello(options(25, username="hub", password_file=str(tmp_path / "none")), "mail")
    d.close()
    assert answer["op"] == "fault" and "password_file" in answer["text"]


def test_describe():
    description = describe_driver("mail")
    assert description["name"] == "mail"
    assert {"host", "tls", "password_file", "grouping"} <= {r["key"] for r in description["options"]}


# ---- crash and speed ----
def test_kill_during_the_final_reply_leaves_the_mark_readable():
    with SmtpServer({"END": ["250 2.0.0 queued", STALL]}) as server:
        d = start_driver("mail", options(server.port, grouping="personal", timeout=10000))
        d.deliver("b1/mail", people("a", "b", "c"))
        d.receive_until(lambda f: f.get("op") == "at_risk" and f["target"] == "b")
        d.process.kill()
        d.receive_rest()
        assert d.at_risk() == ["a", "b"]
        d.close()


def test_crash_at_the_mark_leaves_it_readable():
    if not has_crash_points("mail"):
        pytest.skip("built without crash points")
    with SmtpServer() as server:
        d = start_driver("mail", options(server.port, grouping="personal"),
                         env={"HANSHO_CRASH_AT": "agent.at_risk"})
        d.deliver("b1/mail", people("a", "b"))
        with pytest.raises(DriverGone):
            d.receive_until(lambda f: f.get("op") == "outcome")
        assert d.at_risk() == ["a"]
        assert server.messages == [], "the mark came after the end of the message"
        d.close()


def seconds_for(server, size):
    body = "x" * 59 + "\n"
    texts = {"en": {"title": "t", "short": "s", "body": body * (size // 60), "speech": "s"}}
    names = [f"p{i:02}" for i in range(60)]
    with start_driver("mail", options(server.port, grouping="personal")) as d:
        d.deliver("b1/mail", people(*names, lang="en"), make_broadcast(texts=texts))
        frame = d.receive_until(lambda f: f.get("op") == "outcome")
        assert frame["class"] == D and frame["target"] == "rest"
        return frame["duration_ms"] / 1000 / len(names)


def test_messages_above_the_librarys_buffer_do_not_wait_for_acknowledgements():
    """Without TCP_NODELAY each message over 2,048 bytes takes 44 ms: over twenty times a small one."""
    with SmtpServer() as server:
        small = min(seconds_for(server, 600) for _ in range(3))
        large = min(seconds_for(server, 3000) for _ in range(3))
    assert large < 0.02 or large < 6 * small, (small, large)


# ---- a real server ----
POSTFIX = "/usr/sbin/postfix"


@pytest.fixture
def postfix():
    """A private Postfix: own configuration, queue and ports; its next hop is ours."""
    if not os.path.exists(POSTFIX) or os.geteuid() != 0:
        pytest.skip("needs Postfix and root")
    top = Path(tempfile.mkdtemp(prefix="hansho-postfix-"))  # its daemons must be able to enter
    top.chmod(0o755)
    config, queue, data = top / "conf", top / "queue", top / "data"
    for folder in (config, queue, data):
        folder.mkdir(mode=0o755)
    run("chown", "postfix", data)
    ports = []
    held = []
    for _ in range(2):
        s = socket.create_server(("127.0.0.1", 0))
        ports.append(s.getsockname()[1])
        held.append(s)
    for s in held:
        s.close()
    (config / "main.cf").write_text(f"""
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
mydestination =
relayhost = [127.0.0.1]:{ports[1]}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = relay.test
smtp_host_lookup = native
smtp_dns_support_level = disabled
maillog_file = {top}/log
maillog_file_prefixes = {top}
alias_maps =
alias_database =
multi_instance_wrapper =
multi_instance_enable = no
smtpd_peername_lookup = no
""")
    rows = [f"127.0.0.1:{ports[0]} inet n - n - - smtpd"]
    for line in ("pickup unix n - n 60 1 pickup", "cleanup unix n - n - 0 cleanup",
                 "qmgr unix n - n 300 1 qmgr", "tlsmgr unix - - n 1000? 1 tlsmgr",
                 "rewrite unix - - n - - trivial-rewrite", "bounce unix - - n - 0 bounce",
                 "defer unix - - n - 0 bounce", "trace unix - - n - 0 bounce",
                 "flush unix n - n 1000? 0 flush", "proxymap unix - - n - - proxymap",
                 "smtp unix - - n - - smtp", "relay unix - - n - - smtp",
                 "error unix - - n - - error", "retry unix - - n - - error",
                 "anvil unix - - n - 1 anvil", "scache unix - - n - 1 scache",
                 "postlog unix-dgram n - n - 1 postlogd"):
        rows.append(line)
    (config / "master.cf").write_text("\n".join(rows) + "\n")
    run(POSTFIX, "-c", config, "start")
    try:
        yield ports[0], ports[1], top
    finally:
        subprocess.run([POSTFIX, "-c", str(config), "stop"], capture_output=True, timeout=60)
        shutil.rmtree(top, ignore_errors=True)


def test_real_postfix(postfix):
    port, next_hop, top = postfix
    with SmtpServer(port=next_hop) as sink:
        with start_driver("mail", options(port, grouping="grouped", timeout=10000)) as d:
            d.deliver("b1/mail", people(*[f"p{i:03}" for i in range(120)]))
            found = d.outcomes()
            log = (top / "log")
            assert {o["class"] for o in found.values()} == {D}, log.read_text()
        sink.wait_for(lambda: len(sink.recipients()) == 120)
        assert sorted(sink.recipients()) == [f"p{i:03}@example.jp" for i in range(120)]
        parsed = email.message_from_bytes(sink.messages[0].data, policy=email.policy.default)
    assert "津波警報" in parsed["Subject"] and len(parsed.get_all("To")) == 1
