"""What is kept of an answer to a question, wherever it comes from; None is no answer."""

from __future__ import annotations

ANSWER_CASES = [
    ("S", "anything", "anything"),
    ("T", " two words ", "two words"),
    ("N", "1.50", "1.50"),
    ("N", "twelve", None),
    ("N", "NaN", None),
    ("B", "true", "True"),
    ("B", "yes", "True"),
    ("B", "1", "True"),
    ("B", "No", "False"),
    ("B", "maybe", None),
    ("D", "2027-02-28", "2027-02-28"),
    ("D", "2027-02-30", None),
    ("H", "19:30", "19:30:00"),
    ("H", "late", None),
    ("W", "2027-06-12T19:30:00Z", "2027-06-12T19:30:00+00:00"),
    ("W", "2027-02-28T10:00:00+01:00", "2027-02-28T10:00:00+01:00"),
    ("W", "x", None),
    ("CC", "de", "DE"),
    ("CC", "Germany", None),
    ("F", "file:123", None),
    ("C", "Medium", None),
    ("M", "Medium", None),
]
