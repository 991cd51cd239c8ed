"""Ten thousand bundles with planted values; `make test` reads the first hundred."""

import os
import subprocess

import pytest

BUNDLES = 10_000


@pytest.mark.long
def test_no_planted_value_leaves(request):
    path = request.config.rootpath / "build/src/planted_test"
    assert path.exists(), f"{path} is not there: run `make build`"
    done = subprocess.run([path, "check_bundles"], capture_output=True, text=True, timeout=3600,
                          env=os.environ | {"TORANA_BUNDLES": str(BUNDLES)})
    assert done.returncode == 0, done.stdout + done.stderr
