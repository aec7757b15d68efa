"""Pictures of an event's own: uploaded in the editor, printed, and carried along."""

from __future__ import annotations

import base64
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from counterfoil.accounts.models import User
from counterfoil.catalog.models import Event
from counterfoil.core import clock
from counterfoil.jobs.periodic import Scheduler
from counterfoil.layouts.models import Picture, TicketLayout
from counterfoil.layouts.services import LayoutValues, change_layout
from makers import make_event, make_layout, make_user, qr_element
from pageclient import signed_in

ORANGE = (230, 120, 20)


def picture(kind: str = "PNG", **options: Any) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (60, 40), ORANGE).save(stream, kind, **options)
    return stream.getvalue()


def upload(pages: Client, base: str, content: bytes, name: str = "logo.png") -> Any:
    return pages.post(f"{base}layouts/pictures/", {"file": SimpleUploadedFile(name, content)})


def element(content: str) -> dict[str, Any]:
    box = {"left": "10.00", "bottom": "200.00", "width": "60.00", "height": "40.00"}
    return {"type": "imagearea", "page": 1, "content": content, **box}


def printed_colour(pages: Client, base: str, layout: TicketLayout) -> tuple[int, ...]:
    """The colour in the middle of the picture, as the layout's thumbnail shows it."""
    answer = pages.get(f"{base}layouts/{layout.pk}/picture.png")
    assert answer.status_code == 200, answer.content
    shown = Image.open(io.BytesIO(answer.content)).convert("RGB")
    width, height = shown.size
    found = shown.getpixel((int(40 / 210 * width), int((297 - 220) / 297 * height)))
    assert isinstance(found, tuple)
    return found


def is_orange(colour: tuple[int, ...]) -> bool:
    return all(abs(is_ - wanted) < 12 for is_, wanted in zip(colour, ORANGE, strict=True))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_picture_is_uploaded_offered_and_printed(
    pages: Client, event: Event, base: str, kind: str
) -> None:
    told = upload(pages, base, picture(kind), "C:\\art\\logo.bin").json()
    again = upload(pages, base, picture(kind), "logo.png").json()
    layout = make_layout(event, layout=[element(told["content"])])

    data = pages.get(f"{base}layouts/{layout.pk}/edit/").context["data"]

    assert (told["label"], told["width"], told["height"]) == ("logo.bin", 60, 40)
    assert again == told
    offered = {each["key"]: each for each in data["variables"] if each["kind"] == "image"}
    assert offered[told["content"]]["label"] == "logo.bin"
    assert is_orange(printed_colour(pages, base, layout))
    assert "imagearea.content" in pages.get(f"{base}layouts/{layout.pk}/").text


def test_what_is_no_picture_is_refused_in_words(pages: Client, event: Event, base: str) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    for content, status, words in (
        (svg, 422, "This is not a PNG or JPEG."),
        (picture("GIF"), 422, "This is not a PNG or JPEG."),
        (b"%PDF-1.7", 422, "This is not a PNG or JPEG."),
        (picture()[:60], 422, ""),
        (b"\x89PNG\r\n\x1a\n" + b"0" * (10 * 1024**2), 413, "A picture can have at most 10 MiB."),
    ):
        answer = upload(pages, base, content)
        assert answer.status_code == status, content[:20]
        assert answer.json()["message"].startswith(words)
    assert pages.post(f"{base}layouts/pictures/").json() == {"message": "Choose a file."}
    assert not Picture.objects.exists()


def test_a_picture_comes_along_with_copy_export_and_clone(
    pages: Client, event: Event, base: str
) -> None:
    content = upload(pages, base, picture()).json()["content"]
    layout = make_layout(event, layout=[element(content)])
    pages.post(f"{base}layouts/{layout.pk}/duplicate/")
    copy = TicketLayout.objects.get(event=event, name__contains="copy")
    assert is_orange(printed_colour(pages, base, copy))

    exported = pages.get(f"{base}layouts/{layout.pk}/export.json").content
    told = json.loads(exported)
    assert told["layout"] == layout.layout
    assert base64.b64decode(told["pictures"][0]["data"]) == picture()

    other = make_event()
    theirs = signed_in(make_user(other.organizer))
    there = f"/organizers/{other.organizer.slug}/events/{other.slug}/"
    sent = {"name": "Brought", "layout": SimpleUploadedFile("layout.json", exported)}
    assert theirs.post(f"{there}layouts/import/", sent).status_code == 302
    brought = TicketLayout.objects.get(event=other)
    assert brought.layout == layout.layout
    assert is_orange(printed_colour(theirs, there, brought))

    spoilt = {**told, "pictures": [{**told["pictures"][0], "data": "%%%"}]}
    for wrong in (spoilt, {**told, "pictures": 3}, {**told, "pictures": [7]}):
        file = SimpleUploadedFile("layout.json", json.dumps(wrong).encode())
        assert (
            theirs.post(f"{there}layouts/import/", {"name": "x", "layout": file}).status_code == 422
        )


def test_a_clone_of_an_event_has_its_pictures(pages: Client, event: Event, base: str) -> None:
    content = upload(pages, base, picture()).json()["content"]
    make_layout(event, layout=[element(content)])
    pages.post(
        f"{base}copy/", {"slug": "second", "name_en": "Second", "date_from": "2027-08-01T20:00"}
    )

    clone = Event.objects.get(organizer=event.organizer, slug="second")
    Picture.objects.filter(event=event).delete()

    layout = TicketLayout.objects.get(event=clone)
    assert is_orange(printed_colour(pages, base.replace(event.slug, "second"), layout))


def test_pasted_elements_bring_pictures_of_ones_own_events_only(
    pages: Client, event: Event, base: str, user: User
) -> None:
    content = upload(pages, base, picture()).json()["content"]
    second = make_event(organizer=event.organizer)
    foreign = make_event()
    stranger = signed_in(make_user(foreign.organizer))

    def adopt(client: Client, at: Event) -> Any:
        path = f"/organizers/{at.organizer.slug}/events/{at.slug}/layouts/pictures/adopt/"
        body = json.dumps({"elements": [element(content), qr_element()]})
        return client.post(path, body, content_type="application/json").json()["pictures"]

    assert adopt(stranger, foreign) == []
    assert adopt(pages, second) == [{"content": content, "label": "logo.png"}]
    assert adopt(pages, second) == [{"content": content, "label": "logo.png"}]
    assert Picture.objects.filter(event=second).count() == 1


def test_a_picture_that_no_layout_names_is_deleted_a_day_later(
    pages: Client, event: Event, base: str
) -> None:
    content = upload(pages, base, picture()).json()["content"]
    layout = make_layout(event, layout=[element(content)])

    def stands(*, old: bool = True) -> bool:
        if old:
            Picture.objects.update(last_used=clock.now() - timedelta(hours=25))
        Scheduler().turn()
        return Picture.objects.exists()

    assert stands()
    change_layout(actor=None, layout=layout, values=LayoutValues(name="x", layout=[qr_element()]))
    assert stands(old=False)
    assert not stands()
