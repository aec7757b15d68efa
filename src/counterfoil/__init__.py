"""Counterfoil makes, prints and keeps account of batches of real paper tickets."""

__version__ = "0.1.0"
