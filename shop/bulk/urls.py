from __future__ import annotations

from django.urls import path

from . import decision_views, proposal_views, views

app_name = "bulk"
urlpatterns = [
    path("canteen/requests/", views.requests, name="requests"),
    path("canteen/requests/new/", views.new, name="new"),
    path("canteen/requests/<str:number>/", views.one, name="request"),
    path("canteen/requests/<str:number>/proposal/", proposal_views.proposal, name="proposal"),
    path(
        "canteen/requests/<str:number>/approve/", decision_views.decision, {"step": "approve"}, name="approve"
    ),
    path(
        "canteen/requests/<str:number>/send-back/",
        decision_views.decision,
        {"step": "send_back"},
        name="send_back",
    ),
    path(
        "canteen/requests/<str:number>/withdraw/",
        decision_views.decision,
        {"step": "withdraw"},
        name="withdraw",
    ),
    path("canteen/requests/<str:number>/reopen/", decision_views.decision, {"step": "reopen"}, name="reopen"),
    path("canteen/requests/<str:number>/copy/", views.copy, name="copy"),
    path("canteen/requests/<str:number>/remove/", views.remove, name="remove"),
]
