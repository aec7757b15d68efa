"""Asks for batches and a print in the database of the environment, as a server does that takes no
part in what follows; prints the jobs as JSON.

    python -m e2e.request_batches AMOUNT [BATCHES]
"""

from __future__ import annotations

import json
import sys

import django


def main(amount: int, batches: int = 1) -> None:
    django.setup()
    from batches.making import ask, somebody
    from counterfoil.batches.models import OfflineSalesBatch
    from counterfoil.batches.services import request_print

    stock = OfflineSalesBatch.objects.all()[0]
    asked = [ask(stock.item, amount).pk.hex for _ in range(batches)]
    printed = request_print(actor=somebody(stock.item), batch=stock)
    print(json.dumps([*asked, printed.pk.hex]))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
