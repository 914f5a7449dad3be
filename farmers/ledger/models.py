"""The ledger's tables: entries, the totals kept with them, and the blocks that seal them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from farmers.registry.models import Household, Town, Village, about_households_of
from marketplace.quantity import Measure, Unit

from . import hashes
from .accounts import Account
from .briefing_models import Briefing as Briefing
from .briefing_models import BriefingWords as BriefingWords
from .briefing_models import PublicYear as PublicYear
from .kinds import BuyerKind, Channel
from .log_chain import LogBlock as LogBlock
from .log_chain import LogSeal as LogSeal
from .publications import Digest as Digest

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from marketplace.access.models import User


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, user: User | AnonymousUser) -> EntryQuerySet:
        """The entries this person may open one by one (everybody may see the merged public figures)."""
        return self.filter(about_households_of(user))

    def in_days(self, first: dt.date, last: dt.date) -> EntryQuerySet:
        """Entries of the Shanghai days from `first` to `last`, both included."""
        return self.filter(day__range=(first, last))


class Entry(models.Model):
    """A fact of the ledger 台账分录: goods accepted, or a reversal 冲正 that takes some of them back.

    Quantities in grams or pieces, prices in fen per unit; both negative amounts and quantities mean a reversal.
    Written by `post.py` alone. Never changed, never deleted: triggers refuse it.
    """

    class Kind(models.TextChoices):
        SALE = "sale", _("sale")
        REVERSAL = "reversal", _("reversal")

    key = models.CharField(_("key"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    at = models.DateTimeField(_("at"))
    day = models.DateField(_("ledger day"), help_text=_("the day in Shanghai"))
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="entries", db_index=False, verbose_name=_("household")
    )
    village = models.ForeignKey(
        Village, models.PROTECT, related_name="+", db_index=False, verbose_name=_("village")
    )
    town = models.ForeignKey(Town, models.PROTECT, related_name="+", db_index=False, verbose_name=_("town"))
    product_slug = models.CharField(max_length=60)
    product_name = models.CharField(_("product"), max_length=60)
    product_name_en = models.CharField(max_length=80, blank=True)
    category_slug = models.CharField(max_length=40)
    category_name = models.CharField(_("category"), max_length=40, blank=True)
    category_name_en = models.CharField(max_length=60, blank=True)
    is_sapling = models.BooleanField(_("nursery saplings"))
    measure = models.CharField(_("measure"), max_length=5, choices=Measure)
    quantity = models.BigIntegerField(_("quantity"))
    unit = models.CharField(_("unit"), max_length=8, choices=Unit)
    unit_size = models.PositiveIntegerField(_("grams or pieces per unit"))
    price_fen = models.BigIntegerField(_("price in fen per unit"))
    amount_fen = models.BigIntegerField(_("amount in fen"))
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    buyer_kind = models.CharField(_("kind of buyer"), max_length=12, choices=BuyerKind)
    buyer = models.CharField(_("buyer"), max_length=40)
    buyer_name = models.CharField(_("buyer's name"), max_length=80, blank=True)
    order_number = models.CharField(_("order"), max_length=20)
    line = models.BigIntegerField(_("order line"))
    reverses = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="reversals",
        db_index=False,
        verbose_name=_("takes back"),
    )
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    by = models.CharField(_("by"), max_length=40, blank=True)
    # keeps what its digest covers from being guessed; empty on entries from before there were any
    salt = models.CharField(max_length=32, blank=True, default="", editable=False)
    digest = models.CharField(_("digest"), max_length=64)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(channel__in=Channel.values), name="entry_channel_known"),
            models.CheckConstraint(
                condition=Q(buyer_kind__in=BuyerKind.values), name="entry_buyer_kind_known"
            ),
            models.CheckConstraint(condition=Q(measure__in=Measure.values), name="entry_measure_known"),
            models.CheckConstraint(condition=Q(unit__in=Unit.values), name="entry_unit_known"),
            models.CheckConstraint(
                condition=Q(unit_size__gt=0, price_fen__gt=0), name="entry_price_positive"
            ),
            models.CheckConstraint(
                condition=Q(kind="sale", quantity__gt=0, amount_fen__gte=0, reverses=None, reason="")
                | (
                    Q(kind="reversal", quantity__lt=0, amount_fen__lte=0, reverses__isnull=False)
                    & ~Q(reason="")
                ),
                name="entry_sells_or_takes_back",
            ),
            # rounded half up, once: the same sum as money.line_amount_fen
            models.CheckConstraint(
                condition=~Q(kind="sale")
                | Q(amount_fen=(2 * F("price_fen") * F("quantity") + F("unit_size")) / (2 * F("unit_size"))),
                name="entry_amount_is_price_times_quantity",
            ),
        ]
        indexes = [
            models.Index(fields=["day", "town"], name="entry_by_day"),
            models.Index(fields=["household", "day"], name="entry_of_household"),
            models.Index(fields=["reverses"], condition=Q(reverses__isnull=False), name="entry_reversals"),
            models.Index(fields=["order_number"], name="entry_of_order"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def month(self) -> dt.date:
        """The first day of the ledger month."""
        return self.day.replace(day=1)

    @property
    def year(self) -> int:
        return self.day.year

    def leaf(self) -> str:
        """What `digest` must be."""
        facts = [getattr(self, name) for name in hashes.FACTS[:-1]]
        return hashes.leaf([*facts, self.reverses.key if self.reverses else None], self.salt)


# --- totals ------------------------------------------------------------------------------------


class Measures(models.Model):
    """What is summed in every cell of totals. Each entry's quantity counts in exactly one of the first three."""

    grams = models.BigIntegerField(_("grams of produce"), default=0)
    saplings = models.BigIntegerField(_("saplings"), default=0)
    pieces = models.BigIntegerField(_("other goods, in pieces"), default=0)
    amount_fen = models.BigIntegerField(_("amount in fen"), default=0)
    sapling_fen = models.BigIntegerField(_("of it saplings, in fen"), default=0)
    entries = models.BigIntegerField(_("entries"), default=0)

    class Meta:
        abstract = True


class HouseholdTotal(Measures):
    """All of a household's sales, by category and channel: what it is owed, and how many are reached."""

    pk = models.CompositePrimaryKey("household_id", "town_id", "category_slug", "channel")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+", db_index=False)
    town = models.ForeignKey(Town, models.PROTECT, related_name="+", db_index=False)
    category_slug = models.CharField(max_length=40)
    channel = models.CharField(max_length=8)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    grams__gte=0, saplings__gte=0, pieces__gte=0, amount_fen__gte=0, sapling_fen__gte=0
                ),
                name="household_total_not_below_nothing",
            )
        ]


class BuyerTotal(Measures):
    """All that a buyer has bought."""

    pk = models.CompositePrimaryKey("buyer", "buyer_kind")
    buyer = models.CharField(max_length=40)
    buyer_kind = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    grams__gte=0, saplings__gte=0, pieces__gte=0, amount_fen__gte=0, sapling_fen__gte=0
                ),
                name="buyer_total_not_below_nothing",
            )
        ]


class HouseholdYear(Measures):
    """What a household sold in a year, in the town it then lived in: who was reached, town by town."""

    pk = models.CompositePrimaryKey("year", "town_id", "household_id")
    year = models.PositiveSmallIntegerField()
    town = models.ForeignKey(Town, models.PROTECT, related_name="+", db_index=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="+", db_index=False)


class BuyerYear(Measures):
    """What a buyer bought in a year: how many there were."""

    pk = models.CompositePrimaryKey("year", "buyer", "buyer_kind")
    year = models.PositiveSmallIntegerField()
    buyer = models.CharField(max_length=40)
    buyer_kind = models.CharField(max_length=12)


class HouseholdDay(Measures):
    """A household's day: who was reached between any two days."""

    pk = models.CompositePrimaryKey("day", "household_id")
    day = models.DateField()
    household = models.ForeignKey(Household, models.PROTECT, related_name="+", db_index=False)


class BuyerDay(Measures):
    """A buyer's day: who bought between any two days."""

    pk = models.CompositePrimaryKey("day", "buyer", "buyer_kind")
    day = models.DateField()
    buyer = models.CharField(max_length=40)
    buyer_kind = models.CharField(max_length=12)


class ProductMonth(Measures):
    """What a village sold of a product in a month. The names are those of the cell's first entry."""

    pk = models.CompositePrimaryKey(
        "month", "town_id", "village_id", "product_slug", "category_slug", "channel", "buyer_kind"
    )
    month = models.DateField()
    town = models.ForeignKey(Town, models.PROTECT, related_name="+", db_index=False)
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", db_index=False)
    product_slug = models.CharField(max_length=60)
    category_slug = models.CharField(max_length=40)
    channel = models.CharField(max_length=8)
    buyer_kind = models.CharField(max_length=12)
    product_name = models.CharField(max_length=60)
    product_name_en = models.CharField(max_length=80, blank=True)


class MonthTotal(Measures):
    """A town's month: the summary, small however many entries there are."""

    pk = models.CompositePrimaryKey("month", "town_id", "category_slug", "channel", "buyer_kind")
    month = models.DateField()
    town = models.ForeignKey(Town, models.PROTECT, related_name="+", db_index=False)
    category_slug = models.CharField(max_length=40)
    channel = models.CharField(max_length=8)
    buyer_kind = models.CharField(max_length=12)
    category_name = models.CharField(max_length=40, blank=True)
    category_name_en = models.CharField(max_length=60, blank=True)


class DayTotal(Measures):
    """A town's day by channel and kind of buyer: any period, to the day."""

    pk = models.CompositePrimaryKey("day", "town_id", "channel", "buyer_kind")
    day = models.DateField()
    town = models.ForeignKey(Town, models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=8)
    buyer_kind = models.CharField(max_length=12)


# --- seals -------------------------------------------------------------------------------------


class Block(models.Model):
    """Entries put in order for good, chained to the block before. Written by `seal.py` alone, never changed."""

    number = models.PositiveBigIntegerField(_("number"), primary_key=True)
    prev_hash = models.CharField(max_length=64)
    merkle_root = models.CharField(max_length=64)
    count = models.PositiveIntegerField(_("entries"))
    sealed_at = models.DateTimeField(_("sealed at"))
    hash = models.CharField(_("hash"), max_length=64, unique=True)

    class Meta:
        verbose_name = _("ledger block")
        verbose_name_plural = _("ledger blocks")
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__gt=0), name="block_counts_from_one"),
            models.CheckConstraint(condition=Q(count__gt=0), name="block_is_not_empty"),
            # one successor for each block: the chain cannot fork
            models.UniqueConstraint(fields=["prev_hash"], name="block_follows_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.hash[:12]}"

    def computed(self) -> str:
        """What `hash` must be."""
        return hashes.block_hash(self.number, self.prev_hash, self.merkle_root, self.count, self.sealed_at)


class Seal(models.Model):
    """An entry's place in a block, with the digest it was sealed with. Never changed."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="seal")
    block = models.ForeignKey(Block, models.PROTECT, related_name="seals", db_index=False)
    position = models.PositiveIntegerField(_("position"))
    leaf = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["block", "position"], name="seal_one_entry_per_place")]


class Unsealed(models.Model):
    """A posted entry that waits for the next block."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="unsealed")


# --- the books ---------------------------------------------------------------------------------


class Posting(models.Model):
    """One amount from one account to another 分录: debit and credit in one row, so that no sum is ever but nothing.

    What is owed to a household is told apart by household, what buyers owe or paid by order.
    Written by `postings.py` alone. Never changed, never deleted: triggers refuse it.
    """

    class Kind(models.TextChoices):
        GOODS = "goods", _("goods accepted or returned")  # one for each entry, under its key
        MONEY = "money", _("money of an order")
        TRANSFER = "transfer", _("bank transfer")
        PAYOUT = "payout", _("payout")
        OWN = "own", _("the city's own money")  # put in, or moved from one of its places to another

    key = models.CharField(_("key"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    at = models.DateTimeField(_("at"))
    day = models.DateField(_("ledger day"))
    debit = models.CharField(_("debit"), max_length=12, choices=Account)
    credit = models.CharField(_("credit"), max_length=12, choices=Account)
    fen = models.PositiveBigIntegerField(_("amount in fen"))
    order_number = models.CharField(_("order"), max_length=20, blank=True)
    household = models.ForeignKey(
        Household, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("household")
    )
    # the receipt, transfer or payout that shows it
    about = models.CharField(_("about"), max_length=140, blank=True)
    by = models.CharField(_("by"), max_length=40, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(fen__gt=0), name="posting_more_than_nothing"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="posting_between_two_accounts"),
            models.CheckConstraint(
                condition=Q(debit__in=Account.values, credit__in=Account.values), name="posting_account_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["goods", "money", "transfer", "payout", "own"]),
                name="posting_kind_known",
            ),
            models.CheckConstraint(
                condition=Q(household=None) & ~Q(debit="payable") & ~Q(credit="payable")
                | Q(household__isnull=False) & (Q(debit="payable") | Q(credit="payable")),
                name="posting_owed_to_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["order_number"], condition=~Q(order_number=""), name="posting_of_order"),
            models.Index(fields=["kind", "day"], name="posting_by_kind"),
        ]

    def __str__(self) -> str:
        return self.key

    def seal(self) -> str:
        """What `digest` must be."""
        return hashes.posting([getattr(self, name) for name in hashes.POSTED])


class Uncounted(models.Model):
    """A posting that waits to be added to its accounts. Until then whoever asks for a balance adds it."""

    posting = models.OneToOneField(Posting, models.PROTECT, primary_key=True, related_name="uncounted")


class AccountTotal(models.Model):
    """All that was posted to an account by postings of one kind, as far as it was counted. Written by `postings.py` alone."""

    pk = models.CompositePrimaryKey("account", "kind")
    account = models.CharField(_("account"), max_length=12, choices=Account)
    kind = models.CharField(_("kind"), max_length=8, choices=Posting.Kind)
    debit_fen = models.BigIntegerField(default=0)
    credit_fen = models.BigIntegerField(default=0)
    postings = models.BigIntegerField(default=0)
