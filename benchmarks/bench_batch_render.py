"""Prints 10,000 tickets of the built-in layout from the database, as a worker does.

    python benchmarks/bench_batch_render.py [--amount 10000] [--named]

The floor is a bare loop in the same run that only encodes the same secrets at level H with zint, as
it is, and deflates the same page streams. Printing may cost twice that, reading the database
included. The engine's own encoder tells zint which mask to take, which saves three quarters of its
time, so the same loop over that is told as well. ``--named`` gives every ticket an attendee, which
makes one more text unique.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import zint

SMALL = 1000
RUNS = 3
MOST_RATIO, MOST_MB, MOST_BYTES = 2.0, 150, 1700


def main() -> None:
    asked = _arguments()
    if asked.child:
        _setup()
        print(json.dumps(CHILDREN[asked.child](asked)))
        return
    with tempfile.TemporaryDirectory(prefix="counterfoil-bench-") as folder:
        os.environ["COUNTERFOIL_DATA_DIR"] = folder
        _report(asked, _measure(asked))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else "")
    parser.add_argument("--amount", type=int, default=10_000)
    parser.add_argument("--named", action="store_true")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--job", help=argparse.SUPPRESS)
    return parser.parse_args()


def _measure(asked: argparse.Namespace) -> dict[str, Any]:
    """Run each in turns, in a process of its own; the best run of each counts."""
    made = _child(asked, "prepare")
    few = _child(asked, "print", made["few"])
    prints, floors, reads = [], [], []
    for job in made["jobs"]:
        prints.append(_child(asked, "print", job))
        floors.append(_child(asked, "floor", job))
        reads.append(_child(asked, "read", job))
    best = min(prints, key=lambda each: float(each["cpu_s"]))
    return {
        **best,
        "floor_s": min(each["cpu_s"] for each in floors),
        "own_floor_s": min(each["own_cpu_s"] for each in floors),
        "read_s": min(each["cpu_s"] for each in reads),
        "bytes_per_ticket": (best["bytes"] - few["bytes"]) / (asked.amount - SMALL),
        "fixed_bytes": few["bytes"]
        - SMALL * (best["bytes"] - few["bytes"]) / (asked.amount - SMALL),
    }


def _child(asked: argparse.Namespace, what: str, job: str = "") -> dict[str, Any]:
    command = [sys.executable, __file__, "--child", what, "--amount", str(asked.amount)]
    command += ["--job", job] if job else []
    command += ["--named"] if asked.named else []
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _report(asked: argparse.Namespace, found: dict[str, Any]) -> None:
    ratio = found["cpu_s"] / found["floor_s"]
    each = 1e6 / asked.amount
    print(f"{asked.amount:,} tickets of the built-in layout{', named' if asked.named else ''}:")
    print(f"  printing   {found['cpu_s']:7.2f} s CPU  {found['cpu_s'] * each:5.0f} us a ticket")
    print(f"  of these, database and values alone {found['read_s'] * each:5.0f} us a ticket")
    print(f"  floor      {found['floor_s']:7.2f} s CPU  {found['floor_s'] * each:5.0f} us a ticket")
    own = found["own_floor_s"]
    print(f"    (by our encoder {own * each:.0f} us; printing is {found['cpu_s'] / own:.2f} of it)")
    print(f"  ratio      {ratio:7.2f}        (at most {MOST_RATIO})")
    print(f"  peak       {found['peak_mb']:7.0f} MB     (at most {MOST_MB})")
    print(f"  size       {found['bytes_per_ticket']:7.0f} bytes a ticket (at most {MOST_BYTES})")
    print(f"             {found['fixed_bytes'] / 1024:7.0f} KiB background and fonts")
    within = (
        ratio <= MOST_RATIO
        and found["peak_mb"] <= MOST_MB
        and found["bytes_per_ticket"] <= MOST_BYTES
    )
    sys.exit(not within)


def _setup() -> None:
    root = Path(__file__).parents[1]
    sys.path[:0] = [str(root / "src"), str(root / "tests")]
    os.environ["DJANGO_SETTINGS_MODULE"] = "counterfoil.config.settings"
    import django

    django.setup()


def _prepare(asked: argparse.Namespace) -> dict[str, Any]:
    """Make an event with as many orders of one ticket each, and ask for the prints."""
    from django.core.management import call_command

    from counterfoil.accounts.actors import TokenActor
    from counterfoil.printing.services import PrintItem, request_render
    from makers import make_event, make_item, make_team, make_token

    call_command("migrate", verbosity=0)
    event = make_event(name={"en": "Summer Night Concert"})
    positions = _sell(event, make_item(event), asked)
    actor = TokenActor(make_token(make_team(event.organizer))[0])

    def ask(amount: int) -> str:
        parts = [PrintItem(pk) for pk in positions[:amount]]
        return str(request_render(event=event, actor=actor, parts=parts, purpose="bench").pk)

    return {"few": ask(SMALL), "jobs": [ask(asked.amount) for _ in range(RUNS)]}


def _sell(event: Any, item: Any, asked: argparse.Namespace) -> list[int]:
    import secrets

    from counterfoil.core import clock
    from counterfoil.orders.models import Order, OrderPosition

    moment, web = clock.now(), event.organizer.sales_channels.get()
    shared: dict[str, Any] = {"organizer": event.organizer}
    orders = [
        Order(
            **shared,
            event=event,
            code=f"{number:06}",
            status="p",
            secret=secrets.token_hex(8),
            sales_channel=web,
            datetime=moment,
            expires=moment,
            total=item.default_price,
            last_modified=moment,
        )
        for number in range(asked.amount)
    ]
    positions = [
        OrderPosition(
            **shared,
            order=order,
            item=item,
            price=item.default_price,
            tax_rate=0,
            tax_value=0,
            secret=secrets.token_hex(16),
            pseudonymization_id=f"{number:010}",
            attendee_name_parts={"full_name": f"Guest {number}"} if asked.named else {},
        )
        for number, order in enumerate(Order.objects.bulk_create(orders))
    ]
    return [position.pk for position in OrderPosition.objects.bulk_create(positions)]


def _print(asked: argparse.Namespace) -> dict[str, Any]:
    from uuid import UUID

    from counterfoil.files import services as files
    from counterfoil.jobs.models import Job
    from counterfoil.jobs.runner import run

    began = time.process_time()
    run(UUID(asked.job))
    cpu_s = time.process_time() - began
    job = Job.objects.get(pk=asked.job)
    if job.result_file is None:
        raise SystemExit(f"the job failed: {job.message}")
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"cpu_s": cpu_s, "peak_mb": peak_kb / 1024, "bytes": files.size(job.result_file)}


def _read(asked: argparse.Namespace) -> dict[str, Any]:
    """Read the tickets and tell their values, and print nothing."""
    from counterfoil.layouts.queries import Choice
    from counterfoil.printing.models import RenderRequest
    from counterfoil.printing.plans import plan_for
    from counterfoil.printing.variables.ticket_source import TicketSource

    request = RenderRequest.objects.get(pk=asked.job)
    plan = plan_for(Choice(**request.layouts[0]))
    began = time.process_time()
    source = TicketSource(request.event, needs=plan.needs, images=plan.images, now=request.created)
    for _ in source.tickets([position for position, _ in request.parts]):
        pass
    return {"cpu_s": time.process_time() - began}


def _floor(asked: argparse.Namespace) -> dict[str, Any]:
    """Only encode the codes and deflate the streams that printing made."""
    import pikepdf
    from django.core.files.storage import default_storage

    from counterfoil.jobs.models import Job
    from counterfoil.orders.models import OrderPosition
    from counterfoil.printing.models import RenderRequest
    from counterfoil.render.codes import Level, Symbology, encode
    from counterfoil.render.pdf.deflate import deflate

    stored = Job.objects.get(pk=asked.job).result_file
    with pikepdf.open(default_storage.path(str(stored))) as pdf:
        streams = [page.Contents.read_bytes() for page in pdf.pages]
    secret_of = dict(OrderPosition.objects.values_list("pk", "secret"))
    parts = RenderRequest.objects.get(pk=asked.job).parts
    secrets = [secret_of[position] for position, _ in parts]

    def cpu_s(encode_one: Callable[[str], object]) -> float:
        began = time.process_time()
        for secret, stream in zip(secrets, streams, strict=True):
            encode_one(secret)
            deflate(stream)
        return time.process_time() - began

    own = partial(encode, Symbology.QR, level=Level.H)
    return {"cpu_s": cpu_s(_encode_plainly), "own_cpu_s": cpu_s(own)}


def _encode_plainly(secret: str) -> None:
    symbol = zint.Symbol()
    symbol.symbology = zint.Symbology.QRCODE
    symbol.option_1 = 4  # level H
    symbol.encode(secret)


CHILDREN = {"prepare": _prepare, "print": _print, "read": _read, "floor": _floor}

if __name__ == "__main__":
    main()
