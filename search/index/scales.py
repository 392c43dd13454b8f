"""How articles write what a number is multiplied by."""

from __future__ import annotations

from typing import Final

# Short ways first; the last one stands apart from its number.
SCALES: Final = (
    ("k", "thousand"),
    ("m", "mn", "mln", "million"),
    ("b", "bn", "bln", "billion"),
    ("tn", "trn", "trillion"),
)
