"""Full-text index over the tokens of published lessons: GIN on PostgreSQL, FTS5 on SQLite.

A later change of the table's columns on SQLite makes Django build the table anew and drops these
triggers: such a migration has to run this one's statements again.
"""

from django.db import migrations

SQLITE = [
    "CREATE VIRTUAL TABLE courses_search_fts USING fts5(tokens, content='courses_searchentry', "
    "content_rowid='id', tokenize='unicode61')",
    "INSERT INTO courses_search_fts(courses_search_fts) VALUES ('rebuild')",
    "CREATE TRIGGER courses_search_ai AFTER INSERT ON courses_searchentry BEGIN "
    "INSERT INTO courses_search_fts(rowid, tokens) VALUES (new.id, new.tokens); END",
    "CREATE TRIGGER courses_search_ad AFTER DELETE ON courses_searchentry BEGIN "
    "INSERT INTO courses_search_fts(courses_search_fts, rowid, tokens) VALUES ('delete', old.id, old.tokens); END",
]
POSTGRES = ["CREATE INDEX courses_search_gin ON courses_searchentry USING gin (to_tsvector('simple', tokens))"]


def forwards(apps, schema_editor):
    for statement in POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def backwards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS courses_search_gin")
        return
    for name in ("courses_search_ai", "courses_search_ad"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
    schema_editor.execute("DROP TABLE IF EXISTS courses_search_fts")


class Migration(migrations.Migration):
    dependencies = [("courses", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
