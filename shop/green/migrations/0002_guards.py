from django.db import migrations

from shop.green import guards


class Migration(migrations.Migration):
    dependencies = [("green", "0001_initial")]

    operations = [migrations.RunPython(guards.install, guards.remove)]
