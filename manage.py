#!/usr/bin/env python
"""Django's commands, as every Django project has them: ``python manage.py makemigrations``.

What people who run Counterfoil need is in ``counterfoil --help``.
"""

from __future__ import annotations

import sys

from django.core.management import execute_from_command_line

from counterfoil.core.setup import choose_settings

if __name__ == "__main__":
    choose_settings()
    execute_from_command_line(sys.argv)
