from __future__ import annotations

from django.urls import path

from . import views

app_name = "notices"
urlpatterns = [
    path("telling/", views.wishes, name="wishes"),
    path("telling/address/", views.address, name="address"),
    path("telling/address/forget/", views.no_address, name="no_address"),
    path("telling/address/<str:token>/", views.confirm, name="confirm"),
]
