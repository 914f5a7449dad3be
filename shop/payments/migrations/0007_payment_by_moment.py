from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0006_hand_in_guards")]

    operations = [
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("received_fen__isnull", False)),
                fields=["paid_at"],
                name="payment_by_moment",
            ),
        ),
    ]
