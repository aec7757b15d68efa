"""Clients that generators write from the served description: they make a batch and print it.

The description is fetched from a real server, as a user does it.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pdfplumber
import pytest

from node import ROOT, installed, program, run
from servers import World, eventually, world

pytestmark = pytest.mark.slow

PACKAGE = "counterfoil_client"
CONFIGURATION = ROOT / "docs" / "openapi-python-client.yaml"
NIGHT = {"organizer": "demo", "event": "night"}
SEED = {
    "organizers": [
        {
            "slug": "demo",
            "name": "Demo",
            "sales_channels": [{"identifier": "web", "label": {"en": "Online shop"}}],
            "teams": [
                {
                    "name": "All",
                    "all_events": True,
                    "all_event_permissions": True,
                    "all_organizer_permissions": True,
                    "tokens": ["all"],
                }
            ],
            "events": [
                {
                    "slug": "night",
                    "name": {"en": "Night"},
                    "currency": "EUR",
                    "timezone": "UTC",
                    "date_from": "2030-06-12T20:00:00Z",
                    "items": [{"name": {"en": "Ticket"}, "default_price": "0.00"}],
                    "quotas": [{"name": "All", "size": 500, "items": ["Ticket"], "variations": []}],
                }
            ],
        }
    ]
}


@dataclass
class Served:
    """A server that runs, a token of its organizer, and the file with its description."""

    address: str
    token: str
    description: Path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    with world(folder, template=migrated_sqlite) as made:
        made.settings = "counterfoil.config.settings"
        token = _token(made)
        address = made.serve().address.rstrip("/")
        answer = httpx.get(f"{address}/api/v1/schema/?format=json", timeout=120)
        assert answer.status_code == 200, answer.text
        description = folder / "openapi.json"
        description.write_bytes(answer.content)
        yield Served(address, token, description)


def _token(made: World) -> str:
    seed, tokens = made.folder / "seed.json", made.folder / "tokens.json"
    seed.write_text(json.dumps(SEED))
    made.begin()
    done = made.run("apply", str(seed), "--tokens", str(tokens))
    assert done.returncode == 0, done.stderr
    found = str(next(iter(json.loads(tokens.read_text()).values())))
    return found.removeprefix("Token ")


def pages_of(pdf: Path) -> int:
    with pdfplumber.open(pdf) as opened:
        return len(opened.pages)


def test_the_description_names_the_server_that_sent_it(served: Served) -> None:
    description = json.loads(served.description.read_text())

    assert description["servers"] == [{"url": served.address}]


# --- openapi-python-client ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def package(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The generated package, which can be imported."""
    folder = tmp_path_factory.mktemp("generated")
    source = ["--path", str(served.description), "--config", str(CONFIGURATION)]
    target = ["--meta", "none", "--output-path", str(folder / PACKAGE)]
    generate = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning"]
    done = subprocess.run(
        [*generate, *source, *target],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "arning" not in done.stdout + done.stderr
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(folder)
        yield PACKAGE
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
        del sys.modules[name]


def test_a_generated_python_client_prints_a_batch(
    served: Served, package: str, tmp_path: Path
) -> None:
    client_of = importlib.import_module(package).AuthenticatedClient
    models = importlib.import_module(f"{package}.models")
    with client_of(
        base_url=served.address, token=served.token, prefix="Token", timeout=60
    ) as client:
        items = _operation("items", "items_list").sync(**NIGHT, client=client)
        item = items.results[0].id
        create = _operation("offlinesalesbatches", "offlinesalesbatches_create")
        refused = create.sync(
            **NIGHT, client=client, body=models.NewBatchRequest(item=item, amount=0)
        )
        assert refused.to_dict().keys() == {"amount"}

        asked = create.sync(
            **NIGHT,
            client=client,
            body=models.NewBatchRequest(item=item, amount=3, comment="Python"),
        )
        assert isinstance(asked, models.AcceptedBatch)
        batch = _made(models, client, asked.check)
        assert (batch.amount, batch.comment, len(batch.orders)) == (3, "Python", 3)

        render = _operation("offlinesalesbatches", "offlinesalesbatches_render_create")
        body_type = models.OrganizersEventsOfflinesalesbatchesRenderCreateBody
        accepted = render.sync(id=batch.id, **NIGHT, client=client, body=body_type())
        assert isinstance(accepted, models.AcceptedDownload)
        pdf = tmp_path / "batch.pdf"
        pdf.write_bytes(_downloaded(client, batch.id, accepted.download))

    assert pages_of(pdf) == 3


def _operation(tag: str, name: str) -> ModuleType:
    return importlib.import_module(f"{PACKAGE}.api.{tag}.organizers_events_{name}")


def _made(models: ModuleType, client: Any, check: str) -> Any:
    operation = _operation("offlinesalesbatches", "offlinesalesbatches_check_retrieve")
    job = check.split("/")[-2]

    def look() -> Any:
        found = operation.sync(job=job, **NIGHT, client=client)
        assert isinstance(found, models.BatchDetail | models.JobProgress), found
        return found if isinstance(found, models.BatchDetail) else None

    return eventually(look, "the batch is made")


def _downloaded(client: Any, batch: int, address: str) -> bytes:
    operation = _operation("offlinesalesbatches", "offlinesalesbatches_download_retrieve")
    job, file = address.split("/")[-3:-1]

    def look() -> bytes | None:
        found = operation.sync_detailed(id=batch, job=job, file=file, **NIGHT, client=client)
        assert found.status_code in {200, 409}, found.content
        return found.parsed.payload.read() if found.status_code == 200 else None

    return eventually(look, "the PDF is made")


def test_every_module_of_the_generated_python_client_can_be_imported(package: str) -> None:
    root = importlib.import_module(package)
    found = [each.name for each in pkgutil.walk_packages(root.__path__, f"{package}.")]

    for name in found:
        importlib.import_module(name)

    operations = [name for name in found if name.count(".") == 3]
    assert len(operations) > 150


def test_a_generated_python_client_sends_a_file(served: Served, package: str) -> None:
    models = importlib.import_module(f"{package}.models")
    types = importlib.import_module(f"{package}.types")
    upload = importlib.import_module(f"{package}.api.upload.upload_create")
    client_of = importlib.import_module(package).AuthenticatedClient
    file = types.File(payload=b"%PDF-1.7", file_name="a.pdf", mime_type="application/pdf")

    with client_of(base_url=served.address, token=served.token, prefix="Token") as client:
        sent = upload.sync(client=client, body=models.UploadCreateFilesBody(file=file))

    assert sent.id.startswith("file:")


# --- openapi-typescript -------------------------------------------------------------------------


@pytest.fixture
def node() -> str:
    found = program("node")
    if not found or not installed("openapi-typescript"):
        pytest.skip("npm is missing: openapi-typescript is not installed.")
    return found[0]


def test_a_typescript_client_compiles_and_prints_a_batch(
    served: Served, node: str, tmp_path: Path
) -> None:
    modules = ROOT / "node_modules"
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "batch.ts").write_bytes((ROOT / "tests/e2e/batch.ts").read_bytes())

    types = run(
        *(node, str(modules / "openapi-typescript/bin/cli.js")),
        *(str(served.description), "--output", "schema.ts"),
        where=tmp_path,
    )
    assert types.returncode == 0, types.stdout + types.stderr
    compiled = run(
        *(node, str(modules / "typescript/bin/tsc"), "batch.ts", "schema.ts", "--strict"),
        *("--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes", "--noUnusedLocals"),
        *("--target", "ES2022", "--lib", "ES2022,DOM", "--module", "ES2022"),
        *("--moduleResolution", "bundler", "--types", "node"),
        *("--typeRoots", str(modules / "@types")),
        where=tmp_path,
    )
    assert compiled.returncode == 0, compiled.stdout
    done = run(node, "batch.js", served.address, served.token, "batch.pdf", where=tmp_path)
    assert done.returncode == 0, done.stderr

    told = json.loads(done.stdout)
    assert told["refused"] == ["amount"]
    assert told["comment"] == "TypeScript"
    assert len(set(told["orders"])) == 3
    assert pages_of(tmp_path / "batch.pdf") == 3
