"""Old codes of places; and paths put right that a move on the desk left behind."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


def straighten(apps, schema_editor):
    """From the top down: a path is the parent's path and the own code."""
    region = apps.get_model("accounts", "Region")
    paths = {None: ""}
    for row in region.objects.order_by("level", "pk").only("pk", "code", "path", "parent_id"):
        paths[row.pk] = f"{paths.get(row.parent_id, '')}{row.code}/"
        if row.path != paths[row.pk]:
            region.objects.filter(pk=row.pk).update(path=paths[row.pk])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_names_compared")]

    operations = [
        migrations.CreateModel(
            name="OldRegionCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=12,
                        unique=True,
                        validators=[django.core.validators.RegexValidator("^\\d{2,12}$")],
                    ),
                ),
                ("since", models.DateTimeField(auto_now_add=True)),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="old_codes",
                        to="accounts.region",
                    ),
                ),
            ],
        ),
        migrations.RunPython(straighten, migrations.RunPython.noop),
    ]
