from __future__ import annotations

from django.urls import path

from . import views

app_name = "shop"
urlpatterns = [
    path("", views.listing, name="listing"),
    path("<slug:slug>/", views.offer, name="offer"),
]
