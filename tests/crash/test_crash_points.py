# SPDX-License-Identifier: Apache-2.0
"""kill -9 at each named point of the code (base/crash_point.h): one process dies there once, is
started again, and nothing is lost, doubled or unaccounted for."""

import pathlib
import re

import harness
import pytest
from crash_town import Town, needs_crash_points

ALL = ("sirens", "mail", "webhook", "fake", "held")
TELEGRAMS = 6

# With which systems, and after how many telegrams the point becomes deadly.
EVERYTHING = [(ALL, 0), (ALL, 1), (ALL, 3)]
POINTS = {
    "ingest.received": [(("fake",), 0), (("fake",), 2)],
    "ingest.sent": [(("fake",), 0), (("fake",), 2)],
    "ingest.answered": [(("fake",), 0), (("fake",), 2)],
    "hub.turn.begun": EVERYTHING,
    "hub.turn.accepted": EVERYTHING,
    "hub.turn.claimed": EVERYTHING,
    "hub.turn.committed": EVERYTHING,
    "hub.turn.sent": EVERYTHING,
    "hub.batch.sent": EVERYTHING,
    "agent.received": [((one,), 1) for one in ALL],
    "agent.at_risk": [((one,), 1) for one in ALL],
    "agent.delivered": [((one,), 1) for one in ALL],
    "agent.reported": [((one,), 1) for one in ALL],
    "mqtt.published": [(("sirens",), 0), (("sirens",), 3)],
}

CASES = [
    pytest.param(point, systems, after, id=f"{point}-{systems[0] if len(systems) == 1 else 'all'}-{after}")
    for point, rows in POINTS.items()
    for systems, after in rows
]


def test_every_point_of_the_code_has_its_case():
    found = set()
    for source in harness.TOP.glob("*/**/*.c"):
        if "tests" not in source.relative_to(harness.TOP).parts and "build" not in source.relative_to(harness.TOP).parts:
            found.update(re.findall(r'CRASH_POINT\("([^"]+)"\)', source.read_text()))
    assert found == set(POINTS)


@pytest.mark.parametrize("point, systems, after", CASES)
def test_death_at(folder, point, systems, after):
    needs_crash_points()
    once = pathlib.Path(folder) / "died"
    once.touch()  # not yet
    env = {"HANSHO_CRASH_AT": point, "HANSHO_CRASH_ONCE": str(once)}
    with Town(folder, systems, env=env, fake_ms=1) as town:
        town.feed.send(after)
        assert town.feed.wait_answered(harness.PATIENCE)  # their deliveries may be on the way
        once.unlink()
        town.feed.send(TELEGRAMS - after)
        town.settle()
        assert once.exists(), f"nothing passed {point}"
        sums = town.check()
        print(f"hub started {town.hub_starts} times, resent {town.feed.resent}: {dict(sums)}")
        assert sums["deliveries"] == TELEGRAMS * len(systems)
        assert town.hub_starts == (2 if point.startswith("hub.") else 1)
        assert sums["quarantined"] == sums["failed"] == sums["expired"] == 0
        if point.startswith("ingest."):
            assert sums["unknown"] == sums["resent_unknown"] == 0 and town.feed.resent > 0
