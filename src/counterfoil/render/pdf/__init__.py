"""Writes PDF 1.7 (ISO 32000-1): syntax, page content, and files as streams that never look back."""
