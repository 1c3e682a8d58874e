# SPDX-License-Identifier: Apache-2.0
"""The J-Alert receiver's mails through a real Postfix, whose pipe runs `hansho ingest --mail`."""

import email.utils
import os
import subprocess

import pytest

import harness
from postfix_pipe import Postfix

RULES = harness.TOP / "config" / "mail_rules" / "jalert-mail.yaml"
LAUNCH = "ミサイル発射。ミサイル発射。北朝鮮からミサイルが発射されたものとみられます。"
SHELTER = "直ちに避難。直ちに避難。直ちに建物の中、又は地下に避難してください。ミサイルが、7時40分頃、福島県周辺に落下するものとみられます。"
PASSED = "ミサイル通過。ミサイル通過。先程のミサイルは、7時44分頃、太平洋へ通過したものとみられます。"


def mail(subject, body, charset="iso-2022-jp", **header):
    """As gear writes it: ISO-2022-JP, an encoded subject; bytes."""
    words = email.header.Header(subject, charset).encode()
    lines = {
        "From": "receiver@city.example.jp",
        "To": "jalert@alerts.test",
        "Subject": words,
        "Date": email.utils.formatdate(localtime=True),
        "MIME-Version": "1.0",
        "Content-Type": f"text/plain; charset={charset}",
        "Content-Transfer-Encoding": "7bit",
        **header,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return head.encode() + b"\r\n" + body.encode(charset) + b"\r\n"


def config(folder):
    channels = [
        harness.fake("siren", folder),
        harness.fake("web", folder, drill=False),
    ]
    whole = harness.basic_config(folder, channels)
    whole["feeds"].append({
        "name": "receiver",
        "unix": str(folder / "run" / "receiver.sock"),
        "formats": ["jalert-mail"],
        "senders": ["receiver@city.example.jp"],
        "mail_rules": str(RULES),
    })
    return whole


def let_in(hub):
    """What the service's group does in earnest: the pipe's user may reach the socket."""
    for path in (hub.folder, hub.folder / "run"):
        path.chmod(0o755)
    hub.config_path.chmod(0o644)
    hub.feed_socket("receiver").chmod(0o666)


def ingest(hub, message, *arguments, binary=None):
    return subprocess.run(
        [binary or harness.BIN / "hansho", "-c", hub.config_path, "ingest", "--mail", *(arguments or ["--feed", "receiver"])],
        input=message, capture_output=True, timeout=harness.PATIENCE, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )


@pytest.fixture(name="hub")
def start_hub(folder):
    hub = harness.Hub(config(folder), folder)
    with hub:
        let_in(hub)
        yield hub


@pytest.fixture(name="postfix")
def start_postfix(hub):
    with Postfix([harness.BIN / "hansho", "ingest", "--mail", "--feed-socket", hub.feed_socket("receiver")]) as postfix:
        yield postfix


def accepted(watch):
    return watch.until(lambda e: e["event"] == "accepted")


def broadcast_of(hub, event):
    shown = hub.settled(event["alert"])
    assert len(shown["broadcasts"]) == 1, shown
    return shown["broadcasts"][0]


def test_chain_drill_and_unmatched(hub, postfix, folder):
    watch = hub.watch()
    threads = set()
    for number, body in enumerate((LAUNCH, SHELTER, PASSED), 1):
        postfix.send(mail("国民保護情報", body))
        event = accepted(watch)
        assert event["verdict"] == "acted", event
        one = broadcast_of(hub, event)["broadcast"]
        threads.add(one["thread"])
        assert one["update"] == number
    assert len(threads) == 1
    assert len(harness.recorded(folder, "siren")) == 3 and len(harness.recorded(folder, "web")) == 3

    postfix.send(mail("【訓練】国民保護情報", "これは訓練です。" + LAUNCH))
    event = accepted(watch)
    assert event["status"] == "exercise" and event["verdict"] == "acted"
    shown = hub.settled(event["alert"])
    assert [d["channel"] for b in shown["broadcasts"] for d in b["deliveries"]] == ["siren"]
    assert len(harness.recorded(folder, "web")) == 3

    postfix.send(mail("機器状態通知", "電源が復旧しました。"))
    event = accepted(watch)
    assert event["alarm"] is True and event["broadcasts"] == []
    postfix.send(mail("Test", "接続確認", charset="iso-2022-jp"))
    event = accepted(watch)
    assert event["broadcasts"] == []
    watch.close()
    assert len(harness.recorded(folder, "siren")) == 4


def test_a_mail_waits_in_the_queue_while_the_hub_is_away(hub, postfix, folder):
    hub.stop()
    postfix.send(mail("国民保護情報", LAUNCH))
    line = postfix.until(r"to=<jalert@alerts.test>.*status=")
    assert "status=deferred" in line, line
    assert len(postfix.queue()) == 1
    hub.start()
    let_in(hub)
    watch = hub.watch()
    postfix.flush()
    event = accepted(watch)
    assert "status=sent" in postfix.until(r"to=<jalert@alerts.test>.*status=")
    postfix.until(r"qmgr.*: removed")
    watch.close()
    assert event["verdict"] == "acted"
    hub.settled(event["alert"])
    assert postfix.queue() == []
    assert len(harness.recorded(folder, "siren")) == 1


def test_a_stranger_is_refused_and_the_mail_goes_back(hub, postfix, folder):
    watch = hub.watch()
    postfix.send(mail("国民保護情報", LAUNCH, From="stranger@city.example.jp"), sender="stranger@city.example.jp")
    refused = watch.until(lambda e: e["event"] == "refused")
    assert refused["code"] == "sender-not-allowed"
    assert "status=bounced" in postfix.until(r"to=<jalert@alerts.test>.*status=")
    watch.close()
    assert harness.recorded(folder, "siren") == []


# ---- exit codes, without Postfix ----


def test_exit_codes(hub, folder):
    message = mail("国民保護情報", LAUNCH)
    assert ingest(hub, message).returncode == 0
    assert ingest(hub, message).returncode == 0  # a duplicate
    assert ingest(hub, mail("x", LAUNCH, From="other@city.example.jp")).returncode == 77
    assert ingest(hub, b"").returncode == 65
    assert ingest(hub, b"From: receiver@city.example.jp\r\n\r\n").returncode == 65
    assert ingest(hub, message + b"x" * (1024 * 1024)).returncode == 65
    assert ingest(hub, message, "--feed", "nobody").returncode == 75
    assert ingest(hub, message, "--feed", "local").returncode == 75  # not the mail's fault
    assert ingest(hub, message, "surplus").returncode == 75
    socket = hub.feed_socket("receiver")
    assert ingest(hub, message, "--feed-socket", socket).returncode == 0
    broken = hub.folder / "broken.yaml"
    broken.write_text("site: [")
    run = subprocess.run([harness.BIN / "hansho", "-c", broken, "ingest", "--mail"], input=message, capture_output=True, check=False)
    assert run.returncode == 75, run.stderr
    hub.stop()
    away = ingest(hub, message)
    assert away.returncode == 75 and b"not" in away.stderr
    assert len(harness.recorded(folder, "siren")) == 1


def test_a_mail_is_checked_and_explained(hub, folder):
    file = folder / "launch.eml"
    file.write_bytes(mail("国民保護情報", LAUNCH))
    run = [harness.BIN / "hansho", "-c", hub.config_path]
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    checked = subprocess.run([*run, "check", file], capture_output=True, text=True, check=True, env=env).stdout
    assert "(civil.missile) [launch]" in checked
    explained = subprocess.run([*run, "explain", file], capture_output=True, text=True, check=True, env=env).stdout
    assert "Ballistic missile" in explained and "launch" in explained and "siren" in explained


def test_a_mail_that_no_rule_knows_alarms_staff_by_their_own_channel(folder):
    whole = config(folder)
    whole["channels"].append(harness.fake("staff", folder, drill=False))
    whole["rules"]["live"] = [{"name": "all", "match": {"kinds": ["*"]}, "channels": ["siren", "web"]}]
    whole["alarms"] = {"channels": ["staff"], "gather": "0s"}
    with harness.Hub(whole, folder) as hub:
        watch = hub.watch()
        taken = ingest(hub, mail("お知らせ", "受信機の設定が変わりました。"))
        assert taken.returncode == 0, taken.stderr
        raised = watch.until(lambda e: e["event"] == "alarm" and e["what"] == "mail-unknown")
        watch.until(lambda e: e["event"] == "attempt" and e["delivery"].endswith("/staff"))
        assert raised["subject"] in {a["subject"] for a in hub.ask("status")["alarms"]}
        assert len(harness.recorded(folder, "staff")) == 1
        assert harness.recorded(folder, "siren") == harness.recorded(folder, "web") == []
