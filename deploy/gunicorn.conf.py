"""gunicorn for a web host. Threads, because a slow client keeps one as long as it reads."""

from __future__ import annotations

import os
import sys

bind = os.environ.get("COUNTERFOIL_LISTEN", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 32
timeout = 60
graceful_timeout = 30
keepalive = 5
sys.setswitchinterval(0.0005)  # a scan must not wait 5 ms at each statement for who computes
worker_tmp_dir = "/dev/shm"  # noqa: S108 - gunicorn's heartbeat: a disk that is busy stops it
control_socket_disable = (
    True  # from gunicorn 25 on; nobody asks it, and the unit has no home for it
)

# A proxy's headers are Django's to judge (COUNTERFOIL_BEHIND_PROXY), and nobody else's.
secure_scheme_headers: dict[str, str] = {}
forwarded_allow_ips = ""

# Each request has its line already, without the path: that may hold the secret of a ticket.
accesslog = None
errorlog = "-"
