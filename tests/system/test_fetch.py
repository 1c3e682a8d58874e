# SPDX-License-Identifier: Apache-2.0
"""From a web server or a folder through a fetch program, ingest and the hub to a channel: once,
whoever is killed on the way."""

import datetime
import os
import random
import signal
import sys

import harness
import pytest
from harness import TOP, basic_config, fake, now, recorded, telegram

sys.path.insert(0, str(TOP / "tests" / "ingest"))
from web_site import Site, atom  # noqa: E402

RAIN = [("rain-1-level3.xml", -4), ("rain-2-level5.xml", -3), ("rain-3-lowered.xml", -2), ("rain-4-release.xml", -1)]


def config(folder, feeds):
    whole = basic_config(folder, [fake("page", folder)], feeds=())
    whole["feeds"] = feeds
    return whole


def jma(site, **options):
    given = {"feeds": [{"url": site.url("feed/extra.xml")}], "interval": "200ms", "at": "0s", "jitter": "0s",
             "down_after": "1s", "retry_first": "50ms", "private_addresses": True, **options}
    return {"name": "jma", "formats": ["jmx"], "fetch": {"program": "atom", "options": given}}


def spool(folder):
    drop = folder / "drop"
    drop.mkdir()
    return drop, {"name": "drop", "fetch": {"program": "spool", "options": {"folder": str(drop), "rescan": "100ms"}}}


def publish(site, count):
    """The first count telegrams of a rain warning's life, newest first in the feed."""
    links = []
    for number, (name, minutes) in enumerate(RAIN[:count]):
        at = now() + datetime.timedelta(minutes=minutes)
        stamp = at.astimezone(datetime.timezone.utc).strftime("%Y%m%d%H%M%S")
        path = f"data/{stamp}_0_VPWW55_07000{number}.xml"
        if not (site.folder / "site" / path).exists() and number not in site.shown:
            site.put(path, telegram(name, at))
            site.shown[number] = (path, at)
        links.insert(0, (site.url(site.shown[number][0]), site.shown[number][1]))
    site.put("feed/extra.xml", atom(links))


@pytest.fixture(name="site")
def make_site(folder):
    with Site(folder) as site:
        site.shown = {}
        yield site


def fetch_of(hub, feed="jma"):
    return next(f for f in hub.ask("status")["feeds"] if f["name"] == feed)["fetch"]


def until_state(hub, watch, state, feed="jma"):
    while fetch_of(hub, feed)["state"] != state:
        watch.until(lambda e: e["event"] == "fetch_health")


def accepted_digests(watch, count):
    """The next count accepted alerts, in their order."""
    return [watch.until(lambda e: e["event"] == "accepted")["alert"] for _ in range(count)]


def test_from_the_web_to_the_channel_once(folder, site):
    publish(site, 1)
    with harness.Hub(config(folder, [jma(site)]), folder=folder) as hub:
        watch = hub.watch()
        publish(site, 2)
        second = accepted_digests(watch, 1 if hub.ask("status")["feeds"][0]["messages"] else 2)[-1]
        hub.settled(second)
        site.wait(lambda: len([r for r in site.requests("/feed/") if r[0] == 304]) >= 3)
        keys = recorded(folder, "page")
        assert len(keys) == len(set(keys)) == 2
        fetch = fetch_of(hub)
        assert fetch["state"] == "ok" and fetch["age_s"] < 60 and fetch["program"] == "atom"
        assert hub.ask("status")["health"]["state"] == "ok"
        watch.close()


def test_a_source_that_fails_degrades_the_hub_and_ends_nothing(folder, site):
    publish(site, 1)
    with harness.Hub(config(folder, [jma(site)]), folder=folder) as hub:
        watch = hub.watch()
        until_state(hub, watch, "ok")
        site.stop()
        until_state(hub, watch, "down")
        fetch = fetch_of(hub)
        assert fetch["state"] == "down" and "no good poll" in fetch["text"]
        health = hub.ask("status")["health"]
        assert health["state"] == "degraded" and any("jma is down" in reason for reason in health["reasons"])
        site.start()
        until_state(hub, watch, "ok")
        watch.close()


def test_a_killed_fetch_program_is_started_again_and_repeats_nothing(folder, site):
    chance = random.Random(7)
    with harness.Hub(config(folder, [jma(site)]), folder=folder) as hub:
        watch = hub.watch()
        for count in range(1, len(RAIN) + 1):
            publish(site, count)
            if chance.random() < 0.5:
                watch.until(lambda e: e["event"] == "accepted")
            for pid in hub.children("hansho-fetch-atom"):
                os.kill(pid, signal.SIGKILL)
        site.wait(lambda: hub.ask("status")["totals"]["unfinished"] == 0
                  and len(recorded(folder, "page")) >= len(RAIN))
        keys = recorded(folder, "page")
        assert len(keys) == len(set(keys)) == len(RAIN)
        watch.close()


def test_a_hub_killed_while_a_folder_is_read_loses_no_file(folder):
    drop, feed = spool(folder)
    names = [name for name, _ in RAIN]
    running = harness.Hub(config(folder, [feed]), folder=folder, check_clean=False)
    for number, (name, minutes) in enumerate(RAIN):
        (drop / f"{number}-{name}.tmp").write_bytes(telegram(name, now() + datetime.timedelta(minutes=minutes)))
        (drop / f"{number}-{name}.tmp").rename(drop / f"{number}-{name}")
        running.start()
        running.kill()
    with running.start() as hub:
        watch = hub.watch()
        done = lambda: sorted(p.name for p in (drop / "done").iterdir())
        wanted = [f"{number}-{name}" for number, name in enumerate(names)]
        while done() != wanted:
            watch.until(lambda e: e["event"] in ("accepted", "duplicate", "attempt", "fetch_health"), timeout=60)
        assert list((drop / "refused").iterdir()) == []
        watch.close()


def test_a_memory_that_cannot_be_written_is_told(folder, site):
    (folder / "state" / "fetch").mkdir(parents=True)
    (folder / "state" / "fetch" / "jma").write_text("no folder")
    publish(site, 1)
    with harness.Hub(config(folder, [jma(site)]), folder=folder) as hub:
        watch = hub.watch()
        until_state(hub, watch, "degraded")
        assert "cannot be written" in fetch_of(hub)["text"]
        watch.close()
