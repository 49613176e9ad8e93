"""Are the translations whole? Every message of code and templates is in the .po file, translated, not
fuzzy, and the committed .mo file is what the .po file compiles to. Exit 1 says what is wrong, 3 that
gettext is missing and how it is installed; ``--tools`` asks for that alone.
"""

import gettext
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LANGUAGE = "zh_Hans"  # the messages are English: that language needs no file
PO = Path("locale", LANGUAGE, "LC_MESSAGES", "django.po")
TOOLS = ("xgettext", "msguniq", "msgmerge", "msgattrib", "msgfmt")  # all of one package
SOURCES = ("mooc", "courses", "learners", "feedback", "assessments", "templates", "static")


def tool(name: str, *arguments: str) -> str:
    """What a gettext tool prints."""
    done = subprocess.run([name, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr}")
    return done.stdout


def catalogue(mo: Path) -> dict[object, str]:
    """All messages of a compiled file but its header."""
    with mo.open("rb") as file:
        messages = dict(vars(gettext.GNUTranslations(file))["_catalog"])
    messages.pop("", None)
    return messages


def collected(scratch: Path) -> Path:
    """The .po file as ``make messages`` would leave it, made from a copy."""
    left_out = shutil.ignore_patterns("content", "migrations", "__pycache__", "*.mo")
    for name in SOURCES:
        shutil.copytree(ROOT / name, scratch / name, ignore=left_out)
    shutil.copytree(ROOT / "locale", scratch / "locale")
    shutil.copy(ROOT / "manage.py", scratch)
    environment = os.environ | {"MOOC_DATA_DIR": str(scratch / "var"), "PYTHONPATH": str(scratch)}
    for name in ("MOOC_PROFILE", "DATABASE_URL", "REDIS_URL"):
        environment.pop(name, None)
    subprocess.run(
        [
            sys.executable,
            "manage.py",
            "makemessages",
            "-l",
            LANGUAGE,
            "--no-obsolete",
            "--no-location",
            "-v0",
        ],
        cwd=scratch,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return scratch / PO


def problems() -> list[str]:
    """What is wrong, one line each."""
    po, mo = ROOT / PO, ROOT / PO.with_suffix(".mo")
    if not po.exists() or not mo.exists():
        return [f"{PO} or its .mo file is missing: make messages"]
    found = []
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        now = collected(scratch)
        for what, flag in (("untranslated", "--untranslated"), ("fuzzy", "--only-fuzzy")):
            listed = tool("msgattrib", flag, "--no-obsolete", "--no-wrap", str(now))
            messages = [line[6:] for line in listed.splitlines() if line.startswith("msgid ")]
            if listed.strip():  # the first is the header
                found += [f"{what}: {message}" for message in messages[1:]]
        fresh = scratch / "fresh.mo"
        tool("msgfmt", "--check-format", "-o", str(fresh), str(po))
        if catalogue(fresh) != catalogue(mo):
            found.append(f"{PO.with_suffix('.mo')} is not what {PO.name} compiles to: make messages")
    return found


def missing() -> str:
    """What to install first; empty when nothing."""
    tools = [name for name in TOOLS if not shutil.which(name)]
    if not tools:
        return ""
    ways = "apt install gettext (Debian, Ubuntu), dnf install gettext (Fedora), brew install gettext (macOS)"
    return f"gettext is missing ({', '.join(tools)}), translations cannot be read without it.\nInstall it: {ways}"


if __name__ == "__main__":
    if lacking := missing():
        print(lacking)
        sys.exit(3)
    if "--tools" in sys.argv:
        sys.exit(0)
    wrong = problems()
    print("\n".join(wrong) if wrong else "Translations are complete.")
    sys.exit(bool(wrong))
