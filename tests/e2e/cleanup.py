"""Removes what nobody can ask for any more, as a worker does every ten minutes.

python -m e2e.cleanup
"""

from __future__ import annotations

import django


def main() -> None:
    django.setup()
    from counterfoil.jobs import tasks

    tasks.clean()


if __name__ == "__main__":
    main()
