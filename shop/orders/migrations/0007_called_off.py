from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_weighings")]

    operations = [
        migrations.AddField(
            model_name="orderline",
            name="called_off",
            field=models.BooleanField(default=False, verbose_name="called off"),
        ),
        migrations.AlterField(
            model_name="trackingevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("placed", "order placed"),
                    ("approved", "approved by the unit"),
                    ("paid", "payment received"),
                    ("confirmed", "the village is preparing the goods"),
                    ("dispatched", "left the village"),
                    ("arrived", "reached a stop on the way"),
                    ("delivered", "delivered"),
                    ("accepted", "weighed and accepted"),
                    ("returned", "goods given back"),
                    ("called_off", "goods called off"),
                    ("cancelled", "order cancelled"),
                    ("expired", "order lapsed"),
                    ("complained", "complaint made"),
                    ("answered", "complaint answered"),
                    ("closed", "complaint closed"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("called_off", False),
                    models.Q(("accepted_quantity", 0), ("accepted_quantity__isnull", False)),
                    _connector="OR",
                ),
                name="line_called_off_has_nothing",
            ),
        ),
    ]
