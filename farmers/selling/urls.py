from __future__ import annotations

from django.urls import path

from . import views

app_name = "selling"
urlpatterns = [
    path("new/", views.new, name="new"),
    path("new/draft/", views.save, name="save"),
    path("new/throw-away/", views.throw_away, name="throw_away"),
    path("shell/", views.shell, name="shell"),
    path("worker.js", views.worker, name="worker"),
]
