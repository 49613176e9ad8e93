"""Who opened whose file is kept without a foreign key: it outlives the account."""

from django.db import migrations, models


def keep_who(apps, schema_editor):
    """Whoever opened a file stands in the line itself from now on."""
    opening, user = apps.get_model("learners", "FileOpening"), apps.get_model("accounts", "User")
    names = {row.pk: row.display_name or row.username for row in user.objects.filter(fileopening__isnull=False)}
    for pk, name in names.items():
        opening.objects.filter(opened_by=pk).update(who=pk, who_name=name[:40])


class Migration(migrations.Migration):

    dependencies = [
        ('learners', '0006_as_it_was_asked'),
    ]

    operations = [
        migrations.AddField(
            model_name='fileopening',
            name='role',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='fileopening',
            name='who',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='fileopening',
            name='who_name',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.RunPython(keep_who, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='fileopening',
            name='opened_by',
        ),
    ]
