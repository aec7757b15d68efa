"""Pictures on tickets: hostile bytes in, image XObjects out (ISO 32000-1, 8.9.5).

PNG, JPEG, GIF, WebP and AVIF only. Nothing is decoded before its size is known to be reasonable,
and nothing is written that was not decoded once: what a viewer would choke on is refused here.
"""

from __future__ import annotations

from counterfoil.render.images.picture import Image, Placed, embed_image, fit
from counterfoil.render.images.reading import LIMITS, Limits, read_image

__all__ = ["LIMITS", "Image", "Limits", "Placed", "embed_image", "fit", "read_image"]
