"""A gate to stand at: an event with one product and a list of everything."""

from __future__ import annotations

import pytest

from gate import Gate, make_gate


@pytest.fixture
def gate(db: None) -> Gate:
    return make_gate()
