"""Asks for a print of each of the last batches in the database of the environment, as a server does
that takes no part in what follows; prints the jobs as JSON.

    python -m e2e.request_prints BATCHES
"""

from __future__ import annotations

import json
import sys

import django


def main(batches: int) -> None:
    django.setup()
    from batches.making import somebody
    from counterfoil.batches.models import OfflineSalesBatch
    from counterfoil.batches.services import request_print

    last = OfflineSalesBatch.objects.order_by("-pk")[:batches]
    asked = [request_print(actor=somebody(batch.item), batch=batch) for batch in last]
    print(json.dumps([request.pk.hex for request in asked]))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
