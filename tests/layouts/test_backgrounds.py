from __future__ import annotations

import pytest

from counterfoil.catalog.models import Event
from counterfoil.files import services as files
from counterfoil.layouts.backgrounds import outdated, read_compiled, store_background
from counterfoil.layouts.files import referenced_files
from counterfoil.layouts.models import Background
from counterfoil.layouts.tasks import compile_outdated
from counterfoil.render import BackgroundError, Message
from makers import make_event
from samplepdfs import NOT_A_PDF, pdf_of


@pytest.fixture
def event(db: None) -> Event:
    return make_event()


def test_a_background_is_stored_as_it_came_and_compiled(event: Event) -> None:
    pdf = pdf_of((298, 420))

    background = store_background(event=event, pdf=pdf)

    with files.open_stored(background.original) as original:
        assert original.read() == pdf
    (page,) = read_compiled(background).pages
    assert (page.width, page.height) == (298, 420)


def test_the_same_pdf_again_is_the_same_row(event: Event) -> None:
    first = store_background(event=event, pdf=pdf_of((100, 100)))

    again = store_background(event=event, pdf=pdf_of((100, 100)))

    assert again == first
    assert Background.objects.count() == 1


def test_the_same_pdf_has_other_files_after_its_row_was_deleted(event: Event) -> None:
    first = store_background(event=event, pdf=pdf_of((100, 100)))
    old = referenced_files()
    first.delete()

    store_background(event=event, pdf=pdf_of((100, 100)))

    assert len(referenced_files()) == 2
    assert not old & referenced_files()


def test_what_cannot_be_used_is_refused_and_leaves_nothing_behind(event: Event) -> None:
    with pytest.raises(BackgroundError):
        store_background(event=event, pdf=NOT_A_PDF)

    assert not Background.objects.exists()


def test_what_cannot_be_used_may_be_kept_with_its_reason(event: Event) -> None:
    background = store_background(event=event, pdf=NOT_A_PDF, keep_unusable=True)

    assert background.refusal
    assert store_background(event=event, pdf=NOT_A_PDF, keep_unusable=True) == background
    with pytest.raises(BackgroundError) as refused:
        read_compiled(background)
    assert refused.value.message.to_json() == background.refusal


def test_a_kept_unusable_pdf_is_still_refused_to_others(event: Event) -> None:
    store_background(event=event, pdf=NOT_A_PDF, keep_unusable=True)

    with pytest.raises(BackgroundError):
        store_background(event=event, pdf=NOT_A_PDF)


def of_another_version(background: Background, refusal: str = "") -> None:
    """Make a row look as an older version left it."""
    with files.publish("backgrounds", "of-another-version") as stream:
        stream.write(b"of another version")
    background.compiled = "" if refusal else "backgrounds/of-another-version"
    background.refusal = Message.of_text(refusal).to_json() if refusal else None
    background.compiler = 1
    background.save()


def test_what_another_version_compiled_is_compiled_anew_when_it_is_read(event: Event) -> None:
    background = store_background(event=event, pdf=pdf_of((70, 80)))
    of_another_version(background)

    (page,) = read_compiled(background).pages

    assert (page.width, page.height) == (70, 80)
    background.refresh_from_db()
    assert background.compiled != "backgrounds/of-another-version"
    assert read_compiled(background).pages == (page,)


def test_workers_compile_anew_what_another_version_compiled_or_refused(event: Event) -> None:
    compiled = store_background(event=event, pdf=pdf_of((70, 80)))
    refused = store_background(event=event, pdf=pdf_of((50, 60)))
    of_another_version(compiled)
    of_another_version(refused, "The PDF's parts are nested too deeply.")

    compile_outdated()

    for background in Background.objects.all():
        assert len(read_compiled(background).pages) == 1
        assert background.refusal is None
    assert not outdated().exists()


def test_what_is_refused_again_keeps_a_reason_and_is_not_tried_for_ever(event: Event) -> None:
    background = store_background(event=event, pdf=NOT_A_PDF, keep_unusable=True)
    of_another_version(background, "The PDF is odd.")

    compile_outdated()

    background.refresh_from_db()
    assert background.refusal == Message("background.not_pdf").to_json()
    assert not outdated().exists()


def test_the_files_of_all_backgrounds_are_kept_from_cleanup(event: Event) -> None:
    used = store_background(event=event, pdf=pdf_of())
    unusable = store_background(event=event, pdf=NOT_A_PDF, keep_unusable=True)

    assert referenced_files() == {used.original, used.compiled, unusable.original}
