"""Evaluation and jobs become apps of their own: their tables are renamed, nothing is copied."""

from django.db import migrations, models

TABLES = {
    'Job': 'jobs_job',
    'EvaluationSnapshot': 'evaluation_evaluationsnapshot',
    'EvaluationReport': 'evaluation_evaluationreport',
    'ReportFile': 'evaluation_reportfile',
    'HelpNeed': 'evaluation_helpneed',
    'HelpGiven': 'evaluation_helpgiven',
}


def rename_types(apps, schema_editor):
    """What the register of deeds and the permissions call these models goes along."""
    content_types = apps.get_model('contenttypes', 'ContentType').objects
    for table in TABLES.values():
        app, model = table.split('_')
        content_types.filter(app_label='assessments', model=model).update(app_label=app)


class Migration(migrations.Migration):

    dependencies = [
        ('assessments', '0010_assignment'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.RenameIndex(
            model_name='job', new_name='job_by_state', old_name='assessments_state_c5f226_idx',
        ),
        migrations.RenameIndex(
            model_name='evaluationsnapshot', new_name='snapshot_by_kind', old_name='assessments_kind_9c6cac_idx',
        ),
        migrations.AlterField(model_name='job', name='kind', field=models.CharField(max_length=20)),
        migrations.RunPython(rename_types, migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.AlterModelTable(*pair) for pair in TABLES.items()],
            state_operations=[
                migrations.DeleteModel(name)
                for name in ('ReportFile', 'EvaluationReport', 'EvaluationSnapshot', 'HelpNeed', 'HelpGiven', 'Job')
            ],
        ),
    ]
