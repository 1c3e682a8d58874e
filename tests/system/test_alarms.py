# SPDX-License-Identifier: Apache-2.0
"""Staff hear of what needs their eyes: silence, held alerts, refusals; over a channel of their own."""

import base64
import contextlib
import datetime
import json
import os
import signal
import socket
import sqlite3

from harness import Hub, Receiver, basic_config, fake, now, recorded, telegram


def staff_config(folder, alarms=None, feed=None, channels=()):
    config = basic_config(folder, [fake("public", folder)])
    config["channels"] += channels or [fake("staff", folder)]
    config["alarms"] = {"channels": [c["name"] for c in config["channels"][1:]], "gather": "0s", **(alarms or {})}
    config["feeds"][0].update(feed or {})
    return config


def is_alarm(what):
    return lambda e: e["event"] == "alarm" and e["what"] == what


def message_of(hub):
    """The newest message to staff, once its deliveries have ended."""
    return hub.settled(next(a["id"] for a in hub.ask("alerts") if a["type"] == "ALARM"))


def test_silence_is_told_once_and_its_end_too(tmp_path):
    with Hub(staff_config(tmp_path, feed={"silence": "1s", "carries": ["tsunami.*"]}), tmp_path) as hub:
        watch = hub.watch()
        watch.until(is_alarm("feed-silent"))
        status = hub.ask("status")
        assert [a["what"] for a in status["alarms"]] == ["feed-silent"]
        assert status["feeds"][0]["state"] == "silent"
        tsunami = next(h for h in status["hazards"] if h["hazard"] == "tsunami")
        assert (tsunami["state"], tsunami["age_s"], tsunami["feeds"]) == ("unknown", -1, ["local"])
        shown = message_of(hub)
        assert shown["broadcasts"][0]["kind"] == "system.alarm"
        watch.until(lambda e: e["event"] == "attempt" and e["delivery"].endswith("/staff"))
        hub.send(telegram("tsunami-1-major.xml"))
        watch.until(lambda e: e["event"] == "alarm_over" and e["what"] == "feed-silent")
        assert not [e for e in watch.seen[:-1] if e["event"] == "alarm" and e["what"] == "feed-silent"][1:]
        watch.close()
    assert not any("ALARM" in line for line in recorded(tmp_path, "public"))


def test_an_alarm_that_stands_is_not_new_after_a_restart(tmp_path):
    config = staff_config(tmp_path, {"channels": []}, {"silence": "1s"}, [fake("staff", tmp_path)])
    with Hub(config, tmp_path) as hub:
        watch = hub.watch()
        watch.until(is_alarm("feed-silent"))
        watch.close()
        before = hub.ask("alarms")
        hub.stop()
        hub.start()
        watch = hub.watch()
        watch.until(lambda e: e["event"] == "feed_silent")
        hub.ask("ack", id=str(before[0]["id"]))  # a change: the tick's alarm was written before it
        watch.until(lambda e: e["event"] == "staff")
        assert not [e for e in watch.seen if e["event"] == "alarm"]
        watch.close()
        after = hub.ask("alarms")
        assert [a["id"] for a in after] == [before[0]["id"]]
        assert after[0]["acked_by"]


def test_an_alarm_of_a_former_process_does_not_hide_the_next(tmp_path):
    """Noted by staff, and ended by what the hub forgot in the restart: it would stay open, and silent, for ever."""
    with Hub(staff_config(tmp_path), tmp_path) as hub:
        hub.stop()
        kinds = ["channel-fault", "channel-paused", "ingest-away", "source-down", "store", "feed-silent"]
        stores = list(tmp_path.rglob("*.db"))
        assert len(stores) == 1
        with contextlib.closing(sqlite3.connect(stores[0])) as store, store:
            for kind in kinds:
                store.execute("INSERT INTO alarms (what, subject, detail, standing, first_ms, last_ms, count, acked_by)"
                              " VALUES (?, 'gone', '', 1, 1, 1, 1, 'somebody')", (kind,))
        hub.start()
        assert [a["what"] for a in hub.ask("alarms")] == ["feed-silent"]


def test_a_held_alert_is_told_to_staff_by_webhook(tmp_path):
    with Receiver() as receiver:
        secret = tmp_path / "secret"
        secret.write_text("whsec_" + base64.b64encode(b"k" * 32).decode())
        secret.chmod(0o600)
        options = {"dialect": "webhook", "url": receiver.url + "/staff", "secret_file": str(secret)}
        hook = {"name": "hook", "driver": "social", "options": options}
        with Hub(staff_config(tmp_path, channels=[hook]), tmp_path) as hub:
            watch = hub.watch()
            hub.send(telegram("tsunami-1-major.xml", at=now() - datetime.timedelta(hours=2)))
            alarm = watch.until(is_alarm("held"))
            receiver.wait(1)
            body = json.loads(receiver.requests[0]["body"])
            assert alarm["subject"] in json.dumps(body, ensure_ascii=False)
            watch.close()
            assert hub.ask("ack", id="all")["count"] == 1
            assert hub.ask("alarms") == []
            assert [a["what"] for a in hub.ask("alarms", all=True)] == ["held"]
        assert recorded(tmp_path, "public") == []


def test_a_flood_of_refusals_is_one_alarm_and_one_message(tmp_path):
    config = staff_config(tmp_path, {"gather": "1h"})
    with Hub(config, tmp_path) as hub:
        watch = hub.watch()
        for i in range(30):
            with socket.socket(socket.AF_UNIX) as s:
                s.connect(str(hub.feed_socket()))
                s.sendall(b"<nonsense%d>" % i)
                s.shutdown(socket.SHUT_WR)
                s.makefile("rb").readline()
        watch.until(lambda e: e["event"] == "attempt" and e["delivery"].endswith("/staff"))
        watch.close()
        alarms = hub.ask("alarms")
        assert len(alarms) == 1 and alarms[0]["what"] == "refused" and alarms[0]["count"] > 1
        assert len([a for a in hub.ask("alerts") if a["type"] == "ALARM"]) == 1


def test_none_is_claimed_only_while_a_feed_lives(tmp_path):
    config = staff_config(tmp_path, feed={"silence": "1h", "carries": ["tsunami.*", "weather.*"]})
    with Hub(config, tmp_path) as hub:
        def state(hazard):
            return next(h["state"] for h in hub.ask("status")["hazards"] if h["hazard"] == hazard)

        assert state("tsunami") == "unknown"  # never heard
        hub.send(telegram("tsunami-1-major.xml"))
        assert (state("tsunami"), state("weather.rain")) == ("some", "none")
        hub.stop()
        hub.start()
        assert (state("tsunami"), state("weather.rain")) == ("some", "none")  # heard before the restart


def test_the_early_warning_line_has_a_heartbeat_of_its_own(tmp_path):
    config = staff_config(tmp_path, feed={"eew_heartbeat": "1s", "carries": ["eew.*"]})
    with Hub(config, tmp_path) as hub:
        watch = hub.watch()
        watch.until(is_alarm("eew-silent"))
        hub.send(telegram("tsunami-1-major.xml"))  # other telegrams prove nothing about that line
        assert hub.ask("status")["feeds"][0]["state"] == "silent"
        hub.send(telegram("eew-test.xml"))
        watch.until(lambda e: e["event"] == "alarm_over" and e["what"] == "eew-silent")
        watch.close()


def test_a_hung_ingest_process_is_started_anew(tmp_path):
    with Hub(staff_config(tmp_path), tmp_path) as hub:
        watch = hub.watch()
        (pid,) = hub.children("hansho-ingest")
        os.kill(pid, signal.SIGSTOP)
        watch.until(lambda e: e["event"] == "ingest_ready", 120)
        assert hub.children("hansho-ingest") != [pid]
        watch.close()
        assert "accepted" in hub.send(telegram("tsunami-1-major.xml"))


def test_a_source_that_goes_back_and_forth_is_held_in_the_end(tmp_path):
    config = staff_config(tmp_path)
    config["guards"] = {"cap": 2, "window": "1h"}
    start = now() - datetime.timedelta(minutes=20)
    with Hub(config, tmp_path) as hub:
        verdicts = []
        for i in range(8):  # a level issued and taken back, over and over
            name = "flood-1-level4.xml" if i % 2 == 0 else "flood-3-release.xml"
            sent = hub.send(telegram(name, at=start + datetime.timedelta(minutes=i)))
            shown = hub.ask("show", id=sent["accepted"])
            verdicts.append([b["held"] for b in shown["broadcasts"]])
        assert [v for v in verdicts[0:4]] == [[False]] * 4
        assert verdicts[4] == [True]
        assert any(a["what"] == "over-cap" for a in hub.ask("alarms"))
