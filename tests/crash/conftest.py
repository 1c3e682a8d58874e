# SPDX-License-Identifier: Apache-2.0
import pathlib
import shutil
import sys
import tempfile

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "system"))


@pytest.fixture
def folder():
    """A folder with a short path: Unix socket names have at most 107 bytes."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="hansho-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)
