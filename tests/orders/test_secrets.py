from __future__ import annotations

import re
from collections import Counter

from counterfoil.orders.secrets import (
    SECRET_LETTERS,
    draw_order_secrets,
    draw_pseudonymization_ids,
    draw_secrets,
)


def test_secrets_are_32_lower_case_letters_and_digits() -> None:
    drawn = draw_secrets(2000)

    assert len(set(drawn)) == 2000
    assert all(re.fullmatch("[a-z0-9]{32}", secret) for secret in drawn)


def test_every_letter_is_equally_likely() -> None:
    counts = Counter("".join(draw_secrets(10_000)))

    expected = 320_000 / len(SECRET_LETTERS)
    # 36 letters: chi-squared with 35 degrees of freedom exceeds 90 once in a million draws.
    assert sum((counts[letter] - expected) ** 2 / expected for letter in SECRET_LETTERS) < 90


def test_other_secrets_have_their_own_forms() -> None:
    assert re.fullmatch("[a-z0-9]{16}", draw_order_secrets(1)[0])
    assert re.fullmatch("[A-HJ-NP-Z379]{10}", draw_pseudonymization_ids(1)[0])


def test_nothing_can_be_drawn() -> None:
    assert draw_secrets(0) == []
