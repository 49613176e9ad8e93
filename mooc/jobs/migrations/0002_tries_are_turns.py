"""Who has a job is told by its tries: each taking counts one, so ``turn`` said the same once more."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0001_initial'),
    ]

    operations = [
        migrations.RemoveField(model_name='job', name='turn'),
    ]
