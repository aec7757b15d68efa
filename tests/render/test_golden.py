"""Page content, byte for byte, as it was when somebody last looked at it on paper.

A change here is a change of what customers print. If it is meant:

    python tests/render/test_golden.py
"""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest

from render.test_corpus import printed

GOLDEN = Path(__file__).parent / "golden"
CASES = ["p01_everyday_a4", "p05_textarea_legacy", "p07_rotation", "p14_poweredby"]


@pytest.mark.parametrize("case", CASES)
def test_page_content_is_what_it_was(case: str) -> None:
    assert content(case) == (GOLDEN / f"{case}.bin").read_bytes()


def content(case: str) -> bytes:
    with pikepdf.open(io.BytesIO(printed(case))) as document:
        return b"\n".join(page.Contents.read_bytes() for page in document.pages)


if __name__ == "__main__":
    for name in CASES:
        (GOLDEN / f"{name}.bin").write_bytes(content(name))
