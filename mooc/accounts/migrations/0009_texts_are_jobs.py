"""A text message is a row that is a job, like all others: its columns, and what stood in the old words."""

from django.db import migrations, models
from django.db.models import F

WORDS = {'waiting': 'queued', 'sent': 'done'}


def take_over(apps, schema_editor):
    messages = apps.get_model('accounts', 'TextMessage').objects.using(schema_editor.connection.alias)
    messages.filter(state='waiting', tries__gt=0).update(seen_at=F('updated_at'))  # the claim of a worker
    messages.exclude(state='waiting').update(ended_at=F('updated_at'))
    for old, new in WORDS.items():
        messages.filter(state=old).update(state=new)


def give_back(apps, schema_editor):
    messages = apps.get_model('accounts', 'TextMessage').objects.using(schema_editor.connection.alias)
    messages.filter(state='running').update(state='queued')
    for old, new in WORDS.items():
        messages.filter(state=new).update(state=old)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_a_form_sent_twice'),
    ]

    operations = [
        migrations.AddField(
            model_name='textmessage', name='ended_at', field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='textmessage', name='error', field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name='textmessage', name='seen_at', field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='textmessage',
            name='state',
            field=models.CharField(choices=[('queued', 'waiting'), ('running', 'running'), ('done', 'sent'), ('failed', 'failed'), ('cancelled', 'cancelled')], default='queued', max_length=9, verbose_name='state'),
        ),
        migrations.RunPython(take_over, give_back),
    ]
