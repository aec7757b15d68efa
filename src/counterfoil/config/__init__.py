"""Settings, URLs and the WSGI application: puts the rooms together. Nobody imports it."""
