# SPDX-License-Identifier: Apache-2.0
"""What came too late waits for staff; what follows it must neither be lost nor be said of nothing."""

import datetime

import harness
from harness import basic_config, delivery, fake, now, recorded, telegram

LATE = datetime.timedelta(minutes=40)


def test_a_fresh_telegram_goes_out_and_withdraws_the_late_one(folder):
    with harness.Hub(basic_config(folder, [fake("a", folder)]), folder=folder) as hub:
        late = hub.send(telegram("tsunami-1-major.xml", at=now() - LATE))["accepted"]
        assert delivery(hub.ask("show", id=late), "a")["state"] == "held"
        fresh = hub.send(telegram("tsunami-1-major.xml"))["accepted"]
        assert delivery(hub.settled(fresh), "a")["delivered"] == 1
        assert delivery(hub.ask("show", id=late), "a")["state"] == "cancelled"
        assert len(recorded(folder, "a")) == 1


def test_the_end_of_what_nobody_heard_is_not_announced(folder):
    with harness.Hub(basic_config(folder, [fake("a", folder)]), folder=folder) as hub:
        late = hub.send(telegram("tsunami-1-major.xml", at=now() - LATE))["accepted"]
        end = hub.send(telegram("tsunami-4-release.xml"))["accepted"]
        shown = hub.ask("show", id=end)
        assert delivery(shown, "a")["state"] == "held"
        assert "nobody was told" in shown["broadcasts"][0]["hold_reason"]
        assert delivery(hub.ask("show", id=late), "a")["state"] == "cancelled", "nobody may release it any more"
        assert recorded(folder, "a") == []


def test_what_staff_released_was_heard_and_its_end_goes_out(folder):
    with harness.Hub(basic_config(folder, [fake("a", folder)]), folder=folder) as hub:
        late = hub.send(telegram("tsunami-1-major.xml", at=now() - LATE))["accepted"]
        hub.ask("release", id=f"{late}.1")
        hub.settled(late)
        end = hub.send(telegram("tsunami-4-release.xml"))["accepted"]
        assert delivery(hub.settled(end), "a")["delivered"] == 1
        assert len(recorded(folder, "a")) == 2
