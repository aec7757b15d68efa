"""Stored bytes: uploads, backgrounds, results. Published whole or not at all, and cleaned up."""
