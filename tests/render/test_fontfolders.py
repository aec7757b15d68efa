from __future__ import annotations

import os
from pathlib import Path

from counterfoil.render import font_folders


def test_folders_come_in_order_and_once_and_only_if_they_are_there(tmp_path: Path) -> None:
    for name in ("first", "second", "home/.fonts"):
        (tmp_path / name).mkdir(parents=True)
    first, second, none = (tmp_path / name for name in ("first", "second", "none"))
    environment = {
        "COUNTERFOIL_FONT_DIRS": os.pathsep.join(map(str, [second, none, first])),
        "HOME": str(tmp_path / "home"),
    }

    folders = font_folders([first], environment)

    assert folders[:2] == (first, second)
    assert folders[-1] == tmp_path / "home/.fonts"
    assert none not in folders
