from django.db import migrations

from shop.payments import counted


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_hand_ins_of_before")]

    operations = [migrations.RunPython(counted.install, counted.remove)]
