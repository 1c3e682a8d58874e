# SPDX-License-Identifier: Apache-2.0
"""DMDATA.JP's feed against a stand-in service: tickets, pings, two connections, gaps, misbehaviour."""

import signal
import socket
import subprocess

import dmdata_service
import harness
import pytest
from harness import basic_config, fake, recorded, telegram

SAMPLE = "earthquake.xml"


@pytest.fixture
def service():
    with dmdata_service.Service() as running:
        yield running


def configure(folder, service, **options):
    key = folder / "dmdata.key"
    key.write_text("secret-key\n")
    key.chmod(0o600)
    config = basic_config(folder, [fake("page", folder)])
    config["feeds"].append(
        {
            "name": "dmdata",
            "formats": ["jmx"],
            "fetch": {
                "program": "dmdata",
                "options": {
                    "key_file": str(key),
                    "classifications": ["telegram.earthquake"],
                    "servers": [service.host, service.host],
                    "api_url": service.url,
                    "data_url": service.url,
                    "retry_first": "50ms",
                    "timeout": "5s",
                    **options,
                },
            },
        }
    )
    return config


@pytest.fixture
def hub(folder, service):
    with harness.Hub(configure(folder, service), folder=folder) as running:
        service.wait(lambda s: len(s.live()) == 2)
        yield running


def quake(number):
    """Telegrams that differ."""
    return telegram(SAMPLE, EventID=f"202611240900{number:02}")


def health(watch, state):
    return watch.until(lambda e: e.get("event") == "fetch_health" and e["feed"] == "dmdata" and e["state"] == state)


def verdict(watch):
    return watch.until(lambda e: e.get("event") in ("accepted", "duplicate"))


def is_at(hub, state):
    return next(f for f in hub.ask("status")["feeds"] if f["name"] == "dmdata")["fetch"]["state"] == state


def reach(hub, watch, state):
    if not is_at(hub, state):
        health(watch, state)


def test_both_connections_bring_it_and_one_broadcast_follows(hub, service, folder):
    watch = hub.watch()
    service.publish(quake(1))
    event = verdict(watch)
    assert event["event"] == "accepted"
    hub.settled(event["alert"])
    service.publish(quake(2), pieces=5)
    event = verdict(watch)
    assert event["event"] == "accepted"  # not a duplicate: the second copy of the first was never submitted
    hub.settled(event["alert"])
    assert len(recorded(folder, "page")) == 2
    assert service.bodies == 0


def test_asks_for_what_is_configured(folder, service):
    config = configure(folder, service, types=["!VXSE44", "VXSE53"], test="including")
    with harness.Hub(config, folder=folder):
        service.wait(lambda s: s.count("list") >= 1 and s.count("start") >= 1)
        start = next(detail for what, detail in service.notes if what == "start")
        assert start["classifications"] == ["telegram.earthquake"]
        assert start["types"] == ["!VXSE44", "VXSE53"] and start["test"] == "including"
        assert start["formatMode"] == "raw" and len(start["appName"]) <= 24
        query = next(detail for what, detail in service.notes if what == "list")
        assert query["classification"] == "telegram.earthquake" and query["test"] == "including"
        assert "cursorToken" not in query


def test_answers_pings(hub, service):
    for one in service.live():
        one.say({"type": "ping", "pingId": f"p{one.number}"})
    service.wait(lambda s: s.count("pong") == 2)
    assert {detail for what, detail in service.notes if what == "pong"} == {f"p{s.number}" for s in service.sockets}


def test_one_connection_breaks_and_comes_back(hub, service):
    watch = hub.watch()
    reach(hub, watch, "ok")
    service.live()[0].cut()
    health(watch, "degraded")
    health(watch, "ok")
    service.wait(lambda s: len(s.live()) == 2)
    service.publish(quake(1))
    assert verdict(watch)["event"] == "accepted"


def test_what_was_missed_comes_from_the_list(hub, service, folder):
    watch = hub.watch()
    reach(hub, watch, "ok")
    service.publish(quake(1))
    hub.settled(verdict(watch)["alert"])
    service.wait(lambda s: s.count("list") >= 1)
    service.ticket_answer = (503, {"status": "error", "error": {"message": "maintenance", "code": 503}})
    for one in service.live():
        one.cut()
    event = health(watch, "down")
    for number in (2, 3, 4):
        service.publish(quake(number), to=[])
    service.ticket_answer = None
    for _ in range(3):
        hub.settled(verdict(watch)["alert"])
    assert len(recorded(folder, "page")) == 4
    assert service.bodies == 3
    assert event["state"] == "down"


def test_more_than_one_page(hub, service):
    watch = hub.watch()
    reach(hub, watch, "ok")
    service.wait(lambda s: s.count("list") >= 1)
    service.ticket_answer = (503, {})
    for one in service.live():
        one.cut()
    health(watch, "down")
    numbers = [service.publish(quake(0) + b"<!--%d-->" % n, to=[]) for n in range(120)]
    distinct = service.publish(quake(5), to=[])
    service.ticket_answer = None
    kinds = [verdict(watch)["event"] for _ in range(121)]
    assert kinds.count("accepted") == 2 and kinds.count("duplicate") == 119
    assert service.bodies == len(numbers) + (distinct is not None)


def test_nothing_lost_and_nothing_twice_over_a_crash(hub, service, folder):
    watch = hub.watch()
    service.publish(quake(1))
    hub.settled(verdict(watch)["alert"])
    (pid,) = hub.children("hansho-fetch-dmdata")
    harness.os.kill(pid, signal.SIGKILL)
    service.wait(lambda s: not s.live())
    service.publish(quake(2), to=[])
    hub.settled(watch.until(lambda e: e.get("event") == "accepted")["alert"])
    service.wait(lambda s: s.count("closed") == 2)  # what the dead one left open
    assert len(recorded(folder, "page")) == 2


def test_says_goodbye(folder, service):
    with harness.Hub(configure(folder, service), folder=folder):
        service.wait(lambda s: len(s.live()) == 2)
    service.wait(lambda s: s.count("goodbye") == 2)


def test_wrong_key_is_named(folder, service):
    config = configure(folder, service)
    (folder / "dmdata.key").write_text("other\n")
    with harness.Hub(config, folder=folder) as hub:
        text, tries = "", 0
        while "Authorization required" not in text:  # each attempt is told to the hub
            tries += 1
            assert tries < 20, text
            service.wait(lambda s: s.refused >= tries)
            text = next(f for f in hub.ask("status")["feeds"] if f["name"] == "dmdata")["fetch"].get("text", "")
        assert is_at(hub, "down")
        assert "other" not in hub.log()


def test_a_ticket_to_elsewhere_is_not_followed(folder, service):
    """The key never leaves with it, but what comes from there would be taken for JMA's."""
    service.ticket_host = "192.0.2.7"
    with harness.Hub(configure(folder, service, servers=[]), folder=folder) as hub:
        service.wait(lambda s: s.count("start") >= 2)
        assert is_at(hub, "down")
        assert not service.sockets


def test_damaged_messages_do_not_end_it(hub, service):
    watch = hub.watch()
    for one in service.live():
        one.send(dmdata_service.frame(dmdata_service.TEXT, b"{"))
        one.say({"type": "weather"})
        one.say({"type": "data", "id": "../../x", "format": "xml"})
        one.say({"type": "error", "error": "Server error.", "code": 4503, "close": False})
    service.publish(quake(1), body="!!!!")  # damaged on the wire; the list has it whole
    assert verdict(watch)["event"] == "accepted"
    assert service.bodies == 1
    service.publish(quake(2))
    assert verdict(watch)["event"] == "accepted"


def test_too_large_a_message_ends_the_connection_and_no_more(hub, service):
    watch = hub.watch()
    reach(hub, watch, "ok")
    service.live()[0].send(dmdata_service.frame(dmdata_service.TEXT, b" " * (5 * 1024 * 1024)))
    health(watch, "degraded")
    health(watch, "ok")


def test_a_telegram_that_cannot_be_fetched_does_not_block_the_others(folder, service):
    missing = service.publish(quake(1), to=[])
    service.missing.add(missing)
    service.publish(quake(2), to=[])
    with harness.Hub(configure(folder, service, list_interval="1s"), folder=folder) as hub:
        watch = hub.watch()
        assert verdict(watch)["event"] == "accepted"
        reach(hub, watch, "degraded")
        service.missing.clear()
        assert verdict(watch)["event"] == "accepted"
        health(watch, "ok")


def test_a_forgotten_cursor_begins_anew(folder, service):
    service.publish(quake(1), to=[])
    with harness.Hub(configure(folder, service), folder=folder) as hub:
        verdict(hub.watch())
    state = folder / "state" / "fetch" / "dmdata" / "dmdata.json"
    state.write_text('{"cursor": "nonsense"}')
    service.publish(quake(2), to=[])
    with harness.Hub(configure(folder, service), folder=folder) as hub:
        watch = hub.watch()
        watch.until(lambda e: e.get("event") == "accepted")


def test_a_redirect_is_not_followed(folder, service):
    """It would take the key to whoever it leads to."""
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        number = service.publish(quake(1), to=[])
        place = f"http://127.0.0.1:{elsewhere.getsockname()[1]}/v1/{number}"
        service.data_answers = [b"HTTP/1.1 302 Found\r\nLocation: " + place.encode() + b"\r\nContent-Length: 0\r\n\r\n"]
        with harness.Hub(configure(folder, service), folder=folder) as hub:
            assert verdict(hub.watch())["event"] == "accepted"  # asked for again where it should be
        elsewhere.setblocking(False)
        with pytest.raises(BlockingIOError):
            elsewhere.accept()


@pytest.mark.parametrize("head", ["Content-Length: %d", "Transfer-Encoding: chunked", "X-Nothing: said"])
def test_half_an_answer_is_not_submitted(folder, service, head):
    """Refused as no XML, it would count as fetched."""
    xml = quake(1)
    service.publish(xml, to=[])
    lines = "HTTP/1.1 200 OK\r\n" + (head % len(xml) if "%" in head else head) + "\r\n\r\n"
    half = xml[: len(xml) // 2]
    if "chunked" in head:
        half = b"%x\r\n%b\r\n" % (len(half), half)
    service.data_answers = [lines.encode() + half]
    with harness.Hub(configure(folder, service), folder=folder) as hub:
        event = hub.watch().until(lambda e: e.get("event") in ("accepted", "duplicate", "refused"))
        assert event["event"] == "accepted"


@pytest.mark.parametrize("status", [503, 403, 500])
def test_what_cannot_be_fetched_for_now_is_not_given_up(folder, service, status):
    """Only what the service says is gone is left behind, and never what comes after it."""
    late = service.publish(quake(1), to=[])
    service.data_status[late] = status
    service.publish(quake(2), to=[])
    with harness.Hub(configure(folder, service, list_interval="1s"), folder=folder) as hub:
        watch = hub.watch()
        assert verdict(watch)["event"] == "accepted"
        reach(hub, watch, "degraded")
        service.wait(lambda s: sum(note == ("data", late) for note in s.notes) >= 12)  # a fourth round
        del service.data_status[late]
        assert verdict(watch)["event"] == "accepted"
        health(watch, "ok")


def test_without_connections_the_list_is_read_at_once_and_often(hub, service):
    """Tickets may be refused for hours while the list still answers."""
    watch = hub.watch()
    reach(hub, watch, "ok")
    service.wait(lambda s: s.count("list") >= 1)
    service.ticket_answer = (503, {"status": "error", "error": {"message": "maintenance", "code": 503}})
    service.publish(quake(1), to=[])
    for one in service.live():
        one.cut()
    assert verdict(watch)["event"] == "accepted"
    service.publish(quake(2), to=[])
    assert verdict(watch)["event"] == "accepted"
    assert is_at(hub, "down")


@pytest.mark.parametrize("name,good", [("IP:127.0.0.1", True), ("IP:127.0.0.2", False)])
def test_the_service_must_be_who_it_says(folder, name, good):
    """Over TLS, for requests and WebSockets; the key goes to nobody else."""
    key, cert = folder / "tls.key", folder / "tls.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
         "-out", cert, "-days", "2", "-subj", "/CN=stand-in", "-addext", f"subjectAltName={name}"],
        check=True, capture_output=True,
    )  # fmt: skip
    with dmdata_service.Service(tls=(cert, key)) as service:
        for trusted in (False, True):
            config = configure(folder, service, **({"ca_file": str(cert)} if trusted else {}))
            with harness.Hub(config, folder=folder) as hub:
                watch = hub.watch()
                if trusted and good:
                    service.wait(lambda s: len(s.live()) == 2)
                    service.publish(quake(1))
                    assert verdict(watch)["event"] == "accepted"
                    continue
                text = ""
                while "ticket:" not in text:  # each attempt is told to the hub
                    text = next(f for f in hub.ask("status")["feeds"] if f["name"] == "dmdata")["fetch"].get("text", "")
                assert is_at(hub, "down")
                assert service.count("start") == 0 and not service.refused


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_service_that_says_nothing_is_given_up_and_asked_again(folder, service, scheme):
    """It takes the connection, and that is all: in the handshake or before the answer."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(harness.PATIENCE)
        service.url = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}"
        with harness.Hub(configure(folder, service, timeout="300ms"), folder=folder) as hub:
            held = [silent.accept() for _ in range(9)]  # three parties, each for the third time
            text = ""
            while "no answer in time" not in text:
                text = next(f for f in hub.ask("status")["feeds"] if f["name"] == "dmdata")["fetch"].get("text", "")
            assert is_at(hub, "down")
            for connection, _ in held:
                connection.close()
