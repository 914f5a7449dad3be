"""Accounts' totals are kept by kind of posting, and the city's own money has an account and a kind of its own."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db import migrations, models
from django.db.models import Count, Q, Sum

from farmers.ledger import guards

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

nothing = migrations.RunPython.noop
ACCOUNTS = [
    ("stripe", "money at the payment service"),
    ("cash", "cash at the cashier's"),
    ("door", "cash in officers' hands"),
    ("transfer", "money at the bank"),
    ("receivable", "owed by buyers"),
    ("advances", "paid ahead by buyers"),
    ("refunds", "to give back to buyers"),
    ("differences", "still to match"),
    ("set_off", "set off"),
    ("payable", "owed to households"),
    ("capital", "put in by the city"),
]
KINDS = [
    ("goods", "goods accepted or returned"),
    ("money", "money of an order"),
    ("transfer", "bank transfer"),
    ("payout", "payout"),
    ("own", "the city's own money"),
]


def count(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What was counted before, now by kind."""
    Posting = apps.get_model("ledger", "Posting")
    rows = Posting.objects.filter(uncounted=None).order_by().values_list("debit", "credit", "kind")
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for debit, credit, kind, fen, number in rows.annotate(Sum("fen"), Count("pk")):
        for account, place in ((debit, 0), (credit, 1)):
            sums[account, kind][place] += fen
            sums[account, kind][2] += number
    total = apps.get_model("ledger", "AccountTotal")
    total.objects.bulk_create(
        total(account=account, kind=kind, debit_fen=told[0], credit_fen=told[1], postings=told[2])
        for (account, kind), told in sorted(sums.items())
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_chain_of_logs")]

    operations = [
        migrations.DeleteModel(name="AccountTotal"),
        migrations.CreateModel(
            name="AccountTotal",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "account", "kind", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("account", models.CharField(choices=ACCOUNTS, max_length=12, verbose_name="account")),
                ("kind", models.CharField(choices=KINDS, max_length=8, verbose_name="kind")),
                ("debit_fen", models.BigIntegerField(default=0)),
                ("credit_fen", models.BigIntegerField(default=0)),
                ("postings", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.RunPython(guards.remove_books, guards.install_books),
        migrations.AlterField(
            model_name="posting",
            name="debit",
            field=models.CharField(choices=ACCOUNTS, max_length=12, verbose_name="debit"),
        ),
        migrations.AlterField(
            model_name="posting",
            name="credit",
            field=models.CharField(choices=ACCOUNTS, max_length=12, verbose_name="credit"),
        ),
        migrations.AlterField(
            model_name="posting",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=8, verbose_name="kind"),
        ),
        migrations.RemoveConstraint(model_name="posting", name="posting_account_known"),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=Q(
                    debit__in=[value for value, _label in ACCOUNTS],
                    credit__in=[value for value, _label in ACCOUNTS],
                ),
                name="posting_account_known",
            ),
        ),
        migrations.RemoveConstraint(model_name="posting", name="posting_kind_known"),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=Q(kind__in=[value for value, _label in KINDS]), name="posting_kind_known"
            ),
        ),
        migrations.RunPython(nothing, guards.remove_books),
        migrations.RunPython(guards.install_books, nothing),
        migrations.RunPython(count, nothing),
    ]
