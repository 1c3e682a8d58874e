# SPDX-License-Identifier: Apache-2.0
"""The whole process hansho-ingest, with a scripted hub on its link."""
import base64
import json
import os
import select
import signal
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from ingest_hub import Client, Hub, cap, counted, feed, has_crash_points, is_sanitized

SCHEMA = Path(__file__).resolve().parents[2] / "schemas" / "ingest-link.schema.json"


def test_bare_document_is_answered_after_half_close(tmp_path):
    with Hub(tmp_path, [feed("main")]) as hub, hub.client("main") as client:
        client.send(cap())
        client.end()
        message = hub.wait("alert")
        hub.answer(message, {"accepted": "0011223344556677"})
        assert client.rest() == [{"accepted": "0011223344556677"}]
        assert message["raw"] == cap()
        assert message["feed"] == "main"
        assert message["alert"]["series"] == "tower@town.example,hansho-1"


def test_lines_of_the_link_keep_the_schema(tmp_path):
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(SCHEMA.read_text())
    with Hub(tmp_path, [feed("main")]) as hub, hub.client("main") as client:
        jsonschema.validate(hub.ready, schema)
        client.send(counted(cap(), b"<no/>"))
        message = hub.wait("alert")
        line = {k: v for k, v in message.items() if k not in ("alert", "raw")}
        jsonschema.validate(line, schema)
        jsonschema.validate(message["alert"], json.loads((SCHEMA.parent / "alert.schema.json").read_text()))
        jsonschema.validate(hub.wait("refused"), schema)
        jsonschema.validate(hub.wait("feed"), schema)
        hub.answer(message)


def test_pipelined_answers_keep_their_order_when_the_hub_does_not(tmp_path):
    with Hub(tmp_path, [feed("main")]) as hub, hub.client("main") as client:
        count = 10
        client.send(counted(*[cap(i) for i in range(count)]))
        messages = [hub.wait("alert") for _ in range(count)]
        for message in reversed(messages):
            hub.answer(message, {"accepted": message["alert"]["series"][-1:]})
        assert [client.line() for _ in range(count)] == [{"accepted": str(i)} for i in range(count)]


def test_more_messages_than_the_pipeline_holds(tmp_path):
    with Hub(tmp_path, [feed("main")]) as hub, hub.client("main") as client:
        hub.answer_all()
        count = 300
        client.send(counted(*[cap(i) for i in range(count)]))
        client.end()
        answers = client.rest()
        assert len(answers) == count
        assert all("accepted" in a for a in answers)


def test_refusal_stands_in_its_place_in_the_order(tmp_path):
    with Hub(tmp_path, [feed("main")]) as hub, hub.client("main") as client:
        client.send(counted(cap(1), b"<a></b>", cap(2)))
        first, second = hub.wait("alert"), hub.wait("alert")
        hub.answer(second, {"accepted": "second"})
        hub.answer(first, {"accepted": "first"})
        assert client.line() == {"accepted": "first"}
        refusal = client.line()
        assert refusal["refused"] == "not-xml" and refusal["line"] == 1
        assert client.line() == {"accepted": "second"}
        told = hub.wait("refused")
        assert told["code"] == "not-xml"
        assert base64.b64decode(told["raw"]) == b"<a></b>"


def test_answers_of_every_kind_pass_through(tmp_path):
    answers = [{"accepted": "a"}, {"duplicate": "b"}, {"retry": "c"},
               {"refused": "not-alert", "reason": "d"}]
    with Hub(tmp_path, [feed("main")]) as hub, hub.client("main") as client:
        for answer in answers:
            client.send(counted(cap()))
            hub.answer(hub.wait("alert"), answer)
            assert client.line() == answer


HOSTILE = {
    "garbage": (b"\x00\xff\xfe garbage \x80", "not-xml"),
    "empty": (b"", None),
    "blank": (b" \n", "empty"),
    "unknown root": (b"<html/>", "not-handled"),
    "truncated": (cap()[:300], "not-xml"),
    "truncated frame": (b"500 " + cap()[:300], "bad-frame"),
    "frame without blank": (b"12x", "bad-frame"),
    "frame of nothing": (b"0 ", "bad-frame"),
    "length of nine digits": (b"100000000 <a/>", "too-large"),
    "length above limit": (b"9000000 <a/>", "too-large"),
    "billion laughs": (
        b'<!DOCTYPE l [<!ENTITY a "lol">' +
        b"".join(b'<!ENTITY %c "%s">' % (98 + i, (b"&%c;" % (97 + i)) * 10) for i in range(9)) +
        b"]><l>&j;</l>", "doctype"),
    "deep": (b"<a>" * 100000, "too-large"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_refused_and_others_are_served(tmp_path, name):
    data, code = HOSTILE[name]
    with Hub(tmp_path, [feed("main")]) as hub:
        with hub.client("main") as client:
            answers = client.send_whole(data)
        assert [a.get("refused") for a in answers] == ([code] if code else [])
        with hub.client("main") as client:
            client.send(counted(cap()))
            hub.answer(hub.wait("alert"), {"accepted": "still here"})
            assert client.line() == {"accepted": "still here"}


@pytest.mark.parametrize("transport", ["unix", "tcp"])
def test_nine_megabytes_are_refused_and_the_answer_arrives(tmp_path, transport):
    f = feed("main", tcp_host="127.0.0.1", tcp_port=0)
    with Hub(tmp_path, [f]) as hub:
        client = hub.client("main") if transport == "unix" else hub.tcp_client("main")
        with client:
            client.send_until_refused(b"<a>" + b"x" * (9 << 20))
            assert client.line()["refused"] == "too-large"
        assert hub.wait("refused")["code"] == "too-large"


def test_feed_limit_is_below_the_general_one(tmp_path):
    with Hub(tmp_path, [feed("main", max_bytes=1000)]) as hub, hub.client("main") as client:
        client.send(b"1001 ")
        assert client.line()["refused"] == "too-large"


def test_slow_loris_is_cut_off_and_does_not_hurt_others(tmp_path):
    with Hub(tmp_path, [feed("slow", idle_timeout_ms=60), feed("main")]) as hub:
        with hub.client("slow") as slow, hub.client("main") as client:
            slow.send(b"1000 <alert")
            client.send(counted(cap()))
            hub.answer(hub.wait("alert"), {"accepted": "x"})
            assert client.line() == {"accepted": "x"}
            assert slow.rest() == [{"retry": "timeout"}]


def test_trickle_is_cut_off_by_the_time_for_a_whole_message(tmp_path):
    with Hub(tmp_path, [feed("slow", idle_timeout_ms=400)]) as hub, hub.client("slow") as slow:
        slow.send(b"100000 ")
        slow.sock.settimeout(0.05)  # the trickle: a byte whenever nothing was answered
        answer = None
        for _ in range(400):
            try:
                slow.send_until_refused(b"<")
                answer = slow.line()
                break
            except TimeoutError:
                continue
        assert answer == {"retry": "timeout"}


def test_idle_connection_is_closed_without_a_word(tmp_path):
    with Hub(tmp_path, [feed("main", idle_timeout_ms=50)]) as hub, hub.client("main") as client:
        assert client.rest() == []


def test_waiting_for_the_hub_is_not_idleness(tmp_path):
    with Hub(tmp_path, [feed("main", idle_timeout_ms=50), feed("clock", idle_timeout_ms=150)]) as hub:
        with hub.client("main") as client, hub.client("clock") as clock:
            client.send(counted(cap()))
            message = hub.wait("alert")
            assert clock.rest() == []  # three times the idle time of the other
            hub.answer(message, {"accepted": "late"})
            assert client.line() == {"accepted": "late"}


def test_hub_gone_means_retry_and_a_failed_process(tmp_path):
    with Hub(tmp_path, [feed("main")]) as hub:
        with hub.client("main") as client, hub.client("main") as half:
            client.send(counted(cap(1), cap(2)))
            half.send(b"500 <alert")
            hub.wait("alert")
            hub.wait("alert")
            hub.link.close()
            assert client.rest() == [{"retry": "hub away"}] * 2
            assert half.rest() in ([{"retry": "hub away"}], [])
        assert hub.status() != 0


def test_term_answers_what_is_outstanding_and_ends_well(tmp_path):
    with Hub(tmp_path, [feed("main")]) as hub, hub.client("main") as client:
        client.send(counted(cap()))
        message = hub.wait("alert")
        os.kill(hub.process.pid, signal.SIGTERM)
        hub.answer(message, {"accepted": "just so"})
        assert client.rest() == [{"accepted": "just so"}]
        assert hub.status() == 0
        assert not os.path.exists(hub.feeds[0]["unix"])


def test_term_without_an_answer_ends_with_retry(tmp_path):
    with Hub(tmp_path, [feed("main")]) as hub, hub.client("main") as client:
        client.send(counted(cap()))
        hub.wait("alert")
        os.kill(hub.process.pid, signal.SIGTERM)
        assert client.rest() == [{"retry": "hub away"}]
        assert hub.status() == 0


def test_paused_hub_means_retry_at_once(tmp_path):
    with Hub(tmp_path, [feed("main")]) as hub, hub.client("main") as client:
        hub.say({"op": "pause", "reason": "store full"})
        client.send(counted(cap()))
        assert client.line() == {"retry": "store full"}
        hub.say({"op": "resume"})
        # resume is surely read before the answer to a message that follows it
        while True:
            client.send(counted(cap()))
            message = hub.read(0.5)
            while message and message["op"] != "alert":
                message = hub.read(0.5)
            if message:
                break
            assert client.line() == {"retry": "store full"}
        hub.answer(message, {"accepted": "again"})
        assert client.line() == {"accepted": "again"}


def test_rate_limit_spares_what_is_extreme(tmp_path):
    with Hub(tmp_path, [feed("main", rate_per_minute=2)]) as hub, hub.client("main") as client:
        hub.answer_all()
        client.send(counted(cap(1), cap(2), cap(3), cap(4, severity="Extreme")))
        answers = [client.line() for _ in range(4)]
        assert ["accepted" in a for a in answers] == [True, True, False, True]
        assert answers[2] == {"retry": "rate limit"}


def test_flood_is_not_even_decoded(tmp_path):
    with Hub(tmp_path, [feed("main", rate_per_minute=1)]) as hub, hub.client("main") as client:
        hub.answer_all()
        client.send(counted(*[cap(i, severity="Extreme") for i in range(14)]))
        answers = [client.line() for _ in range(14)]
        assert sum("accepted" in a for a in answers) == 10
        assert answers[-1] == {"retry": "rate limit"}


def test_connections_above_the_limit_are_told_so(tmp_path):
    with Hub(tmp_path, [feed("main", max_connections=2), feed("other")]) as hub:
        hub.answer_all()
        kept = [hub.client("main") for _ in range(2)]
        for client in kept:  # they are surely counted once they have been answered
            client.send(counted(cap()))
            assert "accepted" in client.line()
        with hub.client("main") as third, hub.client("other") as other:
            assert third.rest() == [{"retry": "too many connections"}]
            other.send(counted(cap()))
            assert "accepted" in other.line()
        for client in kept:
            client.sock.close()


def test_sources_are_checked(tmp_path):
    feeds = [feed("far", unix=None, tcp_host="127.0.0.1", tcp_port=0, sources=["192.0.2.0/24"]),
             feed("near", unix=None, tcp_host="127.0.0.1", tcp_port=0, sources=["127.0.0.0/8"])]
    with Hub(tmp_path, feeds) as hub:
        hub.answer_all()
        with hub.tcp_client("far") as client:
            assert client.line()["refused"] == "source-not-allowed"
        with hub.tcp_client("near") as client:
            assert "accepted" in client.send_whole(cap())[0]


def test_formats_and_senders_are_checked(tmp_path):
    feeds = [feed("jmx", formats=["jmx"]), feed("strange", senders=["mayor@town.example"])]
    with Hub(tmp_path, feeds) as hub:
        for name, code in (("jmx", "format-not-allowed"), ("strange", "sender-not-allowed")):
            with hub.client(name) as client:
                assert client.send_whole(cap())[0]["refused"] == code


def test_socket_file_is_for_owner_and_group(tmp_path):
    with Hub(tmp_path, [feed("main")]) as hub:
        assert stat.S_IMODE(os.stat(hub.feeds[0]["unix"]).st_mode) == 0o660


def test_stale_socket_is_replaced_and_a_served_one_is_not(tmp_path):
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(tmp_path / "main.sock"))
    stale.close()
    with Hub(tmp_path, [feed("main")]) as hub:
        assert hub.ready["listeners"][0]["kind"] == "unix"
        with Hub(tmp_path, [feed("main")], hello=False) as second:
            second.say({"op": "hello", "site": "town", "feeds": hub.feeds})
            fault = second.wait("fault")
            assert fault["feed"] == "main" and "another process" in fault["text"]
            assert second.status() != 0
        with hub.client("main") as client:
            client.send(counted(cap()))
            hub.answer(hub.wait("alert"), {"accepted": "first"})
            assert client.line() == {"accepted": "first"}


@pytest.mark.parametrize("members,word", [
    ({"tcp_host": "127.0.0.1", "tcp_port": 70000}, "70000"),
    ({"sources": ["300.0.0.0/8"]}, "300.0.0.0/8"),
    ({"sources": ["10.0.0.0/33"]}, "10.0.0.0/33"),
    ({"unix": "/nonexistent/folder/x.sock"}, "/nonexistent"),
])
def test_feed_that_cannot_be_served_is_a_fault(tmp_path, members, word):
    with Hub(tmp_path, [feed("main", **members)], hello=False) as hub:
        hub.say({"op": "hello", "site": "town", "feeds": hub.feeds})
        fault = hub.wait("fault")
        assert fault["feed"] == "main" and word in fault["text"]
        assert hub.status() != 0


def test_client_that_leaves_does_not_disturb_the_answer_of_others(tmp_path):
    with Hub(tmp_path, [feed("main")]) as hub, hub.client("main") as stays:
        leaves = hub.client("main")
        leaves.send(counted(cap(1)))
        gone = hub.wait("alert")
        leaves.sock.close()
        stays.send(counted(cap(2)))
        message = hub.wait("alert")
        hub.answer(gone)
        hub.answer(message, {"accepted": "mine"})
        assert stays.line() == {"accepted": "mine"}


def test_counts_are_reported(tmp_path):
    with Hub(tmp_path, [feed("main")]) as hub, hub.client("main") as client:
        client.send(counted(cap(), b"<no/>"))
        hub.answer(hub.wait("alert"))
        client.line()
        client.line()
        counts = hub.wait("feed")
        assert (counts["connections"], counts["messages"], counts["refusals"]) == (1, 2, 1)


def test_unread_link_stops_reading_and_memory_stays_bounded(tmp_path):
    """The hub reads nothing and clients send for ever: the brake leaves it in their sockets."""
    most = 200 << 20
    with Hub(tmp_path, [feed("main", max_connections=40)]) as hub:
        before = hub.resident_kib()
        clients = [hub.client("main") for _ in range(40)]
        message = memoryview(counted(cap(extra="x" * 200000)))
        offsets = {}
        for client in clients:
            client.sock.setblocking(False)
            offsets[client.sock] = 0
        sent = 0
        while sent < most:
            writable = select.select([], list(offsets), [], 1.0)[1]
            if not writable:
                break
            for sock in writable:
                try:
                    count = sock.send(message[offsets[sock]:])
                except BlockingIOError:
                    continue
                offsets[sock] = (offsets[sock] + count) % len(message)
                sent += count
        assert 0 < sent < most, "nothing held the clients back"
        limit_kib = (400 if is_sanitized() else 100) * 1024
        assert hub.resident_kib() - before < limit_kib
        # and once the hub reads again, all goes on
        hub.answer_all()
        while True:
            readable = select.select(list(offsets), [], [], 20.0)[0]
            assert readable, "nobody was answered after the pause"
            if b"accepted" in readable[0].recv(4096):
                break
        for client in clients:
            client.sock.close()


def test_many_half_messages_hit_the_feed_s_share_not_the_others(tmp_path):
    feeds = [feed("flood", max_connections=100), feed("main")]
    with Hub(tmp_path, feeds) as hub:
        before = hub.resident_kib()
        clients = [hub.client("flood") for _ in range(60)]
        turned_away = 0
        for client in clients:
            client.send_until_refused(b"8000000 " + b"x" * 5000000)
        with hub.client("main") as client:
            client.send(counted(cap()))
            hub.answer(hub.wait("alert"), {"accepted": "served"})
            assert client.line() == {"accepted": "served"}
        limit_kib = (600 if is_sanitized() else 200) * 1024
        assert hub.resident_kib() - before < limit_kib
        for client in clients:
            client.sock.setblocking(False)
            try:
                turned_away += b"too much under way" in client.sock.recv(1000)
            except BlockingIOError:
                pass
            client.sock.close()
        assert turned_away > 30


def test_unknown_and_broken_lines_of_the_hub(tmp_path):
    with Hub(tmp_path, [feed("main")]) as hub, hub.client("main") as client:
        hub.say({"op": "something new"})
        hub.say({"op": "answer", "ref": 77, "answer": {"accepted": "nobody"}})
        hub.say({"op": "answer", "ref": -1})
        client.send(counted(cap()))
        hub.answer(hub.wait("alert"), {"accepted": "x"})
        assert client.line() == {"accepted": "x"}
        hub.link.sendall(b"no json\n")
        assert hub.status() != 0


@pytest.mark.parametrize("point,told", [
    ("ingest.received", False), ("ingest.sent", True), ("ingest.answered", True)])
def test_killed_at_a_crash_point_the_client_is_never_told_accepted(tmp_path, point, told):
    if not has_crash_points():
        pytest.skip("built without crash points")
    with Hub(tmp_path, [feed("main")], env={"HANSHO_CRASH_AT": point}) as hub:
        with hub.client("main") as client:
            client.send(counted(cap()))
            message = hub.read()
            assert (message is not None and message["op"] == "alert") == told
            if point == "ingest.answered":
                hub.answer(message)
            try:
                assert client.line() is None
            except ConnectionResetError:
                pass
        assert hub.status() == -signal.SIGKILL


def test_without_a_link_it_says_who_starts_it():
    from ingest_hub import program
    run = subprocess.run([str(program())], close_fds=True, capture_output=True, timeout=20)
    assert run.returncode == 2 and b"hanshod" in run.stderr


def test_unix_and_tcp_at_once(tmp_path):
    with Hub(tmp_path, [feed("main", tcp_host="127.0.0.1", tcp_port=0)]) as hub:
        assert [x["kind"] for x in hub.ready["listeners"]] == ["unix", "tcp"]
        hub.answer_all()
        for client in (hub.client("main"), hub.tcp_client("main")):
            with client:
                assert isinstance(client, Client)
                assert "accepted" in client.send_whole(cap())[0]
