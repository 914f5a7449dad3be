from __future__ import annotations

from django.urls import path

from . import income_views, problem_views, views

app_name = "monitoring"
urlpatterns = [
    path("warnings/", views.warnings, name="warnings"),
    path("warnings/<int:warning_id>/", views.warning, name="warning"),
    path("warnings/<int:warning_id>/<slug:step>/", views.step, name="step"),
    path("households/<int:household_id>/income/", income_views.income, name="income"),
    path("income/<int:income_id>/", income_views.correct, name="correct"),
    path("problems/", problem_views.problems, name="problems"),
    path("problems/<int:problem_id>/", problem_views.problem, name="problem"),
    path("problems/items/<int:item_id>/", problem_views.done, name="done"),
]
