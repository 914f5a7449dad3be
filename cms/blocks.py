"""What an editor builds pages from. A block only holds what was chosen; `home.py` and `shelves.py` fetch what it shows."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from farmers.stock.models import Product

MAX_LOTS = 12
RICH_TEXT = ["h3", "bold", "ol", "ul", "link", "document-link"]

# a page of ours, or one elsewhere that is really the web: never javascript:
is_address = RegexValidator(
    r"^(/(?!/)|https://)\S*$", _("Begin with / for a page of this site, or with https://.")
)


def product_choices() -> list[tuple[str, str]]:
    """By slug, so that a page means the same product in another database."""
    return [
        (slug, name) for slug, name in Product.objects.order_by("category", "id").values_list("slug", "name")
    ]


def drawing_choices() -> list[tuple[str, str]]:
    """The drawings of products, for a place without a photo."""
    return [
        (drawing, name)
        for drawing, name in Product.objects.order_by("category", "id").values_list("illustration", "name")
    ]


class ProductWordBlock(blocks.ChoiceBlock):
    """A slug or a drawing chosen from the products: plain text once chosen, so that reading asks no database."""

    def normalize_choice(self, value: Any) -> Any:
        return value

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return ("wagtail.blocks.CharBlock", [], {"required": False})


class LinkBlock(blocks.StructBlock):
    text = blocks.CharBlock(label=_("words on the button"), max_length=30, required=False)
    address = blocks.CharBlock(
        label=_("address"),
        max_length=300,
        required=False,
        validators=[is_address],
        help_text=_("Such as /shop/."),
    )

    class Meta:
        label = _("button")
        form_layout = ["text", "address"]

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if bool(value["text"]) != bool(value["address"]):
            raise blocks.StructBlockValidationError(
                {
                    "address" if value["text"] else "text": ValidationError(
                        _("A button needs both its words and its address.")
                    )
                }
            )
        return value


class HeroBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("heading"), max_length=60)
    text = blocks.TextBlock(label=_("text"), max_length=300, required=False, rows=2)
    link = LinkBlock()
    image = ImageChooserBlock(label=_("picture"), required=False)
    drawing = ProductWordBlock(
        label=_("or a drawing"),
        choices=drawing_choices,
        required=False,
        help_text=_("Shown when there is no picture."),
    )

    class Meta:
        icon = "pick"
        label = _("opening")
        template = "cms/blocks/hero.html"


class GatheredBlock(blocks.StructBlock):
    """A block that shows live data, fetched for all blocks of the page together."""

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        gathered = context.get("gathered")
        context["found"] = gathered.of(self.name, value) if gathered else None
        return context


class FeaturedBlock(blocks.StructBlock):
    """A row of lots. `front.py` shows it."""

    heading = blocks.CharBlock(label=_("heading"), max_length=60)
    rule = blocks.ChoiceBlock(
        label=_("which"),
        choices=[
            ("newest", _("newest")),
            ("soon", _("best eaten soon")),
            ("saplings", _("saplings")),
            ("clearance", _("below the usual price")),
            ("chosen", _("of the products chosen below")),
        ],
        default="newest",
    )
    count = blocks.IntegerBlock(label=_("how many"), min_value=1, max_value=MAX_LOTS, default=4)
    products = blocks.ListBlock(
        ProductWordBlock(choices=product_choices, label=_("product")),
        label=_("products chosen by hand"),
        help_text=_("The newest lot of each is shown, in this order."),
        default=[],
        max_num=MAX_LOTS,
        collapsed=True,
    )

    class Meta:
        icon = "tag"
        label = _("lots on sale")

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if value["rule"] == "chosen" and not value["products"]:
            raise blocks.StructBlockValidationError(
                {"rule": ValidationError(_("Choose at least one product below."))}
            )
        return value


class FiguresBlock(GatheredBlock):
    heading = blocks.CharBlock(label=_("heading"), max_length=60)

    class Meta:
        icon = "order"
        label = _("figures of the year")
        template = "cms/blocks/figures.html"


class StoriesBlock(GatheredBlock):
    heading = blocks.CharBlock(label=_("heading"), max_length=60)
    count = blocks.IntegerBlock(label=_("how many"), min_value=1, max_value=6, default=3)

    class Meta:
        icon = "user"
        label = _("latest stories")
        template = "cms/blocks/stories.html"


class NoticesBlock(GatheredBlock):
    heading = blocks.CharBlock(label=_("heading"), max_length=60)
    count = blocks.IntegerBlock(label=_("how many"), min_value=1, max_value=10, default=5)

    class Meta:
        icon = "doc-full"
        label = _("latest notices")
        template = "cms/blocks/notices.html"


class CategoriesBlock(GatheredBlock):
    heading = blocks.CharBlock(label=_("heading"), max_length=60)

    class Meta:
        icon = "list-ul"
        label = _("row of categories")
        template = "cms/blocks/categories.html"


class SeasonBlock(GatheredBlock):
    heading = blocks.CharBlock(label=_("heading"), max_length=60)
    count = blocks.IntegerBlock(label=_("how many of each month"), min_value=1, max_value=MAX_LOTS, default=6)

    class Meta:
        icon = "calendar-alt"
        label = _("season calendar")
        template = "cms/blocks/season.html"


class SupermarketsBlock(GatheredBlock):
    heading = blocks.CharBlock(label=_("heading"), max_length=60)
    text = blocks.TextBlock(label=_("text"), max_length=300, required=False, rows=2)

    class Meta:
        icon = "home"
        label = _("warm-heart supermarkets")
        template = "cms/blocks/supermarkets.html"


class CallBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("heading"), max_length=60)
    text = blocks.TextBlock(label=_("text"), max_length=300, required=False, rows=2)
    link = LinkBlock()

    class Meta:
        icon = "link"
        label = _("invitation")
        template = "cms/blocks/call.html"


class PictureBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("picture"))
    caption = blocks.CharBlock(label=_("caption"), max_length=120, required=False)

    class Meta:
        icon = "image"
        label = _("picture")
        template = "cms/blocks/picture.html"


class QuoteBlock(blocks.StructBlock):
    words = blocks.TextBlock(label=_("words"), max_length=300, rows=2)
    speaker = blocks.CharBlock(
        label=_("who says so"),
        max_length=60,
        required=False,
        help_text=_("Never a full name without consent."),
    )

    class Meta:
        icon = "openquote"
        label = _("quote")
        template = "cms/blocks/quote.html"


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("question"), max_length=120)
    answer = blocks.RichTextBlock(label=_("answer"), features=RICH_TEXT)

    class Meta:
        icon = "help"
        label = _("question and answer")
        label_format = "{question}"
        template = "cms/blocks/question.html"


class HelpBody(blocks.StreamBlock):
    question = QuestionBlock()


class MenuItemBlock(blocks.StructBlock):
    name = blocks.CharBlock(label=_("words in Chinese"), max_length=12)
    name_en = blocks.CharBlock(label=_("words in English"), max_length=24)
    address = blocks.CharBlock(
        label=_("address"), max_length=300, validators=[is_address], help_text=_("Such as /shop/.")
    )

    class Meta:
        icon = "link"
        label = _("link")
        label_format = "{name}"


class MenuBody(blocks.StreamBlock):
    link = MenuItemBlock()

    class Meta:
        max_num = 8


class HomeBody(blocks.StreamBlock):
    hero = HeroBlock()
    featured = FeaturedBlock()
    figures = FiguresBlock()
    stories = StoriesBlock()
    notices = NoticesBlock()
    categories = CategoriesBlock()
    season = SeasonBlock()
    supermarkets = SupermarketsBlock()
    text = blocks.RichTextBlock(label=_("text"), features=RICH_TEXT, template="cms/blocks/text.html")
    call = CallBlock()

    class Meta:
        block_counts = {"hero": {"max_num": 1}}


class StoryBody(blocks.StreamBlock):
    text = blocks.RichTextBlock(label=_("text"), features=RICH_TEXT, template="cms/blocks/text.html")
    picture = PictureBlock()
    quote = QuoteBlock()
