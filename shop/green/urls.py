from __future__ import annotations

from django.urls import path

from . import views

app_name = "green"
urlpatterns = [
    path("", views.first, name="first"),
    path("<slug:slug>/", views.one, name="one"),
]
