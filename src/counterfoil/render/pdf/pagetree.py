"""The page tree (ISO 32000-1, 7.7.3), grown while pages go by.

Nodes hold at most a hundred kids, so that readers find page 90,000 in three steps, and go out as
soon as they are full, so that memory holds one open node per level.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from counterfoil.render.pdf.syntax import Ref, array, dictionary

FAN_OUT = 100


@dataclass(slots=True)
class _Node:
    ref: Ref
    kids: list[Ref] = field(default_factory=list)
    pages: int = 0


class PageTree:
    """Takes pages in order. ``alloc`` numbers new objects, ``write`` stores finished ones."""

    def __init__(self, alloc: Callable[[], Ref], write: Callable[[Ref, bytes], None]) -> None:
        self._alloc = alloc
        self._write = write
        self._open: list[_Node | None] = []

    def add(self, page: Ref) -> Ref:
        """Take one page and return the parent that it must name."""
        leaf = self._node(0)
        self._adopt(leaf, page, 1)
        level = 0
        while self._is_full(level):
            self._close(level)
            level += 1
        return leaf.ref

    def finish(self) -> Ref:
        """Write what is still open and return the root."""
        top = max(len(self._open) - 1, 0)
        for level in range(top):
            if self._open[level]:
                self._close(level)
        root = self._node(top)
        self._write(root.ref, _pages(root, parent=None))
        return root.ref

    def _node(self, level: int) -> _Node:
        """Return the open node of a level, opened now if there is none."""
        if level == len(self._open):
            self._open.append(None)
        node = self._open[level]
        if node is None:
            node = self._open[level] = _Node(self._alloc())
        return node

    def _is_full(self, level: int) -> bool:
        return len(self._node(level).kids) == FAN_OUT

    def _close(self, level: int) -> None:
        """Write a node and hang it under its parent."""
        node, parent = self._node(level), self._node(level + 1)
        self._open[level] = None
        self._write(node.ref, _pages(node, parent=parent.ref))
        self._adopt(parent, node.ref, node.pages)

    @staticmethod
    def _adopt(node: _Node, kid: Ref, pages: int) -> None:
        node.kids.append(kid)
        node.pages += pages


def _pages(node: _Node, *, parent: Ref | None) -> bytes:
    values = {"Type": b"/Pages", "Count": b"%d" % node.pages, "Kids": array(map(bytes, node.kids))}
    if parent is not None:
        values["Parent"] = bytes(parent)
    return dictionary(values)
