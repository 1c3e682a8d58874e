# SPDX-License-Identifier: Apache-2.0
"""What a careful reader of the hub suspected, each suspicion as a run."""

import contextlib
import json
import os
import pathlib
import select
import socket
import sys

import harness
import pytest
from harness import PATIENCE, basic_config, delivery, fake, recorded, telegram

HERE = pathlib.Path(__file__).parent
EXTREME, MODERATE = "tsunami-1-major.xml", "rain-1-level3.xml"




def driver(folder, behaviour, name="liar", **more):
    settings = {"as": behaviour, "record": str(folder / f"{name}.record"), **more.pop("settings", {})}
    return {
        "name": name, "driver": "exec", "targets": ["one"], "drill": True,
        "options": {"command": [sys.executable, str(HERE / "review_driver.py")], "settings": settings}, **more,
    }  # fmt: skip


def accepted(answer):
    assert "accepted" in answer, answer
    return answer["accepted"]


def test_a_fault_cut_inside_a_character_does_not_end_the_hub(folder):
    with harness.Hub(basic_config(folder, [fake("mail", folder), driver(folder, "fault", agents=2)]), folder=folder) as hub:
        with contextlib.closing(hub.watch()) as watch:
            pid = hub.children(pathlib.Path(sys.executable).resolve().name)[0]
            os.kill(pid, 9)  # the next one tells its fault while somebody watches
            for _ in range(3):
                text = watch.until(lambda e: e["event"] == "channel_fault")["text"]
                assert text.isprintable() and "鐘" in text
            assert hub.ask("health")["state"] == "degraded"


def test_a_client_that_does_not_read_is_not_served_without_end(folder):
    with harness.Hub(basic_config(folder, [fake("mail", folder)]), folder=folder) as hub:
        with contextlib.closing(harness.Control(hub.control_path)) as client:
            client.socket.setblocking(False)
            request = json.dumps({"op": "status"}).encode() + b"\n"
            block, sent = request * 1000, 0
            while select.select([], [client.socket], [], 1)[1]:
                with contextlib.suppress(BlockingIOError):
                    sent += client.socket.send(block)
                assert sent < 60000 * len(request), "the hub takes requests whose answers nobody reads"
            client.socket.settimeout(PATIENCE)
            for _ in range(sent // len(request)):
                assert client.line()["ok"]
            assert hub.ask("health")["state"] == "ok"


def test_users_without_a_role_do_not_lock_staff_out(folder):
    if os.geteuid() != 0:
        pytest.skip("only root can connect as somebody else")
    with harness.Hub(basic_config(folder, [fake("mail", folder)]), folder=folder) as hub:
        for place in [folder, *folder.parents][:3]:
            place.chmod(place.stat().st_mode | 0o011)
        hub.folder.chmod(0o755)
        many = []
        os.seteuid(65534)
        try:
            for _ in range(100):
                one = socket.socket(socket.AF_UNIX)
                one.connect(str(hub.control_path))
                one.settimeout(PATIENCE)
                many.append(one)
        finally:
            os.seteuid(0)
        try:
            assert many[-1].recv(1) == b""  # turned away
            assert hub.ask("health")["state"] == "ok"
            many[0].sendall(b'{"op":"status"}\n')
            assert json.loads(many[0].makefile("rb").readline())["code"] == "not_permitted"
            with contextlib.suppress(ConnectionError):  # nobody without a role needs a line that long
                many[1].sendall(b"[" * 200000)
                assert many[1].recv(1) == b""
        finally:
            for one in many:
                one.close()


def test_a_receipt_for_another_channels_delivery_does_not_count(folder):
    channels = [fake("siren", folder), driver(folder, "foreign", settings={"other": "siren"})]
    with harness.Hub(basic_config(folder, channels), folder=folder) as hub:
        shown = hub.settled(accepted(hub.send(telegram(EXTREME))), confirmed=1)
        assert delivery(shown, "liar")["confirmed"] == 1
        assert delivery(shown, "siren")["confirmed"] == 0


def ended(pid):
    try:
        fd = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([fd], [], [], 5)[0])
    finally:
        os.close(fd)


def test_the_helpers_of_a_dead_driver_end_with_it(folder):
    with harness.Hub(basic_config(folder, [driver(folder, "orphan", retry_first="1h", retry_max="1h")]), folder=folder) as hub:
        with contextlib.closing(hub.watch()) as watch:
            accepted(hub.send(telegram(EXTREME)))
            watch.until(lambda e: e["event"] == "attempt" and e["transient"] == 1)
            helpers = [int(pid) for pid in recorded(folder, "liar")]
            assert helpers and all(ended(pid) for pid in helpers)


def test_a_driver_that_was_told_to_end_gets_no_work(folder):
    channel = driver(folder, "late", deadline="1s", retry_first="10ms", retry_max="10ms")
    with harness.Hub(basic_config(folder, [channel]), folder=folder) as hub, contextlib.closing(hub.watch()) as watch:
        accepted(hub.send(telegram(EXTREME)))
        watch.until(lambda e: e["event"] == "agent_died")
        assert recorded(folder, "liar") == []


def test_a_drill_in_the_queue_does_not_go_to_a_channel_that_takes_no_drills_any_more(folder):
    config = basic_config(folder, [{**fake("siren", folder), "options": {"record": str(folder / "siren.record")}}])
    config["channels"][0] = driver(folder, "fault", name="siren")  # nothing goes out yet
    hub = harness.Hub(config, folder=folder)
    with hub:
        alert = accepted(hub.send(telegram(EXTREME, Status="訓練")))
        assert delivery(hub.ask("show", id=alert), "siren")["state"] == "ready"
    hub.config["channels"] = [{**fake("siren", folder), "drill": False}]
    hub.config["rules"]["drill"] = []
    hub.write_config()
    hub.process = None
    with hub:
        shown = hub.settled(alert)
        assert delivery(shown, "siren")["failed"] == 1
        assert recorded(folder, "siren") == []


def test_deliveries_of_a_channel_that_is_no_longer_configured_are_told(folder):
    config = basic_config(folder, [fake("mail", folder), driver(folder, "fault", name="fax")])
    hub = harness.Hub(config, folder=folder)
    with hub:
        alert = accepted(hub.send(telegram(EXTREME)))
        assert delivery(hub.ask("show", id=alert), "fax")["state"] == "ready"
    hub.config["channels"] = [fake("mail", folder)]
    hub.config["rules"]["live"][0]["channels"] = ["mail"]
    hub.config["rules"]["drill"][0]["channels"] = ["mail"]
    hub.write_config()
    hub.process = None
    with hub:
        health = hub.ask("health")
        assert health["state"] == "degraded"
        assert any("fax" in reason for reason in health["reasons"]), health
        hub.ask("hold", id=f"{delivery(hub.ask('show', id=alert), 'fax')['id']}", reason="no such channel")
