# SPDX-License-Identifier: Apache-2.0
"""A thousand sirens and more."""
import time

import pytest

from driver_harness import make_broadcast
from mqtt_harness import broker, devices, keys, receipts, sirens, start


def test_report_that_nobody_reads_does_not_silence_the_sirens(keys, broker, sirens):
    """The simulator once waited for room in its output pipe, 64 KiB of it, and its devices with it:
    of 1,000 sirens about 100 answered."""
    s = sirens("--count", 400)
    names = [t["id"] for t in devices(400)]
    with start(keys, broker.port) as d:
        d.deliver("b.1/sirens", devices(400), make_broadcast(id="b.1"))
        receipts(d, names, "confirmed", "finished")
    lines = s.stop()  # and nothing of the report is lost for a late reader
    assert sum(l.get("action") == "finished" for l in lines) == 400
    assert lines[-1]["steps"] == {"received": 400, "started": 400, "finished": 400}


@pytest.mark.parametrize("addressing", ["area", "device"])
def test_a_thousand_devices_confirm(keys, broker, sirens, addressing):
    sirens("--count", 1000)
    names = [t["id"] for t in devices(1000)]
    with start(keys, broker.port, addressing=addressing) as d:
        assert d.probe()["state"] == "ok"
        begun = time.monotonic()
        d.deliver("b.1/sirens", devices(1000), make_broadcast(id="b.1"))
        assert set(d.classes().values()) == {"delivered"}
        handed = time.monotonic()
        receipts(d, names, "confirmed", "finished")
        print(f"{addressing}: handed over {(handed - begun) * 1000:.0f} ms, "
              f"all confirmed {(time.monotonic() - begun) * 1000:.0f} ms")
