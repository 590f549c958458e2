"""One valid packet with its authority and trust, made once."""

from __future__ import annotations

import pytest

from tests.review.packets.authority import OPENSSL, TestAuthority
from tests.review.packets.bench import Bench, make_bench


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> TestAuthority:
    if OPENSSL is None:
        pytest.skip("no openssl program: tokens cannot be made here")
    return TestAuthority(tmp_path_factory.mktemp("tsa") / "rsa")


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory, authority: TestAuthority) -> Bench:
    return make_bench(tmp_path_factory.mktemp("bench"), authority)
