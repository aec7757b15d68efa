"""What would bite in production, and how each thing is found out. One module per kind of thing."""
