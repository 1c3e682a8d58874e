# SPDX-License-Identifier: Apache-2.0
"""The older telegrams beside the newer ones through the real hub: what it has seen lies in the
store, so it knows after a restart, too, who serves."""

import datetime

import pytest

from harness import Hub, basic_config, fake, now, recorded, telegram


def at(minutes):
    return now() + datetime.timedelta(minutes=minutes)


@pytest.fixture
def hub(folder):
    with Hub(basic_config(folder, [fake("mail", folder)]), folder) as running:
        yield running


def take(hub, name, when):
    """The verdict of one telegram and its broadcasts, delivered."""
    answer = hub.send(telegram(name, when))
    assert "accepted" in answer, answer
    shown = hub.settled(answer["accepted"])
    return shown["alert"]["verdict"], len(shown["broadcasts"])


def test_the_newer_set_silences_the_older_also_after_a_restart(hub, folder):
    assert take(hub, "rain-1-level3.xml", at(-10)) == ("acted", 1)
    assert take(hub, "old-warning.xml", at(-9)) == ("nothing", 0)
    hub.stop()
    hub.start()
    assert take(hub, "old-warning.xml", at(-1)) == ("nothing", 0)
    assert take(hub, "old-special-1.xml", at(0)) == ("nothing", 0)
    assert len(recorded(folder, "mail")) == 1


@pytest.mark.parametrize("first,second,verdict", [
    ("record-rain.xml", "old-record-rain.xml", "nothing"),
    ("old-record-rain.xml", "record-rain.xml", "no-change"),
])
def test_record_rain_is_told_once_in_either_order(hub, folder, first, second, verdict):
    when = at(-1)
    assert take(hub, first, when) == ("acted", 1)
    assert take(hub, second, when) == (verdict, 0)
    assert len(recorded(folder, "mail")) == 1


def test_the_old_set_alone_goes_its_whole_way(hub, folder):
    assert take(hub, "old-special-1.xml", at(-30)) == ("acted", 1)
    # Code 00: told, and the state keeps the warning until one says what is in force now.
    assert take(hub, "old-special-2-switch.xml", at(-20)) == ("acted", 1)
    rain = [row for row in hub.ask("status")["in_force"] if row["slot"] == "weather.rain"]
    assert [row["severity"] for row in rain] == ["extreme"]
    verdict, broadcasts = take(hub, "old-warning.xml", at(-10))
    assert verdict == "acted" and broadcasts >= 2  # lowered, and what is new beside it
    # The newer set comes back and takes over.
    assert take(hub, "rain-2-level5.xml", at(-1)) == ("acted", 1)
    assert take(hub, "old-warning.xml", at(0)) == ("nothing", 0)
