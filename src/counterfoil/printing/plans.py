"""Compile layouts to plans, and cache them per process: plans are immutable and small."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Self

from django.conf import settings
from django.utils.translation import gettext as _

from counterfoil.core.refusals import Invalid
from counterfoil.layouts.backgrounds import read_compiled
from counterfoil.layouts.builtin import built_in_background
from counterfoil.layouts.engine_messages import sentence_about, translated
from counterfoil.layouts.models import Background
from counterfoil.layouts.queries import Choice
from counterfoil.render import (
    BackgroundError,
    CompiledBackground,
    FontLibrary,
    Ink,
    Layout,
    LayoutError,
    Plan,
    compile_plan,
    font_folders,
    read_layout,
)
from counterfoil.render.elements.base import Element

# A worker prints few layouts over and over. Each plan references its background.
_PLANS = 16
_BACKGROUNDS = 8


def plan_for(choice: Choice, *, printer_dpi: int | None = None, ink: Ink = Ink.OFFICE) -> Plan:
    """Return the plan of a layout choice, cached.

    ``printer_dpi`` is the printer's resolution, to which the bars of codes are aligned.

    Raises:
        Invalid: the elements or the background cannot be printed.
    """
    try:
        elements, background = json.dumps(choice.elements), _background(choice.background)
        return _plan(choice.name, elements, background, printer_dpi, ink)
    except LayoutError as problem:
        words = _("Layout “%(name)s” cannot be printed: %(problem)s")
        message = words % {
            "name": choice.name,
            "problem": "\n".join(map(sentence_about, problem.problems)),
        }
        raise Invalid({"layout": [message]}) from None
    except BackgroundError as problem:
        raise _unusable(choice.name, problem) from None


def plan_of_elements(elements: Iterable[Element], background: int | None, *, name: str) -> Plan:
    """Return the plan of elements that were read already, of a layout that nobody prints yet.

    Raises:
        Invalid: the background cannot be used.
    """
    try:
        return compile_plan(Layout(tuple(elements)), _background(background), fonts(), name=name)
    except BackgroundError as problem:
        raise _unusable(name, problem) from None


def _unusable(name: str, problem: BackgroundError) -> Invalid:
    words = _("The background of layout “%(name)s” cannot be used: %(problem)s")
    message = words % {"name": name, "problem": translated(problem.message)}
    return Invalid({"background": [message]})


@lru_cache(_PLANS)
def _plan(
    name: str, elements: str, background: CompiledBackground, printer_dpi: int | None, ink: Ink
) -> Plan:
    layout = read_layout(json.loads(elements))
    return compile_plan(layout, background, fonts(), name=name, printer_dpi=printer_dpi, ink=ink)


def _background(pk: int | None) -> CompiledBackground:
    return built_in_background() if pk is None else _read(_Stored.of(pk))


@dataclass(frozen=True, slots=True)
class _Stored:
    """A background compared by its content, so that equal ones are read once."""

    sha256: str
    compiled: str
    row: Background = field(compare=False)

    @classmethod
    def of(cls, pk: int) -> Self:
        row = Background.objects.get(pk=pk)
        return cls(row.sha256, row.compiled, row)


@lru_cache(_BACKGROUNDS)
def _read(stored: _Stored) -> CompiledBackground:
    return read_compiled(stored.row)


@cache
def fonts() -> FontLibrary:
    """Return the fonts of this installation."""
    return FontLibrary(font_folders(settings.FONT_DIRS))


@cache
def chosen_families() -> frozenset[str]:
    """Return the fonts that come with us or were installed for us; others are the system's."""
    return frozenset(FontLibrary(settings.FONT_DIRS).families)
