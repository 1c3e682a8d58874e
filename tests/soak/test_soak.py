# SPDX-License-Identifier: Apache-2.0
"""The short soak: the first two hours of the day, in which our town has an earthquake, a tsunami, rain, a flood and a power cut."""

import pytest
import soak


@pytest.mark.skipif(not (soak.harness.BIN / "hanshod").exists(), reason="HANSHO_BIN does not name the folder of the built programs")
def test_two_hours_of_the_country_go_as_the_replay_says():
    # Under sanitizers memory says nothing; tests/soak/run judges it on the optimised build.
    assert not soak.run(hours=2, speed=600, seed=1)
