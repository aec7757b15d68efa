"""Writes the files of the built-in background anew: ``python -m counterfoil.layouts.builtin``."""

from __future__ import annotations

from counterfoil.layouts.builtin import BACKGROUND_PDF, COMPILED_BACKGROUND
from counterfoil.layouts.builtin.drawing import background_pdf
from counterfoil.render import compile_background


def main() -> None:
    pdf = background_pdf()
    BACKGROUND_PDF.write_bytes(pdf)
    COMPILED_BACKGROUND.write_bytes(compile_background(pdf).to_bytes())


if __name__ == "__main__":
    main()
