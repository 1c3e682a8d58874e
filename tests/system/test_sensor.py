# SPDX-License-Identifier: Apache-2.0
"""Gauges over a real Mosquitto: readings in, notices out, through the whole hub."""

import json
import signal
import subprocess
import time

import harness
import pytest
from harness import basic_config, fake, recorded

TOPIC = "gauges/natsui"


@pytest.fixture
def broker(folder):
    with harness.Broker(folder) as running:
        yield running


def gauge(**members):
    return {
        "kind": "river_level",
        "place": "夏井川 鎌田",
        "topic": TOPIC,
        "value": "/level",
        "time": "/at",
        "unit": "m",
        "municipalities": ["07204"],
        "confirm": 1,
        "steps": [
            {"on": 3.0, "off": 2.8, "severity": "moderate", "name": "氾濫注意水位"},
            {"on": 4.5, "off": 4.2, "severity": "severe", "name": "氾濫危険水位"},
        ],
        **members,
    }


def configure(folder, broker, gauges, feed_members=None):
    config = basic_config(folder, [fake("page", folder)])
    config["feeds"].append(
        {
            "name": "gauges",
            "formats": ["json"],
            "fetch": {
                "program": "sensor",
                "options": {
                    "brokers": [{"host": "127.0.0.1", "port": broker.port}],
                    "keepalive": "5s",
                    "gauges": gauges,
                },
            },
            **(feed_members or {}),
        }
    )
    return config


def publish(broker, payload, topic=TOPIC, retain=False):
    """QoS 1: it is at the broker when this returns."""
    subprocess.run(
        ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(broker.port), "-q", "1", "-t", topic, "-m", payload]
        + (["-r"] if retain else []),
        check=True,
        timeout=harness.PATIENCE,
    )


class Gauge:
    """Readings with rising times."""

    def __init__(self, broker, start=None):
        self.broker = broker
        self.at = start or time.time() - 600

    def read(self, level, **options):
        self.at += 1
        publish(self.broker, json.dumps({"level": level, "at": self.at}), **options)


def broadcast(watch):
    return watch.until(lambda e: e.get("event") == "accepted" and e["verdict"] == "acted")


def well(watch, state="ok"):
    """Health that is not as the test wants it yet keeps coming."""
    return watch.until(lambda e: e.get("event") == "fetch_health" and e["feed"] == "gauges" and e["state"] == state)


@pytest.fixture
def running(folder, broker):
    with harness.Hub(configure(folder, broker, {"natsui": gauge()}), folder=folder) as hub:
        yield hub


def subscribed(hub, source):
    """Reads a harmless level until the program has heard it: it is subscribed then."""
    watch = hub.watch()
    source.read(1.0)
    if not any(f["name"] == "gauges" and f["fetch"]["state"] == "ok" for f in hub.ask("status")["feeds"]):
        source.read(1.0, retain=True)
        well(watch)
    return watch


def texts(hub, event):
    shown = hub.settled(event["alert"])
    return [b["broadcast"]["texts"]["ja"]["body"] for b in shown["broadcasts"]]


def test_a_river_rises_and_falls(running, broker, folder):
    source = Gauge(broker)
    watch = subscribed(running, source)
    source.read(3.2)
    first = broadcast(watch)
    assert "氾濫注意水位" in texts(running, first)[0] and "夏井川 鎌田" in texts(running, first)[0]
    source.read(3.1)  # nothing new
    source.read(4.6)
    raised = broadcast(watch)
    assert "氾濫危険水位" in texts(running, raised)[0]
    source.read(2.0)
    released = broadcast(watch)
    assert "終了" in texts(running, released)[0]
    assert len(recorded(folder, "page")) == 3
    shown = running.settled(released["alert"])
    thread = shown["broadcasts"][0]["broadcast"]["thread"]
    assert thread == running.settled(first["alert"])["broadcasts"][0]["broadcast"]["thread"]


def test_goes_on_after_a_crash(running, broker, folder):
    source = Gauge(broker)
    watch = subscribed(running, source)
    source.read(3.2)
    broadcast(watch)
    (pid,) = running.children("hansho-fetch-sensor")
    harness.os.kill(pid, signal.SIGKILL)
    well(watch, "down")
    source.read(3.3, retain=True)  # still in force: no second alert
    well(watch)
    source.read(2.0)
    assert "終了" in texts(running, broadcast(watch))[0]
    assert len(recorded(folder, "page")) == 2


def test_says_when_the_broker_is_away(running, broker):
    source = Gauge(broker)
    watch = subscribed(running, source)
    broker.stop()
    event = well(watch, "down")
    assert "no broker" in event["text"]
    broker.start()
    source.read(1.5, retain=True)
    well(watch)


def test_silence_is_not_calm(folder, broker):
    config = configure(folder, broker, {"natsui": gauge(no_data="2s"), "fujiwara": gauge(topic="gauges/other")})
    with harness.Hub(config, folder=folder) as hub:
        watch = hub.watch()
        source = Gauge(broker, time.time() - 1)
        source.read(1.0, retain=True)
        event = well(watch, "degraded")
        assert event["text"] == "no data: fujiwara"
        event = well(watch, "down")  # now neither speaks
        assert "natsui" in event["text"]


def test_a_retained_reading_of_the_morning_says_nothing(folder, broker):
    """The broker hands out old readings as if they were new."""
    old = Gauge(broker, time.time() - 6 * 3600)
    old.read(9.0, retain=True)
    publish(broker, "9.0", topic="gauges/bare", retain=True)
    live = gauge(topic="gauges/live")
    gauges = {"natsui": gauge(), "bare": gauge(topic="gauges/bare", value="", time=""), "live": live}
    with harness.Hub(configure(folder, broker, gauges), folder=folder) as hub:
        watch = hub.watch()
        Gauge(broker).read(1.0, retain=True, topic="gauges/live")
        text = well(watch, "degraded")["text"]
        assert "natsui" in text and "bare" in text
        Gauge(broker).read(3.5)
        texts(hub, broadcast(watch))
        assert len(recorded(folder, "page")) == 1


def test_nonsense_is_named(running, broker):
    source = Gauge(broker)
    watch = subscribed(running, source)
    for payload in ("", "{", '{"level": "high"}', '{"level": 1}', "x" * 20000, '{"level": 99999, "at": 1}'):
        publish(broker, payload)
    source.read(3.5)
    broadcast(watch)
    assert "a reading says nothing" in running.log()


def test_refused_notices_are_staffs_business(folder, broker):
    """The feed takes no JSON: a mistake in the configuration."""
    config = configure(folder, broker, {"natsui": gauge()}, {"formats": ["cap"]})
    with harness.Hub(config, folder=folder) as hub:
        source = Gauge(broker)
        watch = subscribed(hub, source)
        source.read(3.5)
        assert "refuses" in well(watch, "degraded")["text"]


def is_well(hub):
    return any(f["name"] == "gauges" and f["fetch"]["state"] == "ok" for f in hub.ask("status")["feeds"])


def test_what_the_broker_kept_is_not_taken_for_now_without_a_time(folder, broker):
    """A river that rose and fell while nobody listened: bare readings of then are none of now."""
    config = configure(folder, broker, {"natsui": gauge(value="", time="")})
    with harness.Hub(config, folder=folder) as hub:
        while not is_well(hub):
            publish(broker, "1.0")
    publish(broker, "5.0")
    with harness.Hub(config, folder=folder) as hub:
        watch = hub.watch()
        if not is_well(hub):
            well(watch)
        publish(broker, "3.5")
        assert "氾濫注意水位" in texts(hub, broadcast(watch))[0]


BAD = [
    ({"gauges": {}}, "at least one gauge"),
    ({"gauges": {"a": gauge(steps=[])}}, "a: steps"),
    ({"gauges": {"a": gauge(topic="a/#")}}, "a: topic"),
    ({"gauges": {"a": gauge(municipalities=[])}}, "a: municipalities"),
    ({"gauges": {"a": gauge(value="level")}}, "JSON Pointer"),
    ({"gauges": {"a": gauge(value="", time="/at")}}, "time needs value"),
    ({"gauges": {"a": gauge(highest=4)}}, "a: highest"),
    ({"gauges": {"a": gauge(steps=[{"on": 2, "off": 3, "severity": "minor", "name": "x"}])}}, "off must not be above on"),
    (
        {
            "gauges": {
                "a": gauge(
                    steps=[
                        {"on": 3, "off": 2, "severity": "minor", "name": "x"},
                        {"on": 3, "off": 2, "severity": "severe", "name": "y"},
                    ]
                )
            }
        },
        "steps[1]",
    ),
    ({"brokers": []}, "at least one broker"),
]


@pytest.mark.parametrize("change,said", BAD, ids=[said for _, said in BAD])
def test_bad_configuration_is_named(folder, change, said):
    class Nowhere:
        port = 1883

    config = configure(folder, Nowhere, {"natsui": gauge()})
    config["feeds"][-1]["fetch"]["options"].update(change)
    path = folder / "bad.yaml"
    path.write_text(harness.yaml.safe_dump(config, allow_unicode=True))
    checked = subprocess.run(
        [harness.BIN / "hansho", "config", "check", path], capture_output=True, text=True, timeout=harness.PATIENCE
    )
    assert checked.returncode != 0
    assert said in checked.stdout + checked.stderr
