"""Letters for what people read and type: none of them looks like another."""

from __future__ import annotations

READ = "ABCDEFGHJKLMNPQRSTUVWXYZ3789"
TYPED = "abcdefghjkmnpqrstuvwxyz23456789"
