from django.db import migrations, models

from farmers.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_books")]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="salt",
            field=models.CharField(blank=True, default="", editable=False, max_length=32),
        ),
        # SQLite copies the table, and the triggers do not come along
        migrations.RunPython(guards.install, migrations.RunPython.noop),
    ]
