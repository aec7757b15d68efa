from __future__ import annotations

import pytest

from counterfoil.core.ids import row_id


@pytest.mark.parametrize("written", [7, "7", "007"])
def test_an_id_is_a_number_or_its_digits(written: object) -> None:
    assert row_id(written) == 7


def test_the_largest_id_is_what_a_database_holds() -> None:
    assert row_id(str(2**63 - 1)) == row_id(2**63 - 1) == 2**63 - 1


@pytest.mark.parametrize(
    "written",
    [None, "", "x", "-1", "+1", " 1", "1_0", "²", "٣", "9" * 5000, -1, 1.0, True, [1], 2**63],
)
def test_what_no_row_can_have_is_no_id(written: object) -> None:
    assert row_id(written) is None
