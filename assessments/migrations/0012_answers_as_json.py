"""Answers become JSON of their kind with a score; the lines as shown become a list. What stood is taken over.

Kinds come from ``assessments.kinds`` from now on: a new one needs no migration.
"""

from django.db import migrations, models

#: Ids parted by commas are a JSON list once they stand in brackets; an answer that was erased stays empty. SQLite
#: compares JSON as text, so it is written as Django writes it, with a space after each comma.
TAKE_OVER = """
    UPDATE assessments_response SET
        answer = CASE WHEN chosen = '' THEN '{{}}' ELSE '{{"chosen": [' || replace(chosen, ',', ', ') || ']}}' END{json},
        shown = ('[' || replace(shown_ids, ',', ', ') || ']'){json},
        score = CASE WHEN "right" THEN 1.0 ELSE 0.0 END
"""


def take_over(apps, schema_editor):
    schema_editor.execute(TAKE_OVER.format(json="::jsonb" if schema_editor.connection.vendor == "postgresql" else ""))


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0011_evaluation_moves_out'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='item', name='item_kind_known'),
        migrations.AlterField(
            model_name='historicalitem',
            name='kind',
            field=models.CharField(max_length=20, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='item',
            name='kind',
            field=models.CharField(max_length=20, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='itemedition',
            name='kind',
            field=models.CharField(max_length=20),
        ),
        migrations.RenameField(model_name='response', old_name='shown', new_name='shown_ids'),
        migrations.AddField(model_name='response', name='answer', field=models.JSONField(default=dict)),
        migrations.AddField(model_name='response', name='shown', field=models.JSONField(default=list)),
        migrations.AddField(
            model_name='response', name='score', field=models.FloatField(default=0.0), preserve_default=False
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
