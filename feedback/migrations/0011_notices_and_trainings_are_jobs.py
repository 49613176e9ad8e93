"""The e-mail of a notice and a training are rows that are jobs, like all others: their columns, and what stood in
the old words. A training whose worker died is open again, and the sweep begins it anew.
"""

from django.db import migrations, models
from django.db.models import F

WORDS = {'waiting': 'queued', 'sent': 'done'}


def take_over(apps, schema_editor):
    notices = apps.get_model('feedback', 'Notice').objects.using(schema_editor.connection.alias)
    notices.filter(state='waiting', tries__gt=0).update(seen_at=F('updated_at'))  # the claim of a worker
    notices.filter(state__in=['sent', 'failed']).update(ended_at=F('updated_at'))
    for old, new in WORDS.items():
        notices.filter(state=old).update(state=new)
    runs = apps.get_model('feedback', 'TrainingRun').objects.using(schema_editor.connection.alias)
    runs.exclude(seen_at=None).update(tries=1)
    runs.filter(ended_at=None).exclude(seen_at=None).update(state='running')
    runs.exclude(ended_at=None).update(state='done')
    runs.filter(outcome='failed').update(state='failed', outcome='')
    waiting = runs.filter(state='queued').order_by('pk').values_list('pk', flat=True)
    runs.filter(pk__in=list(waiting[1:])).update(state='done', outcome='same', ended_at=F('created_at'))


def give_back(apps, schema_editor):
    notices = apps.get_model('feedback', 'Notice').objects.using(schema_editor.connection.alias)
    notices.filter(state='running').update(state='queued')
    for old, new in WORDS.items():
        notices.filter(state=new).update(state=old)
    runs = apps.get_model('feedback', 'TrainingRun').objects.using(schema_editor.connection.alias)
    runs.filter(state='failed').update(outcome='failed')



class Migration(migrations.Migration):

    dependencies = [
        ('feedback', '0010_check_yourself_on_theme_pages'),
    ]

    operations = [
        migrations.RemoveIndex(model_name='notice', name='notice_mail_waiting'),
        migrations.RenameField(model_name='notice', old_name='mail', new_name='state'),
        migrations.AlterField(
            model_name='notice',
            name='state',
            field=models.CharField(blank=True, choices=[('', 'no e-mail'), ('queued', 'waiting'), ('running', 'running'), ('done', 'sent'), ('failed', 'failed'), ('cancelled', 'cancelled')], default='', max_length=9, verbose_name='state'),
        ),
        migrations.AddField(model_name='notice', name='ended_at', field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name='notice', name='error', field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(model_name='notice', name='seen_at', field=models.DateTimeField(null=True)),
        migrations.RenameField(model_name='trainingrun', old_name='begun_at', new_name='seen_at'),
        migrations.AddField(
            model_name='trainingrun',
            name='state',
            field=models.CharField(choices=[('queued', 'waiting'), ('running', 'running'), ('done', 'done'), ('failed', 'failed'), ('cancelled', 'cancelled')], default='queued', max_length=9, verbose_name='state'),
        ),
        migrations.AddField(
            model_name='trainingrun', name='tries', field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='trainingrun', name='error', field=models.CharField(blank=True, max_length=300),
        ),
        migrations.RunPython(take_over, give_back),
    ]
