# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments of a run. HANSHO_CRASH_KILLS: how many in all (200);
HANSHO_CRASH_SEED: the seed that a failed run has printed."""

import os
import random
import signal
import time

import pytest
from crash_town import Moments, Town, needs_crash_points, offspring

KILLS = int(os.environ.get("HANSHO_CRASH_KILLS", "200"))
SEED = int(os.environ.get("HANSHO_CRASH_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)

# What may die, and its share of the kills. A hub of its own life makes agents start at once again,
# which they otherwise do later after each death.
RUNS = {
    "agents": {"hub": 0.12, "hansho-ingest": 0, "agent": 0.88},
    "hub": {"hub": 1, "hansho-ingest": 0, "agent": 0},
    "everything": {"hub": 0.15, "hansho-ingest": 0.25, "agent": 0.6},
}
SHARE = {"agents": 0.25, "hub": 0.2, "everything": 0.55}


def choose(town, rng, weights):
    """A living process, 0 when there is none of the wanted kind now."""
    kind = rng.choices(list(weights), list(weights.values()))[0]
    if kind == "hub":
        return kind, town.hub.process.pid
    living = offspring(town.hub.process.pid)
    found = sorted(pid for pid, name in living.items() if (name == "hansho-ingest") == (kind == "hansho-ingest"))
    return kind, rng.choice(found) if found else 0


def kill(town, kind, pid):
    if kind == "hub":
        town.hub.kill()
        town.start_hub()
        return
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it has just ended by itself


@pytest.mark.parametrize("run", RUNS)
def test_nothing_is_lost(folder, run):
    needs_crash_points()  # they make no difference here, but the build that has them is the one that is meant
    rng = random.Random(f"{SEED}/{run}")
    kills = max(1, round(KILLS * SHARE[run]))
    print(f"HANSHO_CRASH_SEED={SEED} run={run} kills={kills}")
    with Town(folder) as town:
        moments = Moments(town, rng)
        moments.attach()
        done = {}
        while sum(done.values()) < kills:
            town.feed.send(1)
            moments.wait()
            kind, pid = choose(town, rng, RUNS[run])
            if pid:
                moments.detach() if kind == "hub" else None
                kill(town, kind, pid)
                done[kind] = done.get(kind, 0) + 1
                moments.attach() if kind == "hub" else None
        moments.detach()
        start = time.monotonic()
        town.settle(120)
        sums = town.check()
        print(f"{done}, settled {time.monotonic() - start:.1f} s after the last, resent {town.feed.resent}: {dict(sums)}")
        assert sums["sounded"] > 0 and sums["delivered"] > 0
