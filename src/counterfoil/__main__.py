"""``python -m counterfoil``: the command line, where no script is on the path."""

from __future__ import annotations

from counterfoil.cli.main import main

main()
