"""Layers that a PDF can switch on and off (ISO 32000-1, 8.11), settled for good.

Paper has no switches: what prints by default is kept, what does not is taken out, also from
the middle of content streams.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pikepdf

_MAX_DEPTH = 20

Instruction = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage


class OptionalContent:
    """The default state of a PDF's optional content groups, when printed."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        properties = pdf.Root.get("/OCProperties")
        config = _entry(properties, "/D")
        self._base_off = _entry(config, "/BaseState") == "/OFF"
        self._on = set(_numbers(_entry(config, "/ON")))
        self._off = set(_numbers(_entry(config, "/OFF")))
        self._print = {
            number
            for usage in _items(_entry(config, "/AS"))
            if _entry(usage, "/Event") == "/Print"
            for number in _numbers(_entry(usage, "/OCGs"))
        }

    def is_hidden(self, content: object) -> bool:
        """Tell whether a group or membership dictionary makes its content invisible."""
        return not self._shows(content, 0)

    def _shows(self, content: object, depth: int) -> bool:
        if not isinstance(content, pikepdf.Dictionary) or depth > _MAX_DEPTH:
            return True
        if _entry(content, "/Type") != "/OCMD":
            return self._shows_group(content)
        expression = _entry(content, "/VE")
        if isinstance(expression, pikepdf.Array):
            return self._evaluate(expression, depth + 1)
        groups = _entry(content, "/OCGs")
        members = [groups] if isinstance(groups, pikepdf.Dictionary) else list(_items(groups))
        states = [self._shows_group(group) for group in members]
        if not states:
            return True
        policy = str(_entry(content, "/P") or "/AnyOn")
        on, quantifier = not policy.endswith("Off"), all if policy.startswith("/All") else any
        return quantifier(state is on for state in states)

    def _shows_group(self, group: object) -> bool:
        if not isinstance(group, pikepdf.Dictionary):
            return True
        number = group.objgen[0]
        if number in self._print:
            state = _entry(_entry(_entry(group, "/Usage"), "/Print"), "/PrintState")
            if state is not None:
                return bool(state == "/ON")
        if number in self._off:
            return False
        return number in self._on or not self._base_off

    def _evaluate(self, expression: object, depth: int) -> bool:
        """Evaluate a visibility expression (8.11.2.2)."""
        if depth > _MAX_DEPTH or not isinstance(expression, pikepdf.Array) or not len(expression):
            return self._shows(expression, depth)
        operator, *operands = list(_items(expression))
        states = [self._evaluate(operand, depth + 1) for operand in operands]
        if operator == "/Not":
            return not all(states)
        return any(states) if operator == "/Or" else all(states)


def _entry(owner: object, key: str) -> pikepdf.Object | None:
    return owner.get(key) if isinstance(owner, pikepdf.Dictionary) else None


def _items(items: object) -> Iterator[pikepdf.Object]:
    return iter(list(items)) if isinstance(items, pikepdf.Array) else iter(())


def _numbers(groups: object) -> Iterator[int]:
    return (group.objgen[0] for group in _items(groups) if isinstance(group, pikepdf.Dictionary))


_PAINTS = frozenset(["f", "F", "f*", "B", "B*", "b", "b*", "S", "s"])
_SHOWS = frozenset(["Tj", "TJ", "'", '"'])
_PAINTING = frozenset(("Do", "sh", "INLINE IMAGE"))
_INVISIBLE = pikepdf.ContentStreamInstruction([3], pikepdf.Operator("Tr"))
_NO_PAINT = pikepdf.ContentStreamInstruction([], pikepdf.Operator("n"))


def without_hidden(instructions: Iterable[Instruction], hidden: frozenset[str]) -> bytes:
    """Write content anew without what marks of these names hide.

    Only paint is left out: positions, states and clipping paths go on as if it were there.
    """
    return pikepdf.unparse_content_stream(list(_visible(instructions, hidden)))


def _visible(instructions: Iterable[Instruction], hidden: frozenset[str]) -> Iterator[Instruction]:
    marks: list[bool] = []
    rendering: list[Instruction] = [pikepdf.ContentStreamInstruction([0], pikepdf.Operator("Tr"))]
    for instruction in instructions:
        operator = str(instruction.operator)
        _keep_state(operator, instruction, rendering)
        if operator in ("BMC", "BDC"):
            marks.append(operator == "BDC" and _is_hidden(instruction, hidden))
        elif operator == "EMC" and marks:
            marks.pop()
        elif any(marks):
            yield from _unpainted(operator, instruction, rendering[-1])
            continue
        yield instruction


def _keep_state(operator: str, instruction: Instruction, rendering: list[Instruction]) -> None:
    """Follow the text rendering mode through q and Q, to restore it after hidden text."""
    if operator == "q":
        rendering.append(rendering[-1])
    elif operator == "Q" and len(rendering) > 1:
        rendering.pop()
    elif operator == "Tr":
        rendering[-1] = instruction


def _is_hidden(instruction: Instruction, hidden: frozenset[str]) -> bool:
    tag, *rest = instruction.operands
    return tag == "/OC" and bool(rest) and str(rest[0]) in hidden


def _unpainted(
    operator: str, instruction: Instruction, rendering: Instruction
) -> Iterator[Instruction]:
    if operator in _PAINTS:
        yield _NO_PAINT
    elif operator in _SHOWS:
        yield from (_INVISIBLE, instruction, rendering)
    elif operator not in _PAINTING:
        yield instruction
