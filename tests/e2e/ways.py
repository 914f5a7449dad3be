"""Where the pages of the sweep are, and what is done there first: found and done as their people would."""

from __future__ import annotations

import io
from collections.abc import Callable

from django.db.models import Q
from django.urls import reverse
from openpyxl import Workbook
from PIL import Image
from playwright.sync_api import Page

from cms.models import NoticePage, StoryPage
from farmers.ledger.models import Briefing, Entry
from farmers.monitoring.models import Warning
from farmers.registry.models import Household, Town
from farmers.stock.models import Lot
from marketplace.access.models import Role, Tries, User
from marketplace.days import today
from marketplace.demo.names import SELLERS_CARD
from marketplace.notices.models import Notice
from shop.bank.models import BankLine
from shop.bulk.models import BulkRequest
from shop.buyers.models import BuyerOrganisation, CanteenBudget
from shop.green.models import Side, Talk
from shop.orders.models import Consignment, Order, Review, State
from shop.payments.models import Statement
from shop.payments.months import month_before
from shop.payments.standing import overdue
from tests.bank.files import Came, as_csv, rows


def offer() -> str:
    return Lot.objects.on_sale(today()).filter(listed__gt=100_000, reserved=0, sold=0)[0].get_absolute_url()


def reviewed() -> str:
    """An offer of a household and product that somebody reviewed in words."""
    told = Review.objects.filter(hidden_at=None, household__consent_on__isnull=False).exclude(words="")
    return next(
        lot.get_absolute_url()
        for review in told
        for lot in Lot.objects.filter(household=review.household_id, product=review.product_id)
    )


def sold_out() -> str:
    return Lot.objects.filter(available=0).latest("listed_at").get_absolute_url()


def story() -> str:
    return str(StoryPage.objects.live().filter(locale__language_code="zh-hans")[0].url)


def notice() -> str:
    return str(NoticePage.objects.live().filter(locale__language_code="zh-hans")[0].url)


def briefing() -> str:
    return Briefing.objects.filter(is_public=True).latest("pk").get_absolute_url()


def in_the_admin(address: str) -> Callable[[Page], None]:
    """Its page without the frame that Wagtail draws around it."""

    def opened(page: Page) -> None:
        page.goto(address)
        page.locator("#wagtail-sidebar, .skiplink, .w-breadcrumbs").evaluate_all(
            "found => found.forEach((each) => each.remove())"
        )

    return opened


def order(state: State, buyer: Role | None = None) -> Callable[[], str]:
    def newest() -> str:
        orders = Order.objects.filter(state=state).order_by("-placed_at")
        if buyer:
            orders = orders.filter(buyer__username=buyer)
        return orders[0].get_absolute_url()

    return newest


def empty_the_inbox(page: Page) -> None:
    Notice.objects.filter(user__username=Role.SELLER).delete()
    page.goto("/account/")


def fill_the_basket(page: Page) -> None:
    page.goto(offer())
    page.locator("form.buy button[type=submit]").click()
    page.locator("#drawer[open]").wait_for()


def check_out_with_nothing_filled_in(page: Page) -> None:
    fill_the_basket(page)
    page.goto("/checkout/")
    # the citizen has kept addresses, which would need nothing
    page.locator("[name=saved][value=new]").check()
    page.locator("[name=recipient]").fill("")
    page.locator("[name=phone]").fill("12")
    page.locator(".checkout-sum button").click()
    page.locator("#checkout [aria-invalid=true]").first.wait_for()


def complain_without_words(page: Page) -> None:
    page.goto(order(State.ACCEPTED, Role.CITIZEN)() + "complain/")
    page.locator("main form button[type=submit]").click()


def not_complained_about() -> str:
    orders = Order.objects.filter(state=State.ACCEPTED, buyer__username=Role.CITIZEN)
    return orders.exclude(lines__complaints__isnull=False).latest("placed_at").get_absolute_url()


def complain(page: Page) -> None:
    page.goto(not_complained_about() + "complain/")
    page.locator("[name=what]").first.check()
    page.locator("[name=words]").fill(
        "称出来少了一斤。" if page.locator("html[lang^=zh]").count() else "A jin was missing."
    )
    picture = io.BytesIO()
    Image.new("RGB", (400, 300), "olive").save(picture, "JPEG")
    page.locator("[name=photos]").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    )
    page.locator("main form button[type=submit]").click()
    page.locator(".complaint-photos img").wait_for()


def begin_a_request(page: Page) -> None:
    page.goto("/canteen/requests/new/")
    page.locator("main form button[type=submit]").first.click()
    page.locator("#draft").wait_for()


def write_a_request_wrongly(page: Page) -> None:
    begin_a_request(page)
    chinese = page.locator("html[lang^=zh]").count()
    for name, text in {
        "product": "菠莱" if chinese else "spinnach",
        "quantity": "a few",
        "wanted": "2020-01-01",
    }.items():
        page.locator(f"#needs [name={name}]").first.fill(text)
    page.locator("#draft .button-primary").click()
    page.locator("#wrong").wait_for()


def file_a_budget_of_nothing(page: Page) -> None:
    page.goto("/canteen/budget/")
    page.locator("[name=budget]").fill("0")
    page.locator("[name=percent]").fill("9")
    page.locator("main form.form button[type=submit]").click()
    page.locator("[name=budget][aria-invalid=true]").wait_for()


def filed_to_be_checked() -> str:
    return f"/canteen/progress/{CanteenBudget.objects.filter(state='waiting')[0].organisation_id}/"


def month_of_a_unit() -> str:
    unit = BuyerOrganisation.objects.get(members__user__username=Role.CANTEEN)
    return f"/canteen/progress/{unit.pk}/{today().year - 1}/6/"


def sign_in_wrongly(page: Page) -> None:
    page.locator("[name=username]").fill("citizen")
    page.locator("[name=password]").fill("not-this-one")
    page.locator("main button[type=submit]").click()


def ask_for_a_code(page: Page) -> None:
    page.goto("/accounts/phone/")
    page.locator("[name=phone]").fill("19900000099")  # nobody's
    page.locator("main form button").click()
    page.locator("[name=code]").wait_for()


def write_no_number(page: Page) -> None:
    page.goto("/accounts/phone/")
    page.locator("[name=phone]").fill("12")
    page.locator("main form button").click()


def write_wrong_digits(page: Page) -> None:
    Tries.objects.all().delete()  # another browser asked for one just now
    ask_for_a_code(page)
    page.locator("[name=code]").fill("12")
    page.locator("main form button").click()


def show_the_card(page: Page) -> None:
    page.goto(f"/accounts/card/{SELLERS_CARD}/")


def accept_too_much(page: Page) -> None:
    page.locator("#accept input[inputmode=decimal]").first.fill("999999")
    page.locator("#accept button[type=submit]").click()


def bought_by(unit_of: Role, *states: State) -> Callable[[], str]:
    """The newest order, in one of the states, of the unit that this account acts for."""

    def newest() -> str:
        unit = Q(organisation__members__user__username=unit_of)
        return Order.objects.filter(unit, state__in=states).order_by("-placed_at")[0].get_absolute_url()

    return newest


def agreed() -> Order:
    """The order that a talk over saplings became."""
    return Order.objects.filter(talk__isnull=False).earliest("pk")


def green_lot() -> str:
    lots = Lot.objects.filter(public_on__gt=today(), available__gt=0, talks=None)
    return reverse("green:one", args=[lots.earliest("pk").slug])


def green_talk(role: Role) -> Callable[[], str]:
    """A talk in which an offer waits for whoever has this role's account."""

    def waiting() -> str:
        side = Side.HOUSEHOLD if role == Role.NURSERY else Side.FIRM
        seen = Talk.objects.visible_to(User.objects.get(username=role))
        return seen.filter(state="offered", offer__side=side).earliest("pk").get_absolute_url()

    return waiting


def offer_nothing(page: Page) -> None:
    page.goto(green_talk(Role.NURSERY)())
    page.locator("details:has(#id_offer_price) > summary").click()
    page.locator("#id_offer_price").fill("0")
    page.locator("form:has(#id_offer_price) button[type=submit]").click()
    page.locator("[aria-invalid=true]").first.wait_for()


def enter_no_certificate(page: Page) -> None:
    page.goto(f"/officer/papers/consignments/{agreed().consignments.get().pk}/")
    page.locator("main form.card button[type=submit]").click()
    page.locator("[aria-invalid=true]").first.wait_for()


def scale() -> str:
    return bought_by(Role.CANTEEN, State.DELIVERED)() + "weigh/"


def weigh_wrongly(page: Page) -> None:
    page.goto(scale())
    page.locator(".scale-weight input").first.fill("999999")
    page.locator(".scale-list summary").first.click()
    page.locator("main form button[type=submit]").click()


def parcel() -> str:
    user = User.objects.get(username=Role.OFFICER)
    found = Consignment.objects.visible_to(user).filter(order__state=State.CONFIRMED, state="preparing")
    return f"/officer/consignments/{found[0].pk}/"


def cash_from_the_officer() -> str:
    return reverse("cashier_hand_in", args=[User.objects.get(username=Role.OFFICER).pk])


def send_off_wrongly(page: Page) -> None:
    page.goto(parcel())
    page.locator(".scale-weight input").first.fill("x")
    page.locator("main form button[type=submit]").click()


def order_again(page: Page) -> None:
    page.goto(order(State.ACCEPTED, Role.CITIZEN)())
    page.locator("form[action$='/again/'] button").click()


def begin_a_review(page: Page) -> None:
    page.goto(order(State.ACCEPTED, Role.CITIZEN)())
    page.locator("#reviews summary").first.click()
    page.locator("#reviews form button").first.click()


def keep_an_address_without_a_name(page: Page) -> None:
    page.goto("/account/addresses/")
    page.locator("main .split form.form button[type=submit]").click()


def write_nothing(page: Page) -> None:
    page.goto("/contact/")
    page.locator("main form button[type=submit]").click()


def type_a_beginning(page: Page) -> None:
    page.goto("/shop/")
    page.locator("#site-q").press_sequentially("bai")
    page.locator("#site-q-list [role=option]").first.wait_for()
    page.keyboard.press("ArrowDown")


def asked_in_bulk(state: str, page: str = "request") -> Callable[[], str]:
    """The demo's bulk request in that state; of the drafts the one that was sent back, which can be allotted."""

    def find() -> str:
        request = BulkRequest.objects.filter(state=state).order_by("-round").first()
        assert request, f"the demo has no bulk request that is {state}"
        return reverse(f"bulk:{page}", args=[request.number])

    return find


def statement(unit_of: str = "canteen") -> Callable[[], str]:
    """The newest, half ticked off."""

    def newest() -> str:
        statements = Statement.objects.filter(organisation__members__user__username=unit_of)
        return statements.order_by("-period")[0].get_absolute_url()

    return newest


def overdue_statement() -> str:
    return overdue()[0][0].get_absolute_url()


def closed_statement() -> str:
    closed = Statement.objects.filter(
        closed_at__isnull=False, organisation__members__user__username="canteen"
    )
    return closed.order_by("-period")[0].get_absolute_url()


def dispute_without_words(page: Page) -> None:
    page.goto(statement()())
    page.locator("a[href^='?dispute=']").last.click()
    page.locator("button[name=dispute]").click()
    page.locator("[aria-invalid=true]").first.wait_for()


def record_a_transfer_of_nothing(page: Page) -> None:
    page.goto(overdue_statement())
    page.locator("#pay [name=amount]").fill("0")
    page.locator("#pay button[type=submit]").click()


def bank_line() -> str:
    return reverse("bank:line", args=[BankLine.objects.filter(state=BankLine.State.NEW)[0].pk])


def month_to_close() -> str:
    return reverse("bank:month", args=[f"{month_before(today()):%Y-%m}"])


def send_to_the_cashier(page: Page, data: bytes) -> None:
    page.goto("/cashier/bank/")
    page.locator("[name=file]").set_input_files({"name": "bank.csv", "mimeType": "text/csv", "buffer": data})
    page.locator("main form.bank-send button").click()
    page.locator("main td").first.wait_for()


def send_a_bank_file(page: Page) -> None:
    send_to_the_cashier(page, as_csv(rows([Came(1234_50, "货款"), Came(-5_00, "手续费")])))


def send_a_wrong_bank_file(page: Page) -> None:
    table = rows([Came(1234_50, "货款"), Came(-5_00, "手续费")])
    send_to_the_cashier(page, as_csv([*table, ["2026-02-30", "", "1,23", "", "", "", "", "", ""]]))
    page.locator("main .errorlist").first.wait_for()


def lower_to_nothing(page: Page) -> None:
    page.goto("/officer/clearance/")
    page.locator(".clearance summary").first.click()
    page.locator("[name$=-price]").first.fill("0")
    page.locator("[name$=-why]").first.fill("快坏了")
    page.locator("details[open] button").first.click()


def write_a_workbook(rows: list[list[object]]) -> bytes:
    book = Workbook()
    heads = ["town", "village", "head of household", "phone", "product", "quantity", "unit", "unit price"]
    for row in [heads, *rows]:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def a_row_of_the_officer_s(quantity: object = 800) -> list[object]:
    household = Household.objects.visible_to(User.objects.get(username=Role.OFFICER)).earliest("pk")
    village = household.village
    return [
        village.town.name,
        village.name,
        household.head_name,
        household.phone,
        "土豆",
        quantity,
        "斤",
        1.2,
    ]


def send_a_workbook(page: Page, rows: list[list[object]]) -> None:
    page.goto("/officer/workbook/")
    page.locator("main [name=file]").set_input_files(
        {"name": "ledger.xlsx", "mimeType": "application/zip", "buffer": write_a_workbook(rows)}
    )
    page.locator("main form.workbook-send button").click()
    page.locator("#rows").wait_for(state="attached")


def send_a_workbook_to_mend(page: Page) -> None:
    elsewhere = Town.objects.exclude(officers__user__username=Role.OFFICER)[0].name
    right, wrong = a_row_of_the_officer_s(), a_row_of_the_officer_s("???")
    send_a_workbook(page, [right, wrong, [elsewhere, *right[1:]]])


def look_at_the_good_rows(page: Page) -> None:
    send_a_workbook_to_mend(page)
    page.locator("a[href^='?show=add']").click()
    page.locator("td").first.wait_for()


def load_a_workbook(page: Page) -> None:
    send_a_workbook(page, [a_row_of_the_officer_s(640)])
    page.locator(".workbook-load button").click()
    page.wait_for_url("**/loaded/")


def send_no_workbook(page: Page) -> None:
    page.goto("/officer/workbook/")
    page.locator("main form.workbook-send button").click()
    page.locator("main .errorlist").first.wait_for()


def goods_of_the_seller(page: str) -> Callable[[], str]:
    """The seller's newest goods."""

    def find() -> str:
        lot = Lot.objects.filter(household__user__username=Role.SELLER).latest("listed_at")
        return reverse(page, args=[lot.pk])

    return find


def entry_of_the_seller() -> str:
    """Of the seller's sales one of which something came back, if there is one."""
    sales = Entry.objects.filter(household__user__username=Role.SELLER, kind=Entry.Kind.SALE)
    found = sales.filter(reversals__isnull=False).first() or sales.latest("pk")
    return reverse("selling:entry", args=[found.pk])


def begin_to_list(page: Page, product: str) -> None:
    page.goto("/seller/new/")
    # once the page has looked for a draft that was kept
    page.locator("[data-look-over]").wait_for(state="detached")
    # which stands on a later step
    while page.locator("[data-back]").is_visible():
        page.locator("[data-back]").click()
    page.locator("#find").fill(product)
    page.locator(".tile:visible").first.click()
    page.locator("[name=amount]").fill("80")
    page.locator("[data-next]").click()
    page.locator("[name=price]").fill("12")


def look_goods_over(page: Page) -> None:
    begin_to_list(page, "tudou")
    page.locator("[data-next]").click()
    page.locator("[data-fact=sum]").wait_for()


def list_plants_without_a_size(page: Page) -> None:
    begin_to_list(page, "guohuai")
    page.locator("[data-next]").click()
    page.locator("[data-measures] .errorlist").wait_for()


def household_of_the_officer(page: str) -> Callable[[], str]:
    def first() -> str:
        one = Household.objects.visible_to(User.objects.get(username=Role.OFFICER)).earliest("pk")
        return reverse(page, args=[one.pk])

    return first


def warning_of_the_officer() -> str:
    """One that is open; the earliest has steps behind it."""
    mine = Warning.objects.visible_to(User.objects.get(username=Role.OFFICER)).open()
    return mine.earliest("pk").get_absolute_url()


def lot_of_the_officer(page: str, state: str) -> Callable[[], str]:
    def first() -> str:
        lots = Lot.objects.visible_to(User.objects.get(username=Role.OFFICER)).filter(state=state)
        return reverse(page, args=[lots.earliest("pk").pk])

    return first


def list_for_them_with_nothing_filled_in(page: Page) -> None:
    page.goto(household_of_the_officer("officers:list")())
    page.locator("main form.form button[type=submit]").click()
    page.locator("[aria-invalid=true]").first.wait_for()


def send_back_without_a_reason(page: Page) -> None:
    page.goto(lot_of_the_officer("officers:check", "waiting")())
    page.locator("main details summary").first.click()
    page.locator("form[action$='/back/'] button").click()
    page.locator("form[action$='/back/'] .errorlist").wait_for()
