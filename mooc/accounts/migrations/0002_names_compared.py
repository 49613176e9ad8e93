"""Sign-in names are compared in one form; accounts that are alike already are told apart by a number."""

from collections import Counter

from django.db import migrations, models

from ._0002_frozen import key as key_of


def make_keys(apps, schema_editor):
    """The oldest account of a key has it plain; ``key 2`` and so on for the others."""
    users = apps.get_model("accounts", "User").objects
    seen = Counter()
    for user in users.order_by("pk").only("pk", "username").iterator():
        key = key_of(user.username)[:150]
        seen[key] += 1
        users.filter(pk=user.pk).update(name_key=key if seen[key] == 1 else f"{key} {seen[key]}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AlterModelManagers(name="user", managers=[]),
        migrations.AddField(
            model_name="user",
            name="name_key",
            field=models.CharField(default="", editable=False, max_length=180),
        ),
        migrations.RunPython(make_keys, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="user",
            name="name_key",
            field=models.CharField(default="", editable=False, max_length=180, unique=True),
        ),
        migrations.AlterField(
            model_name="user",
            name="display_name",
            field=models.CharField(blank=True, max_length=40, verbose_name="name"),
        ),
        migrations.AlterField(
            model_name="user",
            name="username",
            field=models.CharField(error_messages={"unique": "This name is taken. Add a number or your village."}, max_length=150, unique=True, verbose_name="sign-in name"),
        ),
    ]
