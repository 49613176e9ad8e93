"""Of trainings that wait there is one, and mails that wait are found quickly. A migration of its own: PostgreSQL does
not change a table whose rows were changed in the same transaction.
"""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('feedback', '0011_notices_and_trainings_are_jobs'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('state__in', ['queued', 'running'])), fields=['created_at'], name='notice_mail_open'),
        ),
        migrations.AlterField(
            model_name='trainingrun',
            name='outcome',
            field=models.CharField(blank=True, choices=[('used', 'better or as good: in use'), ('refused', 'refused: worse than the one in use'), ('same', 'nothing new to learn from')], max_length=8),
        ),
        migrations.AddConstraint(
            model_name='trainingrun',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'queued')), fields=('state',), name='training_one_waits'),
        ),
    ]
