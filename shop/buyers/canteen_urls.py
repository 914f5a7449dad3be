"""The pages of the reserved share, below `/canteen/`."""

from __future__ import annotations

from django.urls import path

from . import budget_views

urlpatterns = [
    path("budget/", budget_views.budget, name="canteen-budget"),
    path("budget/<int:year>/<int:month>/", budget_views.month, name="canteen-month"),
    path("budget/<int:pk>/check/", budget_views.check, name="canteen-budget-check"),
    path("budget/<int:pk>/send-back/", budget_views.send_back, name="canteen-budget-send-back"),
    path("progress/", budget_views.progress, name="canteen-progress"),
    path("progress/<int:pk>/", budget_views.unit_progress, name="canteen-unit-progress"),
    path("progress/<int:pk>/<int:year>/<int:month>/", budget_views.unit_month, name="canteen-unit-month"),
]
