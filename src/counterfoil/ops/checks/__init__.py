"""Checks of the configuration and its surroundings, one module per subject."""
