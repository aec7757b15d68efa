"""Which of several texts is taken for a language, by pages and the engine alike."""

from __future__ import annotations

TEXTS = {"en": "ticket", "de": "Karte", "de-informal": "Karte, du", "pt-br": "bilhete", "fr": ""}

CHOICES: list[tuple[str, dict[str, str], str]] = [
    ("de", TEXTS, "Karte"),
    ("de-informal", TEXTS, "Karte, du"),
    ("de-at", TEXTS, "Karte"),
    ("en-us", TEXTS, "ticket"),
    ("pt", TEXTS, "bilhete"),
    ("fr", TEXTS, "ticket"),
    ("es", TEXTS, "ticket"),
    ("de", {"it": "biglietto", "es": ""}, "biglietto"),
    ("de", {"it": "biglietto", "es": "entrada"}, "biglietto"),
    ("pt", {"pt-pt": "bilhete", "pt-br": "ingresso"}, "bilhete"),
    ("de", {"de": ""}, ""),
    ("de", {}, ""),
]
