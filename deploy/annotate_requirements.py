"""Put the reason of every direct dependency beside its line in a compiled requirements file."""

import re
import sys
from pathlib import Path


def main(source: str, compiled: str) -> None:
    """Copy the comments of ``source`` to the lines of ``compiled``."""
    reasons = dict(re.findall(r"^([A-Za-z0-9-]+)[^#\n]*#\s*(.+)$", Path(source).read_text(), re.MULTILINE))
    out = []
    for line in Path(compiled).read_text().splitlines():
        name = re.match(r"^([A-Za-z0-9.-]+)(\[[^]]*\])?==", line)
        if name and name[1] in reasons:
            out.append(f"# why {name[1]}: {reasons[name[1]]}")
        out.append(line)
    Path(compiled).write_text("\n".join(out) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
