# SPDX-License-Identifier: Apache-2.0
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))


@pytest.fixture
def folder(tmp_path_factory):
    """A folder with a short path: Unix socket names have at most 107 bytes."""
    import shutil
    import tempfile

    path = pathlib.Path(tempfile.mkdtemp(prefix="hansho-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)
