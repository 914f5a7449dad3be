"""What is kept on a household, what of it a copy tells, and what becomes of each thing when the household is erased.

The one table of it. `tests/cms/test_privacy_decisions.py` walks every relation that leads to a household or its account
and every text in a row of theirs, and fails where nothing is decided here.

Invariant 3 says that an order keeps the names it was sold as. The law's right to be erased is the one exception: what
still names the household is masked, and quantities, prices and sums stay to the gram and the fen.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Model, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from farmers.registry.models import Household
from marketplace.access.models import Role, User


class How(StrEnum):
    DELETE = "delete"
    MASK = "mask"
    KEEP = "keep"


class Held(NamedTuple):
    """Rows of one table that are about a household. Columns are written as one text, with blanks between."""

    model: str
    title: Promise
    how: How
    # by which ways a row leads to the household, and to the account that is the household's
    of: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    # what a copy tells
    told: str = ""
    # words in which the household's name and numbers are masked, and words that go as a whole
    mask: str = ""
    empty: str = ""
    # words that go three years after `since`, as long as the law has a trade's particulars kept
    later: str = ""
    since: str = ""
    # words that are nobody's, or another's
    left: str = ""
    # where the unit stands in which its quantities are told
    unit: str | None = None
    # the law's, or the books', reason to keep it
    why: str | Promise = ""

    @property
    def table(self) -> type[Model]:
        return apps.get_model(self.model)

    def rows(self, household: Household, account: User | None) -> QuerySet[Any]:
        """The rows about this household, and its account."""
        lookups = [Q(**{way: household.pk}) for way in self.of]
        if account is not None:
            lookups += [Q(**{way: account.pk}) for way in self.by]
        theirs = Q(pk__in=[])
        for lookup in lookups:
            theirs |= lookup
        rows = self.table._base_manager.filter(theirs)
        if not any("lines" in way for way in self.of):
            return rows.order_by("pk")
        # by way of the lines the same row is met more than once
        return self.table._base_manager.filter(pk__in=rows.values("pk")).order_by("pk")


def account_of(household: Household) -> User | None:
    """The account that is the household's alone: an officer who also farms keeps the account of the work."""
    user = household.user
    return user if user is not None and user.role == Role.SELLER else None


BOOKS = _("Books and their papers are kept for 30 years (Accounting Archives Rules, 2015).")
TRADE = _("What was traded is kept for at least three years (E-Commerce Law, article 31).")
CLAIMS = _("Complaints are kept as long as a claim may come of them: three years (Civil Code, article 188).")
LOGS = _(
    "Who handled personal data is written down for good (Personal Information Protection Law, article 51)."
)
STOCK = _("What was grown and moved stays without a name, so that the stock adds up.")
HELP = _("What the city did is kept without the household's name, so that it can be answered for.")
TALKS = _("Kept with the firm's side of the trade, for at least three years (E-Commerce Law, article 31).")

HELD: tuple[Held, ...] = (
    # --- who it is --------------------------------------------------------------------------
    Held(
        "registry.Household", _("Household"), How.MASK, of=("pk",),
        told="head_name village__name village__town__name members phone id_number bank_account"
        " officer__name consent_on erased_on",
        mask="head_name", empty="phone id_number bank_account", left="phone_digest",
    ),
    Held("registry.HouseholdMark", _("Marks"), How.DELETE, of=("household",), told="kind since until"),
    Held(
        "access.User", _("Account"), How.MASK, by=("pk",),
        told="username first_name last_name email phone role date_joined last_login is_active",
        empty="first_name last_name email phone", left="password phone_digest",
    ),
    Held("access.SignInCard", _("Sign-in card"), How.DELETE, by=("user",), told="issued_at last_used_at",
         left="token_digest"),
    Held(
        "registry.Reveal", _("Looks at personal data"), How.KEEP, of=("household",),
        told="at fields why words by__username by__role", why=LOGS,
    ),
    Held(
        "registry.Erasure", _("Erasures asked for"), How.KEEP, of=("household",), by=("account",),
        told="asked_at why words outcome ended_at", why=LOGS,
    ),
    # --- what it is told --------------------------------------------------------------------
    Held("notices.Notice", _("Messages to it"), How.DELETE, by=("user",), told="created_at facts read_at",
         left="key kind link"),
    Held("notices.Delivery", _("Messages sent out"), How.DELETE, by=("notice__user",),
         told="channel state due_at sent_at", left="error"),
    Held("notices.Wish", _("How it is told"), How.DELETE, by=("user",), told="group channel wanted"),
    # --- how it is watched over ---------------------------------------------------------------
    Held("monitoring.OtherIncome", _("Other income"), How.DELETE, of=("household",),
         told="first_month months kind amount_fen source at by__username"),
    # before the warning that it came of is gone
    Held("monitoring.Problem", _("Problems it was part of"), How.MASK, of=("warning__household",),
         told="title words state opened_at due_on result", mask="title words result",
         # the city's own people
         left="leader department team", why=HELP),
    Held("monitoring.Item", _("Items of these problems"), How.MASK, of=("problem__warning__household",),
         told="list words due_on ticked_at", mask="words", why=HELP),
    # masked as it is written: triggers keep it as it is
    Held("monitoring.ProblemStep", _("Steps of these problems"), How.KEEP,
         of=("problem__warning__household",), told="kind at words", why=HELP),
    Held("monitoring.Step", _("Steps of warnings"), How.DELETE, of=("warning__household",),
         told="at to_state reason words by__username"),
    Held("monitoring.Warning", _("Warnings"), How.DELETE, of=("household",),
         told="raised_at kind state evidence"),
    # --- what it sells ----------------------------------------------------------------------
    Held(
        "stock.Lot", _("Lots"), How.MASK, of=("household",),
        told="slug product__name state listed reserved sold price_fen unit harvested_on good_until grade note"
        " listed_at consent public_on",
        mask="grade", empty="note cover", unit="",
        # a fingerprint: else the same workbook, sent again, would bring back what was erased
        left="import_key", why=STOCK,
    ),
    Held("stock.LotPhoto", _("Photos"), How.DELETE, of=("lot__household",), told="lot__slug image", left="small"),
    Held(
        "stock.SaplingMeasures", _("Measures of saplings"), How.KEEP, of=("lot__household",),
        told="lot__slug trunk_at trunk_from trunk_to height_from height_to crown_from crown_to age_years roots"
        " ball grade at",
        why=STOCK,
    ),
    Held("stock.LotCheck", _("Checks of lots"), How.MASK, of=("lot__household",),
         told="lot__slug at approved stock_seen photo_true grade_true why", mask="why", why=STOCK),
    Held("stock.LotTransition", _("Lots on and off sale"), How.MASK, of=("lot__household",),
         told="lot__slug at to_state why", mask="why", why=STOCK),
    Held("stock.StockMovement", _("Stock movements"), How.MASK, of=("lot__household",),
         told="lot__slug at kind listed reserved sold reference", mask="reference", left="key", unit="lot__",
         why=STOCK),
    Held("stock.Rescue", _("Goods about to spoil"), How.KEEP, of=("lot__household",),
         told="lot__slug since at_risk ended_on saved lost", unit="lot__", why=STOCK),
    Held("selling.LotDraft", _("Drafts"), How.DELETE, of=("household",), by=("by",), told="updated_at cells photo"),
    # --- what became of it ------------------------------------------------------------------
    Held(
        "ledger.Entry", _("Ledger"), How.KEEP, of=("household",),
        told="day kind product_name quantity unit price_fen amount_fen channel order_number reason",
        left="key product_slug product_name_en category_slug category_name category_name_en buyer buyer_name by"
        " salt digest",
        unit="", why=BOOKS,
    ),
    Held("ledger.Posting", _("Accounts of the ledger"), How.KEEP, of=("household",),
         told="day kind debit credit fen order_number about", left="key by digest", why=BOOKS),
    Held("ledger.HouseholdTotal", _("Sales by kind of goods"), How.KEEP, of=("household",),
         told="category_slug channel grams saplings pieces amount_fen entries", why=BOOKS),
    Held("ledger.HouseholdYear", _("Sales by year"), How.KEEP, of=("household",),
         told="year grams saplings pieces amount_fen entries", why=BOOKS),
    Held("ledger.HouseholdDay", _("Sales by day"), How.KEEP, of=("household",),
         told="day grams saplings pieces amount_fen entries", why=BOOKS),
    Held(
        "payouts.Payout", _("Payouts"), How.MASK, of=("household",),
        told="run__number amount_fen way account name state reason receipt ended_at", mask="name",
        # the books keep its last four figures, the bank the rest; triggers keep the row as it was made
        empty="account", left="account_tail", why=BOOKS,
    ),
    Held("payouts.PayoutLine", _("Sales paid out"), How.KEEP, of=("payout__household",),
         told="payout__run__number entry__order_number entry__product_name amount_fen live", why=BOOKS),
    Held(
        "orders.OrderLine", _("Goods ordered"), How.MASK, of=("household",), by=("order__buyer",),
        told="order__number product_name household_name quantity unit price_fen amount_fen accepted_quantity"
        " returned_quantity grade",
        mask="household_name grade",
        left="product_slug product_name_en illustration category_slug category_name category_name_en called_off",
        unit="", why=TRADE,
    ),
    Held("orders.Transition", _("Steps of orders"), How.MASK, of=("order__lines__household",), by=("order__buyer",),
         told="order__number at to_state", mask="why", why=TRADE),
    Held("orders.TrackingEvent", _("Ways of goods"), How.MASK, of=("order__lines__household",), by=("order__buyer",),
         told="order__number at kind note", mask="note", why=TRADE),
    Held(
        "orders.Weighing", _("Weighings"), How.MASK, of=("line__household",), by=("line__order__buyer",),
        told="line__order__number line__product_name handed_over weighed refused reason at", mask="reason",
        # whoever stood at the scale for the buyer
        later="receiver", since="line__order__placed_at", left="receiver", unit="line__", why=TRADE,
    ),
    Held("orders.Complaint", _("Complaints"), How.MASK, of=("line__household",), by=("by",),
         told="line__order__number line__product_name what words state at answer taken_back answered_at",
         mask="words answer", unit="line__", why=CLAIMS),
    Held("orders.Review", _("Reviews"), How.MASK, of=("household",), by=("by",),
         told="product__name stars words created_at hidden_at hidden_reason", mask="words hidden_reason", why=TRADE),
    Held(
        "payments.StatementLine", _("On units' statements"), How.KEEP, of=("order_line__household",),
        told="order_number day product_name household_name quantity unit price_fen amount_fen",
        # written masked when the statement was issued, and frozen with it
        left="product_name_en village_name village_name_en town_name town_name_en reason", unit="", why=BOOKS,
    ),
    Held("payments.Tick", _("What units said of statements"), How.MASK, of=("line__order_line__household",),
         told="line__order_number state words answer at", mask="words answer", why=BOOKS),
    Held(
        "green.Talk", _("Talks over saplings"), How.KEEP, of=("lot__household",),
        told="number lot__slug state visit_on held held_until began_at",
        # the firm's
        left="phone", why=TALKS,
    ),
    Held(
        "green.Step", _("Steps of talks"), How.KEEP, of=("talk__lot__household",),
        told="talk__number at kind side quantity price_fen day consent why", why=TALKS,
    ),
    Held("green.Paper", _("Papers of saplings"), How.KEEP, of=("lot__household",),
         told="lot__slug kind number issuer valid_until file at", why=TRADE),
    Held("green.Sample", _("Saplings measured"), How.MASK, of=("line__household",),
         told="line__order__number plants note at", mask="note", why=TRADE),
    # --- what its account bought ------------------------------------------------------------
    Held(
        "orders.Order", _("Own orders"), How.KEEP, by=("buyer",),
        told="number state placed_at wanted_on pay_by total_fen accepted_fen paid_fen recipient phone address note",
        later="recipient phone address note", since="placed_at", why=TRADE,
    ),
    Held("orders.Consignment", _("Consignments of own orders"), How.KEEP, by=("order__buyer",),
         told="order__number village_name town_name state", left="village_name_en town_name_en", why=TRADE),
    Held("orders.ComplaintPhoto", _("Photos of own complaints"), How.KEEP, by=("complaint__by",),
         told="complaint__line__order__number image", why=CLAIMS),
    # what is said in a talk, or of a day, is masked as it is written: triggers keep it as it is
    Held("green.DayChange", _("Other days asked for"), How.KEEP, of=("order__lines__household",), by=("order__buyer",),
         told="order__number day_before day side at state why", why=TRADE),
    Held("payments.Payment", _("Own payments"), How.MASK, by=("order__buyer",),
         told="order__number provider reference amount_fen received_fen state note started_at paid_at",
         mask="note", left="url intent", why=BOOKS),
    Held("payments.Refund", _("Money given back"), How.KEEP, by=("order__buyer",),
         told="order__number provider reference amount_fen state at", left="note", why=BOOKS),
    Held("payments.Dispute", _("Payments taken back by the bank"), How.KEEP, by=("payment__order__buyer",),
         told="payment__order__number reference amount_fen reason status opened_at closed_at", why=BOOKS),
    Held("buyers.Address", _("Addresses"), How.DELETE, by=("user",), told="recipient phone address is_default"),
    Held("buyers.Favourite", _("Favourites"), How.DELETE, by=("user",), told="product__name created_at"),
    Held("buyers.BackAlert", _("Goods waited for"), How.DELETE, by=("user",),
         told="product__name town__name created_at told_at"),
    Held("buyers.Member", _("Units acted for"), How.DELETE, by=("user",), told="organisation__name"),
    Held("basket.Basket", _("Basket"), How.DELETE, by=("user",), told="changed_at"),
    Held("basket.BasketLine", _("Goods in the basket"), How.DELETE, by=("basket__user",),
         told="lot__slug quantity", unit="lot__"),
    # --- what the site tells of it ----------------------------------------------------------
    Held("cms.StoryPage", _("Stories"), How.KEEP, of=("household",), told="title date intro live",
         left="body", why=_("A household with a story is not erased before the story is taken off.")),
)  # fmt: skip

# relations that only say who did something: the account stays, without name, number or way in
WHO_DID_IT = "it says who did it, and that account has no name any more"
BESIDES: dict[str, Any] = {
    **dict.fromkeys(
        (
            "access.SignInCard.issued_by", "access.Taken.by", "registry.Officer.user", "registry.Reveal.by",
            "registry.Erasure.asked_by", "registry.Erasure.ended_by", "stock.SaplingMeasures.by",
            "stock.LotCheck.by", "stock.Lot.listed_by", "stock.StockMovement.by", "stock.LotTransition.by",
            "workbooks.WorkbookUpload.by", "workbooks.MendedRow.by", "buyers.CanteenBudget.filed_by",
            "buyers.CanteenBudget.decided_by", "buyers.CreditedOrder.by", "orders.Transition.by",
            "orders.TrackingEvent.by", "orders.Complaint.answered_by", "orders.Review.hidden_by",
            "orders.Weighing.by", "bulk.BulkRequest.by", "bulk.Approval.by", "bulk.Step.by", "payments.Transfer.by",
            "payments.HandIn.officer", "payments.HandIn.cashier",
            "payments.Payment.by", "payments.Refund.by", "payments.Statement.issued_by",
            "payments.Statement.closed_by", "payments.PayLink.by", "payments.Tick.by", "payments.Tick.answered_by", "payouts.PayoutRun.made_by",
            "payouts.PayoutRun.released_by", "payouts.Payout.ended_by", "green.Talk.buyer", "green.Step.by",
            "green.Paper.by", "green.Paper.withdrawn_by", "green.Sample.by", "green.DayChange.by",
            "green.DayChange.answered_by", "bank.BankFile.by", "bank.BankFile.taken_by",
            "cms.SavedQuestion.owner",
            "bank.BankLine.decided_by", "bank.ClosedMonth.by", "monitoring.OtherIncome.by", "monitoring.Step.by",
            "monitoring.YearlyLine.by", "monitoring.Item.whose", "monitoring.Item.ticked_by",
            "monitoring.ProblemStep.by",
        ),
        WHO_DID_IT,
    ),
    "ledger.Entry.reverses": "the entry it takes back is the same household's",
    "monitoring.OtherIncome.corrects": "the same household's",
    "monitoring.ProblemStep.item": "the same problem's",
    "orders.Review.line": "the same household's",
    "payments.Refund.payment": "its own by way of the order",
    "ledger.Seal.entry": "the entry's place in the chain",
    "ledger.Uncounted.posting": "the posting waits to be counted in",
    "ledger.Unsealed.entry": "the entry waits for its place in the chain",
    "workbooks.WorkbookUpload.lots": "what came of a workbook; the workbook itself is gone once loaded, or in 14 days",
    "basket.BasketLine.lot": "what others mean to buy",
    "basket.BasketLine.basket": "its own by way of the account",
    "bulk.BulkShare.lot": "a unit's request: quantities, and numbers of the rules",
    "bulk.BulkShare.order_line": "the same",
    "bulk.BulkOrder.order": "a unit's order: no household asks in bulk",
    "buyers.Duty.member": "goes with the membership",
    "orders.Consignment.order": "its own by way of the account",
    "orders.OrderLine.consignment": "the same line",
    "orders.OrderLine.lot": "the same household's",
    "orders.TrackingEvent.consignment": "the same order's",
    "orders.WeighingPhoto.weighing": "goods on a scale",
    "payments.StatementLine.entry": "a copy of the entry, on a unit's statement",
    "payments.StatementLine.order": "the same",
    "payments.StatementCredit.payment": "a unit's payment: no household buys on account",
    "payments.StatementCredit.refund": "the same",
    "payouts.PayoutLine.entry": "the same household's",
    "bank.Match.payment": "a line of the city's own account, matched with what came in",
    "green.Talk.order": "a nursery firm's order",
    "green.Talk.offer": "one of the talk's own steps",
    "green.Step.answers": "the same talk's",
    "green.Paper.consignment": "what leaves a village, for many households",
}  # fmt: skip
# who works in the admin is no household: a seller has no way in
OF_WORKERS = ("wagtail",)
