"""The question engine: which theme a question belongs to, and which answered questions are like it.

Pure: no ORM, no clock, no settings. Needs numpy, and the sentence encoder where it is installed.
"""

from pathlib import Path

keep_table_in: list[Path] = []  # a folder, where the app names one: see ``encoder._share_table``
