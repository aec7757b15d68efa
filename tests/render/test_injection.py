"""What people type is text: 500 attempts at more come out as they went in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice, product

import pypdfium2
import pytest

from counterfoil.render import Ticket
from render.rendering import code as code_area
from render.rendering import codes, paper, printed, seen, text_area, text_box, text_of, ticket

SEEDS = (
    # Attributes of objects, calls, format specifications.
    "{secret.__class__}",
    "{secret.__class__.__mro__[1].__subclasses__}",
    "{0.__init__.__globals__}",
    "{a[0]}",
    "{a!r:>100000000}",
    "{a:>99999999}",
    "{}",
    "{0}",
    "{{a}}",
    "{ a }",
    "{a",
    "a}",
    "%s%s%s%n",
    "%(secret)s",
    "%1000000000d",
    "${secret}",
    "$secret",
    "#{7*7}",
    # Templates and code.
    "{{ 7*7 }}",
    "{% include '/etc/passwd' %}",
    "{# note #}",
    "<%= 7*7 %>",
    "{{config.items()}}",
    "${jndi:ldap://127.0.0.1/a}",
    "__import__('os').system('id')",
    "`id`",
    "$(id)",
    "; rm -rf /",
    "| cat /etc/passwd",
    "' OR '1'='1",
    '"; DROP TABLE tickets; --',
    # Markup.
    "<b>bold</b>",
    "<br/>",
    "<para><font color='red'>x</font></para>",
    "<img src='file:///etc/passwd'/>",
    "<script>alert(1)</script>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>",
    "&lt;b&gt; &amp; &#x41;",
    "<![CDATA[x]]>",
    "**bold** _it_ [a](b)",
    # Places of files and of the net.
    "file:///etc/passwd",
    "http://169.254.169.254/latest/meta-data/",
    "data:text/html;base64,PGI+",
    "javascript:app.alert(1)",
    "../../../../etc/passwd",
    "\\\\host\\share",
    # PDF's own syntax.
    ") Tj ET Q",
    "(\\) Tj",
    "\\ddd \\053 \\(",
    "<48656C6C6F>",
    "<</S/JavaScript/JS(app.alert(1))>>",
    "1 0 obj endobj stream endstream",
    "%PDF-1.7 %%EOF",
    "BT /F1 9 Tf ET",
    "EMC BDC /Span",
    "xref trailer startxref",
    # A spreadsheet's.
    "=1+1",
    "=HYPERLINK('http://example.org')",
    "@SUM(1)",
    "+cmd|' /C calc'!A0",
)
# What is put around a seed, to meet readers that look at the beginning, the end or the middle.
FRAMES: tuple[Callable[[str], str], ...] = (
    lambda seed: seed,
    lambda seed: f"x{seed}y",
    lambda seed: f"{seed}{seed}",
    lambda seed: f"{{{seed}}}",
    lambda seed: f"Ω {seed}",
    lambda seed: f"'{seed}'",
    lambda seed: f"<i>{seed}</i>",
    lambda seed: f"{seed}\\",
    lambda seed: f"({seed}",
)
# What shows nothing or turns the direction: it must not turn the rest into something else.
UNSEEN = ("\0", "\x1b[31m", "\u202e", "\u202d", "\u2066", "\u200b", "\u200f", "\ufeff", "\ud800")


def payloads() -> Iterator[str]:
    yield from (frame(seed) for frame, seed in islice(product(FRAMES, SEEDS), 480))
    yield from (f"a{unseen}b {{a}}" for unseen in UNSEEN)
    yield from (f"{unseen}{{secret}}" for unseen in UNSEEN)
    yield "{a}" * 5000
    yield "A" * 20_000


PAYLOADS = tuple(payloads())
SECRET = "tdm7ruoekvkpbv1o2mv8xccvqcikvr58"
SHOWN = re.compile("[\0\x1b\ud800-\udfff\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd\uffff]")


# A line that holds any payload.
SMALL = 1.0
WIDE = 5000


def fields() -> dict[str, dict[str, object]]:
    """Return every way in which a text reaches a ticket."""
    i18n = {"content": "other_i18n", "text_i18n": {"en": "{a}"}}
    return {
        "a container's variable": text_box(content="a"),
        "an area's variable": text_area(content="a"),
        "a placeholder": text_box("{a}"),
        "a translated placeholder": text_area(**i18n),
        "event data": text_box(content="meta:a"),
        "product data in a placeholder": text_box("{itemmeta:a}"),
    }


@cache
def pages() -> bytes:
    """Print all payloads, one a ticket, in all fields at once, each on a page of its own.

    Letters are small, so that one line holds them: where lines end is no matter of this test.
    """
    layout = [
        {**field, "page": number, "fontsize": SMALL, "left": 0, "width": WIDE}
        for number, field in enumerate(fields().values(), start=1)
    ]
    tickets = [hostile(payload) for payload in PAYLOADS]
    return printed(layout, tickets, paper(WIDE, 100, pages=len(layout)))[0]


def hostile(payload: str) -> Ticket:
    return ticket(**{"a": payload, "meta:a": payload, "itemmeta:a": payload})


def visible(text: str) -> str:
    """Return what shows; in order, unless the text turns its own direction."""
    if "\u202e" in text:
        return "".join(sorted(visible(text.replace("\u202e", ""))))
    return "".join(SHOWN.sub("", unicodedata.normalize("NFC", text)).split())


def turned(payload: str) -> str:
    return "\u202e" if "\u202e" in payload else ""


def test_there_are_500_payloads_and_no_two_are_the_same() -> None:
    assert len(set(PAYLOADS)) >= 500


@pytest.mark.parametrize("name", fields())
def test_payloads_in_a_text_come_out_as_literal_text(name: str) -> None:
    step, place = len(fields()), list(fields()).index(name)

    with pypdfium2.PdfDocument(pages()) as document:
        found = [
            document[number * step + place].get_textpage().get_text_range()
            for number in range(len(PAYLOADS))
        ]

    wrong = [
        (payload[:80], text[:80])
        for payload, text in zip(PAYLOADS, found, strict=True)
        if visible(text + turned(payload)) != visible(payload)
    ]
    assert not wrong
    assert not any(SECRET in text for text in found)


def test_payloads_typed_into_the_layout_are_text_but_for_its_variables() -> None:
    known = re.compile(r"\{(a|secret)\}")
    typed = [payload for payload in PAYLOADS[:480] if not known.search(payload)]

    for text in typed[::8]:
        pdf, _ = printed([text_box(text, fontsize=SMALL)])

        assert visible(text_of(pdf)) == visible(text)


def test_payloads_in_a_code_come_out_as_they_went_in() -> None:
    typed = [payload for payload in PAYLOADS[:480:8] if payload.strip() == payload]

    pdf, _ = printed([code_area(content="a")], [hostile(payload) for payload in typed])

    assert [codes(pdf, page)[0].text for page in range(1, len(typed) + 1)] == typed


def test_no_payload_leaves_its_text_for_the_page() -> None:
    """No page looks like more than small text: nothing was painted, linked or run."""
    pdf, _ = printed([text_box("{a}", fontsize=SMALL)], map(hostile, PAYLOADS[:480:40]))

    for page in range(1, 13):
        assert (seen(pdf, page, dpi=30) < 100).mean() < 0.01
    for name in (b"/JavaScript", b"/URI", b"/Launch", b"/Annots", b"/EmbeddedFile", b"/AA"):
        assert name not in pdf
