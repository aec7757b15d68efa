from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from botocore.config import Config
from django.conf import LazySettings

from bucket import NAME, Bucket, bucket_server
from counterfoil.config.storages import storages
from counterfoil.core.environment import Environment
from counterfoil.files import file_registry, services


class _PowerCut(Exception):
    pass


def _publish_half(name: str) -> None:
    with services.publish("results", name) as stream:
        stream.write(b"half")
        raise _PowerCut


@pytest.fixture(autouse=True)
def bucket(settings: LazySettings) -> Iterator[Bucket]:
    """A bucket of an S3 server in this process, as the storage."""
    with bucket_server() as server:
        settings.STORAGES = storages(Environment(server.settings), settings.DATA_DIR)
        yield server


def test_a_file_in_a_bucket_is_whole_or_not_there() -> None:
    with services.publish("results", "a.pdf") as stream:
        stream.write(b"one ")
        stream.write(b"two")
    with pytest.raises(_PowerCut):
        _publish_half("b.pdf")

    assert services.size("results/a.pdf") == 7
    with services.open_stored("results/a.pdf") as stored:
        assert stored.read() == b"one two"
    with pytest.raises(FileNotFoundError):
        services.size("results/b.pdf")


@pytest.mark.django_db
def test_files_in_a_bucket_are_deleted_and_cleaned_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_registry, "_folders", file_registry._folders.copy())
    file_registry.register("drawings", lambda: {"drawings/named.pdf"})
    for name in ("named.pdf", "left.pdf"):
        with services.publish("drawings", name) as stream:
            stream.write(b"x")

    deleted = services.delete_unnamed(older_than=timedelta(0))
    services.delete("drawings/named.pdf")

    assert deleted == 1
    with pytest.raises(FileNotFoundError):
        services.size("drawings/named.pdf")


@pytest.mark.django_db
def test_a_file_that_another_cleaner_deletes_meanwhile_is_no_matter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(file_registry, "_folders", file_registry._folders.copy())
    with services.publish("drawings", "left.pdf") as stream:
        stream.write(b"x")

    def delete_meanwhile() -> set[str]:
        services.delete("drawings/left.pdf")
        return set()

    file_registry.register("drawings", delete_meanwhile)

    assert services.delete_unnamed(older_than=timedelta(0)) == 0


def test_a_bucket_that_is_not_there_is_a_storage_that_refuses(settings: LazySettings) -> None:
    options = {**settings.STORAGES["default"]["OPTIONS"], "bucket_name": "another"}
    other = {**settings.STORAGES["default"], "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": other}

    with pytest.raises(OSError, match="the storage refuses"), services.publish("r", "a") as stream:
        stream.write(b"x")


def test_a_storage_that_does_not_answer_says_so(settings: LazySettings) -> None:
    options = {**settings.STORAGES["default"]["OPTIONS"], "endpoint_url": "http://127.0.0.1:1"}
    other = {**settings.STORAGES["default"], "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": other}

    with pytest.raises(OSError, match="does not answer"), services.publish("r", "a") as stream:
        stream.write(b"x")


def test_a_storage_that_takes_a_request_and_never_answers_is_given_up_on(
    settings: LazySettings,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        given = settings.STORAGES["default"]["OPTIONS"]
        changed = {
            "endpoint_url": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "client_config": given["client_config"].merge(Config(read_timeout=0.1)),
        }
        other = {**settings.STORAGES["default"], "OPTIONS": {**given, **changed}}
        settings.STORAGES = {**settings.STORAGES, "default": other}

        with pytest.raises(OSError, match="does not answer"):
            services.size("results/a.pdf")

        silent.settimeout(0)
        attempts = [silent.accept()[0], silent.accept()[0]]
        with pytest.raises(BlockingIOError):
            silent.accept()
    for attempt in attempts:
        attempt.close()


class Stutterer(BaseHTTPRequestHandler):
    """A server that knows every file, and breaks off in the middle of each."""

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "10")
        self.end_headers()

    def do_GET(self) -> None:
        self.do_HEAD()
        self.wfile.write(b"half")

    def log_message(self, *given: Any) -> None:
        pass


@pytest.fixture
def stutterer() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Stutterer) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_file_that_breaks_off_is_the_storages_failure(
    settings: LazySettings, stutterer: str
) -> None:
    options = {**settings.STORAGES["default"]["OPTIONS"], "endpoint_url": stutterer}
    other = {**settings.STORAGES["default"], "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": other}

    with pytest.raises(OSError, match="does not answer"):
        services.open_stored("backgrounds/a.compiled")


def test_a_file_that_is_there_and_cannot_be_fetched_is_the_storages_failure(bucket: Bucket) -> None:
    archived = {"Key": "backgrounds/a.compiled", "StorageClass": "GLACIER"}
    bucket.client.put_object(Bucket=NAME, Body=b"far away", **archived)

    with pytest.raises(OSError, match="the storage refuses"):
        services.open_stored("backgrounds/a.compiled")
