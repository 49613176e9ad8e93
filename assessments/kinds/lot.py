"""Drawing by lot so that the same words always give the same draw, here and on a phone."""

from __future__ import annotations


def rank(text: str) -> int:
    """A number from a text that looks drawn by lot: FNV-1a of its UTF-8, 32 bits, then the finisher of murmur3.

    FNV alone is badly skewed for codes that differ in their last letter. See docs/api.md.
    """
    h = 0x811C9DC5
    for byte in text.encode():
        h = (h ^ byte) * 0x01000193 & 0xFFFFFFFF
    h = (h ^ h >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    h = (h ^ h >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return h ^ h >> 16
