"""A person's inbox: everything they were told, what is unread first."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from marketplace.access.rules import SignedIn

from .models import Notice

PAGE_SIZE = 30


@never_cache
@login_required
@require_safe
def show(request: SignedIn) -> HttpResponse:
    """What happened meanwhile, and the way to everything of one's own."""
    is_new = ExpressionWrapper(Q(read_at=None), output_field=BooleanField())
    notices = Notice.objects.filter(user=request.user).annotate(is_new=is_new)
    page = Paginator(notices.order_by("-is_new", "-created_at", "-pk"), PAGE_SIZE)
    return render(request, "notices/inbox.html", {"page": page.get_page(request.GET.get("page"))})


@login_required
@require_POST
def open_one(request: SignedIn, pk: int) -> HttpResponse:
    """To what it tells of; from now on it is read."""
    notice = get_object_or_404(Notice, pk=pk, user=request.user)
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=timezone.now())
    return redirect(notice.link)


@login_required
@require_POST
def read_all(request: SignedIn) -> HttpResponse:
    Notice.objects.filter(user=request.user, read_at=None).update(read_at=timezone.now())
    return redirect("notices:inbox")
