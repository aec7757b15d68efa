"""Drives the layout editor as people do, in millimetres, and tells what it would save."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Request, expect

EVENT = "/organizers/demo/events/night/"
DEADLINE_S = 60.0  # generous: two processors may be shared by many
WIDTH, HEIGHT = 210.0, 148.0
"""Of the page on which elements are edited, unless a test wants another."""

Json = dict[str, Any]

_SEND = """
async ([url, body]) => {
  const token = document.querySelector("meta[name=csrf-token]").content;
  const headers = {"X-CSRFToken": token, "Content-Type": "application/json"};
  const answer = await fetch(url, {method: "POST", headers, body: JSON.stringify(body)});
  return await answer.json();
}
"""
_TO_SCREEN = """
(svg, [x, y]) => {
  const at = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM());
  return [at.x, at.y];
}
"""
_IS_PAINTED = """
() => document.querySelector("[data-ready]")
  && document.querySelector("[data-canvas] image[href^='data:']")
"""


def rectangle(left: float, bottom: float, width: float = 30, height: float = 20) -> Json:
    """A filled rectangle, which is hit wherever it is pressed."""
    box = {"left": left, "bottom": bottom, "width": width, "height": height}
    return {"type": "rectangle", "page": 1, **box, "fill": [200, 220, 240]}


def text(left: float, bottom: float, content: str = "event_name", **more: Any) -> Json:
    """A text box as pretix's editor writes it, lengths as strings."""
    return {
        "type": "textcontainer",
        "page": 1,
        "left": f"{left:.2f}",
        "bottom": f"{bottom:.2f}",
        "width": "80.00",
        "height": "10.00",
        "content": content,
        "text": "",
        "text_i18n": {},
        "fontsize": "13.0",
        "fontfamily": "Open Sans",
        "bold": False,
        "italic": False,
        "align": "left",
        "verticalalign": "middle",
        "lineheight": "1",
        "autoresize": True,
        "color": [0, 0, 0],
        "rotation": 0,
        **more,
    }


class Editing:
    """One window with the editor. Made before the editor is opened, to hear all it asks for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.height = HEIGHT
        self._asked: Json = {}
        page.on("request", self._note)

    def open(self, path: str) -> None:
        self.page.goto(path)
        self.wait()

    def wait(self) -> None:
        """Wait until the editor has started and shows a picture."""
        self.page.wait_for_function(_IS_PAINTED)

    @property
    def canvas(self) -> Locator:
        return self.page.locator("[data-canvas]")

    @property
    def panel(self) -> Locator:
        return self.page.locator("[data-element-panel]")

    @property
    def rows(self) -> Locator:
        """The list of elements, the topmost first."""
        return self.page.get_by_role("row").filter(has=self.page.get_by_role("gridcell"))

    @property
    def status(self) -> Locator:
        return self.page.locator("[data-message]")

    def asked(self) -> Json:
        """What the editor asked the server to draw last."""
        return self._asked

    def draft(self) -> Json:
        """Wait for what is kept in the browser of work that is not saved."""
        kept = self.page.wait_for_function(
            """() => Object.entries(localStorage)
              .find(([name]) => name.startsWith("counterfoil-draft"))?.[1]"""
        )
        draft: Json = json.loads(kept.json_value())
        return draft

    def until(self, holds: Callable[[list[Json]], bool]) -> list[Json]:
        """Wait for elements of which something holds, as the editor sends them to be drawn."""
        elements = self.until_asked(lambda asked: holds(asked["elements"]))["elements"]
        assert isinstance(elements, list)
        return elements

    def until_asked(self, holds: Callable[[Json], bool]) -> Json:
        """Wait until the editor has asked for a picture of which something holds."""
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            if self._asked and holds(self._asked):
                return self._asked
            self.page.wait_for_timeout(20)
        raise AssertionError(f"It was not asked for; the last was {self._asked}")

    def places(self, *wanted: tuple[float, float]) -> list[Json]:
        """Wait until the elements stand at these lefts and bottoms, to a tenth of a millimetre."""
        return self.until(
            lambda elements: (
                [
                    (round(float(each["left"]), 1), round(float(each["bottom"]), 1))
                    for each in elements
                ]
                == list(wanted)
            )
        )

    def screen(self, x: float, y: float) -> tuple[float, float]:
        """Say where on the screen a place of the page is, in mm from its lower left corner."""
        at = self.canvas.evaluate(_TO_SCREEN, [x, self.height - y])
        return at[0], at[1]

    def click(self, x: float, y: float, *keys: str) -> None:
        with self.holding(*keys):
            self.page.mouse.click(*self.screen(x, y))

    def drag(self, start: tuple[float, float], end: tuple[float, float], *keys: str) -> None:
        """Drag from place to place while keys are held."""
        with self.dragging(start, end, *keys):
            pass

    @contextmanager
    def dragging(
        self, start: tuple[float, float], end: tuple[float, float], *keys: str
    ) -> Iterator[None]:
        """Drag; what the test does within happens before the pointer is let go."""
        self.page.mouse.move(*self.screen(*start))
        with self.holding(*keys):
            self.page.mouse.down()
            self.page.mouse.move(*self.screen(*end), steps=4)
            yield
            self.page.mouse.up()

    @contextmanager
    def holding(self, *keys: str) -> Iterator[None]:
        for key in keys:
            self.page.keyboard.down(key)
        yield
        for key in keys:
            self.page.keyboard.up(key)

    def press(self, *keys: str) -> None:
        """Press keys on the canvas."""
        self.canvas.focus()
        for key in keys:
            self.page.keyboard.press(key)

    def button(self, command: str) -> Locator:
        return self.page.locator(f"[data-command='{command}']")

    def arrange(self, command: str) -> None:
        """Press a button that arranges elements: in the panel, or in the menu."""
        if not command.startswith(("align-", "distribute-")):
            self.page.get_by_text("Arrange", exact=True).click()
        self.button(command).click()

    def field(self, attribute: str) -> Locator:
        """The row of an attribute in the panel."""
        return self.panel.locator(f"[data-attribute='{attribute}']")

    def save(self) -> None:
        self.press("Control+s")
        expect(self.status).to_have_text("Saved.")

    def _note(self, request: Request) -> None:
        if request.url.endswith("/layouts/picture/") and request.post_data:
            self._asked = json.loads(request.post_data)


def make_layout(
    page: Page,
    elements: Sequence[Json],
    *,
    name: str = "Trial",
    size: tuple[float, float] = (WIDTH, HEIGHT),
    pages: int = 1,
) -> str:
    """Make a layout, from a page of somebody who is signed in, and return its editor's path."""
    sheet = {"width": size[0], "height": size[1], "pages": pages}
    background = page.evaluate(_SEND, [f"{EVENT}layouts/background/", sheet])["id"]
    layout = {"name": name, "elements": list(elements), "background": background}
    url = page.evaluate(_SEND, [f"{EVENT}layouts/copy/", layout])["url"]
    assert isinstance(url, str)
    return url


def open_editor(
    open_page: Callable[..., Page], elements: Sequence[Json] = (), **options: Any
) -> Editing:
    """Open the editor on a layout of its own."""
    made = {name: options.pop(name) for name in ("name", "size", "pages") if name in options}
    page = open_page(EVENT, **options)
    editing = Editing(page)
    editing.height = made.get("size", (WIDTH, HEIGHT))[1]
    editing.open(make_layout(page, elements, **made))
    return editing


def drop_file(editing: Editing, path: Path, kind: str = "application/pdf") -> None:
    """Drop a file on the page, as from a file manager."""
    given = [path.name, kind, list(path.read_bytes())]
    handed = editing.page.evaluate_handle(
        """([name, type, bytes]) => {
          const carried = new DataTransfer();
          carried.items.add(new File([new Uint8Array(bytes)], name, {type}));
          return carried;
        }""",
        given,
    )
    for event in ("dragenter", "dragover", "drop"):
        editing.canvas.dispatch_event(event, {"dataTransfer": handed})
