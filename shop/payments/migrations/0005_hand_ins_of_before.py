import uuid

from django.conf import settings
from django.db import migrations
from django.db.models import F, Max, Min, Sum
from django.utils import timezone


def keep(apps, schema_editor):
    """What officers brought before: each number in a note is a hand-in, counted by whom the books say."""
    HandIn = apps.get_model("payments", "HandIn")
    Payment = apps.get_model("payments", "Payment")
    Posting = apps.get_model("ledger", "Posting")
    User = apps.get_model(*settings.AUTH_USER_MODEL.split("."))
    brought = Payment.objects.filter(provider="cash", reference__startswith="door:").exclude(note="")
    brought = brought.exclude(received_fen=None).exclude(by=None)
    sums = (
        brought.order_by()
        .values("note", "by")
        .annotate(fen=Sum("received_fen"), last=Max("paid_at"), first=Min("pk"))
    )
    for row in sums.order_by("first"):
        theirs = brought.filter(note=row["note"], by=row["by"])
        counted_then = (
            Posting.objects.filter(
                debit="cash", credit="door", order_number__in=theirs.values("order__number")
            )
            .order_by("-at", "-pk")
            .first()
        )
        who = counted_then.by.removeprefix("user:") if counted_then else ""
        told = row["note"][:100]
        receipt, number = told, 2
        # two officers may have had one number: the second is told apart
        while HandIn.objects.filter(receipt=receipt).exists():
            receipt, number = f"{told} ({number})", number + 1
        made = HandIn.objects.create(
            key=uuid.uuid4(),
            receipt=receipt,
            officer_id=row["by"],
            cashier=User.objects.filter(pk=who).first() if who.isdecimal() else None,
            amount_fen=row["fen"],
            at=counted_then.at if counted_then else row["last"] or timezone.now(),
        )
        theirs.update(hand_in=made, note="")


def note(apps, schema_editor):
    """The number back into the notes."""
    Payment = apps.get_model("payments", "Payment")
    for payment in Payment.objects.exclude(hand_in=None).annotate(receipt=F("hand_in__receipt")):
        Payment.objects.filter(pk=payment.pk).update(note=payment.receipt, hand_in=None)


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0004_books"),
        ("payments", "0004_hand_ins"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunPython(keep, note)]
