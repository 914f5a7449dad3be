from __future__ import annotations

from django.urls import path

from . import inbox, views

app_name = "notices"
urlpatterns = [
    path("", inbox.show, name="inbox"),
    path("notices/read/", inbox.read_all, name="read_all"),
    path("notices/<int:pk>/", inbox.open_one, name="open"),
    path("telling/", views.wishes, name="wishes"),
    path("telling/address/", views.address, name="address"),
    path("telling/address/forget/", views.no_address, name="no_address"),
    path("telling/address/<str:token>/", views.confirm, name="confirm"),
]
