"""Who is told of statements: the unit's bookkeepers that there is one, cashiers that a line is disputed."""

from __future__ import annotations

from django_tasks import task

from marketplace.access.models import Role, User
from marketplace.money import yuan
from marketplace.notices.tell import tell
from shop.buyers.models import Duty

from .models import Statement, StatementLine


@task(backend="notices")
def statement_issued(statement_id: int) -> int:
    statement = Statement.objects.get(pk=statement_id)
    keepers = Duty.objects.filter(kind=Duty.Kind.BOOKKEEPER, member__organisation=statement.organisation_id)
    facts = {"month": f"{statement.period:%Y-%m}", "amount": yuan(statement.closing_fen)}
    people = keepers.values_list("member__user", flat=True)
    return tell(people, "statement", facts, statement.get_absolute_url(), f"statement:{statement.pk}")


@task(backend="notices")
def line_disputed(line_id: int) -> int:
    line = StatementLine.objects.select_related("statement").get(pk=line_id)
    cashiers = User.objects.filter(role=Role.CASHIER).values_list("pk", flat=True)
    statement = line.statement
    facts = {"number": statement.number}
    return tell(cashiers, "disputed", facts, statement.get_absolute_url(), f"dispute:{line.pk}")
