# SPDX-License-Identifier: Apache-2.0
"""A feed by HTTP through the whole hub: 201 means on disk; tokens are read again at SIGHUP."""

import json
import os
import signal
import urllib.error
import urllib.request

import harness
import pytest
from harness import basic_config, fake, recorded, telegram

OLD, NEW = "the-token-of-last-year", "the-token-of-this-year"


@pytest.fixture
def hub(folder):
    (folder / "token").write_text(OLD + "\n")
    (folder / "token").chmod(0o600)
    config = basic_config(folder, [fake("page", folder)])
    config["feeds"].append(
        {"name": "web", "formats": ["jmx"], "http": {"listen": "127.0.0.1:0", "token_file": str(folder / "token")}}
    )
    with harness.Hub(config, folder=folder) as running:
        yield running


def port(hub):
    web = next(f for f in hub.ask("status")["feeds"] if f["name"] == "web")
    return web["listeners"][0]["port"]


def post(hub, body, token):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port(hub)}/v1/alerts", data=body, headers={"Authorization": f"Bearer {token}", "Content-Type": "application/xml"}
    )
    try:
        with urllib.request.urlopen(request, timeout=harness.PATIENCE) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read() or b"{}")


def test_created_means_on_disk(hub, folder):
    body = telegram("tsunami-1-major.xml")
    status, answer = post(hub, body, OLD)
    assert status == 201
    hub.kill()  # nothing was left to write
    hub.start()
    assert hub.settled(answer["accepted"])["broadcasts"]
    assert post(hub, body, OLD) == (200, {"duplicate": answer["accepted"]})
    assert len({json.loads(line)["key"] for line in recorded(folder, "page")}) == 1  # sent again under one key at most


def test_what_is_not_taken_says_so(hub):
    assert post(hub, b"<nonsense/>", OLD)[0] == 422
    assert post(hub, telegram("tsunami-1-major.xml"), NEW)[0] == 401


def test_a_new_token_counts_from_sighup_on(hub, folder):
    watch = hub.watch()
    (folder / "token").write_text(NEW + "\n")
    assert post(hub, telegram("earthquake.xml"), NEW)[0] == 401
    os.kill(hub.process.pid, signal.SIGHUP)
    watch.until(lambda e: e["event"] == "certificates")
    assert post(hub, telegram("earthquake.xml"), OLD)[0] == 401
    assert post(hub, telegram("earthquake.xml"), NEW)[0] == 201


def test_a_token_that_cannot_be_read_leaves_the_old_one_and_alarms(hub, folder):
    watch = hub.watch()
    (folder / "token").write_text("short\n")
    os.kill(hub.process.pid, signal.SIGHUP)
    watch.until(lambda e: e["event"] == "alarm" and e["what"] == "certificates")
    assert post(hub, telegram("earthquake.xml"), OLD)[0] == 201
    (folder / "token").write_text(NEW + "\n")
    os.kill(hub.process.pid, signal.SIGHUP)
    watch.until(lambda e: e["event"] == "alarm_over" and e["what"] == "certificates")
    assert post(hub, telegram("tsunami-1-major.xml"), NEW)[0] == 201
