"""Durable long work: state, lease, progress and results. Knows no domain and no event."""
