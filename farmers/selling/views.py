"""Listing by a household itself: one page of three steps, which is sent at once, or later when there is a network."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farmers.ledger.queries import Nearby, got_nearby
from farmers.registry.models import Household, encrypted
from farmers.stock.measure_forms import plants_told
from farmers.stock.models import Category, Product
from marketplace.access.models import User
from marketplace.access.rules import Act, SignedIn, requires
from marketplace.days import today
from marketplace.money import line_amount_fen
from marketplace.quantity import Unit, unit_size

from .form import CELLS, ListingForm, units_of
from .look import facts_of, looked_over
from .models import LotDraft
from .send import keep, send, sent_as

# goods of one's own that are offered first, and how far back neighbours' prices are looked for
RECENT = 6
NEARBY_DAYS = 30
# ticked: the photo that the draft has is to go
NO_PHOTO = "no_photo"


class Tile(NamedTuple):
    """One kind of goods to tap. Prices in fen per usual unit; 0: nothing is known."""

    product: Product
    units: tuple[Unit, ...]
    reference_fen: int
    nearby_fen: int
    # those of the own village got it, else those of the town
    in_village: bool


class Shelf(NamedTuple):
    category: Category
    tiles: list[Tile]


def household_of(user: User) -> Household | None:
    return Household.objects.filter(user=user).select_related("village__town").defer(*encrypted()).first()


def seller_key(user: User) -> str:
    """What a phone knows its owner by: tells nothing, and is nobody else's."""
    return salted_hmac("selling.phone", str(user.pk)).hexdigest()[:16]


@never_cache
@ensure_csrf_cookie
@requires(Act.SELL)
@require_http_methods(["GET", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """List goods. A phone that was offline posts here too, and is answered in JSON."""
    household = household_of(request.user)
    if request.method == "POST":
        return _sent(request, household)
    draft = LotDraft.objects.of(request.user).first()
    if draft and sent_as(draft.key):  # a save that came in after the goods: what is written now is others
        draft.delete()
        draft = LotDraft.objects.of(request.user).first()
    form = ListingForm(initial=draft.cells if draft else None)
    return _page(request, household, form, draft.key if draft else uuid.uuid4(), draft)


def _sent(request: SignedIn, household: Household | None) -> HttpResponse:
    """With `look`, the goods are looked over before they are sent."""
    by_script = "application/json" in request.headers.get("Accept", "")
    if request.POST.get("seller", seller_key(request.user)) != seller_key(request.user):
        # somebody else's goods, kept on this phone: they stay there until that person signs in
        return JsonResponse({"error": _("These goods are somebody else's.")}, status=409)
    if household is None:
        raise PermissionDenied
    key = key_of(request)
    no_photo = NO_PHOTO in request.POST
    form = ListingForm(request.POST, request.FILES)
    look = "look" in request.POST
    if form.is_valid():
        photo = form.cleaned_data["photo"]
        try:
            if look:
                keep(
                    household,
                    request.user,
                    key,
                    _cells(request),
                    _revision(request),
                    photo,
                    no_photo=no_photo,
                )
            else:
                photos = [photo] if photo else []
                lot, _new = send(form.row(household), key, request.user, photos, no_photo=no_photo)
        except ValidationError as error:
            form.add_error("photo", error)
        else:
            if look:
                return (
                    JsonResponse({"look": looked_over(form)}) if by_script else redirect("selling:look", key)
                )
            address = reverse("selling:sent", args=[lot.pk])
            return (
                JsonResponse({"sent": lot.slug, "url": address}, status=201)
                if by_script
                else redirect(address)
            )
    if by_script:
        return JsonResponse({"errors": form.errors}, status=422)
    _keep_what_is_good(request, household, key, form)
    return _page(request, household, form, key, LotDraft.objects.of(request.user).filter(pk=key).first(), 422)


def _keep_what_is_good(request: SignedIn, household: Household, key: uuid.UUID, form: ListingForm) -> None:
    """Of a form that is not right, all that was typed, and its photo if that is one."""
    photo = None if "photo" in form.errors else form.cleaned_data.get("photo")
    cells, revision = _cells(request), _revision(request)
    try:
        keep(household, request.user, key, cells, revision, photo, no_photo=NO_PHOTO in request.POST)
    except ValidationError as error:
        form.add_error("photo", error)
        keep(household, request.user, key, cells, revision)


@requires(Act.SELL)
@require_POST
def save(request: SignedIn) -> HttpResponse:
    """What is typed, now and then, and the photo once."""
    household = household_of(request.user)
    if household is None or request.POST.get("seller") != seller_key(request.user):
        return JsonResponse({}, status=409)
    try:
        kept = keep(
            household,
            request.user,
            key_of(request),
            _cells(request),
            _revision(request),
            request.FILES.get("photo"),
            no_photo=NO_PHOTO in request.POST,
        )
    except ValidationError as error:
        return JsonResponse({"errors": {"photo": error.messages}}, status=422)
    return JsonResponse({"kept": kept})


@requires(Act.SELL)
@require_POST
def throw_away(request: SignedIn) -> HttpResponse:
    """Begin anew."""
    LotDraft.objects.of(request.user).filter(pk=key_of(request)).delete()
    return redirect("selling:new")


def key_of(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return uuid.uuid4()


def _revision(request: HttpRequest) -> int:
    """Milliseconds of the writer's clock, or nothing: a page without script saves but once."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _cells(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST[name] for name in CELLS if request.POST.get(name)}


def _page(
    request: HttpRequest,
    household: Household | None,
    form: ListingForm,
    key: uuid.UUID,
    draft: LotDraft | None = None,
    status: int = 200,
) -> HttpResponse:
    user = request.user
    products = list(
        Product.objects.select_related("category").order_by("category__position", "category", "pk")
    )
    since = today() - dt.timedelta(days=NEARBY_DAYS)
    nearby = got_nearby(household.village, since, household.pk) if household else {}
    tiles = [_tile(product, nearby.get(product.slug)) for product in products]
    recent = _recent(household) if household else []
    by_pk = {tile.product.pk: tile for tile in tiles}
    return render(
        request,
        "selling/new.html",
        {
            "form": form,
            "key": key,
            "draft": draft,
            "plants": plants_told(products),
            "facts": facts_of({}),
            "household": household,
            "seller": seller_key(user) if user.is_authenticated else "",
            "recent": [by_pk[pk] for pk in recent],
            "shelves": _shelves(tile for tile in tiles if tile.product.pk not in recent),
            "chosen": str(form["product"].value() or ""),
            "language": get_language(),
            "today": today(),
        },
        status=status,
    )


def _tile(product: Product, nearby: Nearby | None) -> Tile:
    near = line_amount_fen(nearby.fen, unit_size(product.unit), 1_000) if nearby else 0
    return Tile(
        product,
        units_of(product),
        product.reference_price_fen or 0,
        near,
        nearby.in_village if nearby else False,
    )


def _shelves(tiles: Iterable[Tile]) -> list[Shelf]:
    shelves: list[Shelf] = []
    for tile in tiles:
        if not shelves or shelves[-1].category != tile.product.category:
            shelves.append(Shelf(tile.product.category, []))
        shelves[-1].tiles.append(tile)
    return shelves


def _recent(household: Household) -> list[int]:
    """What this household listed last, each kind once."""
    listed = household.lots.order_by("-listed_at", "-pk").values_list("product", flat=True)[:50]
    return list(dict.fromkeys(listed))[:RECENT]


# --- without a network --------------------------------------------------------------------------


@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """The same page for whoever is offline: nobody's, so that a phone may keep it. The script knows whose it is."""
    with override(_language(request)):
        return _page(request, None, ListingForm(), uuid.UUID(int=0))


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, served here so that it reaches /seller/ and nothing else."""
    language = _language(request)
    kept = [
        f"{reverse('selling:shell')}?language={language}",
        *(
            static(f"css/{name}.css")
            for name in ("market", "frame", "parts", "layout", "forms", "shop", "selling")
        ),
        *(static(f"js/{name}.js") for name in ("market", "measures", "listing")),
        static("icons.svg"),
        static("favicon.svg"),
    ]
    version = hashlib.sha256("\n".join([*kept, settings.STATIC_URL]).encode()).hexdigest()[:12]
    answer = render(
        request,
        "selling/worker.js",
        {"kept": kept, "version": version, "static_url": settings.STATIC_URL, "page": reverse("selling:new")},
        content_type="text/javascript",
    )
    answer["Cache-Control"] = "no-cache"
    return answer


def _language(request: HttpRequest) -> str:
    wanted = request.GET.get("language", "")
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
