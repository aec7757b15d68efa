"""A column that tells when its row was last saved, by the clock of all hosts."""

from __future__ import annotations

from typing import Any

from django.db import models

from counterfoil.core import clock


class ModifiedField(models.DateTimeField):  # type: ignore[type-arg]
    """As ``auto_now``, which takes the host's clock."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "editable": False})

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        now = clock.now()
        setattr(model_instance, self.attname, now)
        return now
