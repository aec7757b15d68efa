"""Makes what a box office begins with, in the database of the environment; prints it as JSON.

python -m e2e.fixtures
"""

from __future__ import annotations

import json

import django

PRINTED = 40


def main() -> None:
    django.setup()
    from batches.making import make
    from makers import make_event, make_item, make_organizer, make_quota, make_team, make_token

    organizer = make_organizer(slug="mill")
    event = make_event(organizer, slug="fair", name={"en": "Fair at the Mill"})
    left, right = make_item(event, quota=1000), make_item(event, quota=1000)
    make_quota(event, name="Shared", size=500, items=[right, left])
    items = {
        "plenty": make_item(event, quota=1_000_000),
        "myriad": make_item(event, quota=10_000),
        "thousand": make_item(event, quota=1000),
        "few": make_item(event, quota=10),
        "left": left,
        "right": right,
    }
    _, authorization = make_token(make_team(organizer))
    batch = make(items["plenty"], PRINTED)
    facts = {
        "authorization": authorization,
        "items": {name: item.pk for name, item in items.items()},
        "batch": batch.pk,
    }
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
