from __future__ import annotations

from django.urls import path

from . import views

app_name = "payouts"
run = "<slug:number>/"
urlpatterns = [
    path("", views.runs, name="runs"),
    path("new/", views.new, name="new"),
    path(run, views.run, name="run"),
    path(f"{run}release/", views.release, name="release"),
    path(f"{run}throw-away/", views.throw_away, name="throw_away"),
    path(f"{run}bank-file/", views.bank_file, name="bank_file"),
    path(f"{run}result/", views.result, name="result"),
    path(f"{run}again/", views.again, name="again"),
    path(f"{run}<int:position>/", views.payout, name="payout"),
    path(f"{run}<int:position>/cash/", views.cash, name="cash"),
    path(f"{run}<int:position>/bounced/", views.bounced, name="bounced"),
    path(f"{run}<int:position>/not-collected/", views.not_collected, name="not_collected"),
]
