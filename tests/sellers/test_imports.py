from __future__ import annotations

import pytest

from counterfoil.batches.tables import BatchTable
from counterfoil.core.refusals import Invalid
from counterfoil.sellers import imports
from counterfoil.sellers.models import Seller
from makers import make_organizer


@pytest.mark.django_db
def test_a_file_of_too_many_sellers_is_refused_before_anything_is_written() -> None:
    organizer = make_organizer()
    rows = [[f"Kiosk {number}"] for number in range(imports.MOST + 1)]

    with pytest.raises(Invalid, match=str(imports.MOST)):
        imports.import_sellers(actor=None, organizer=organizer, table=BatchTable(("name",), rows))
    assert not Seller.objects.exists()
    table = BatchTable(("name",), rows[1:])
    assert len(imports.import_sellers(actor=None, organizer=organizer, table=table)) == imports.MOST
