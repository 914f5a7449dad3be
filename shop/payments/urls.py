from __future__ import annotations

from django.urls import path

from . import cashier, door_views, link_views, own_views, refund_views, statement_views, views, webhook

statement = "canteen/statements/<str:number>/"
urlpatterns = [
    path("webhooks/stripe/", webhook.stripe_webhook, name="stripe_webhook"),
    path("orders/<slug:number>/pay/", views.payment_start, name="payment_start"),
    path("orders/<slug:number>/pay-on-delivery/", views.payment_on_delivery, name="payment_on_delivery"),
    path("cashier/", cashier.cashier, name="cashier"),
    path("cashier/orders/<slug:number>/collect/", cashier.collect, name="cashier_collect"),
    path("cashier/orders/<slug:number>/refund/", cashier.refund, name="cashier_refund"),
    path(
        "cashier/orders/<slug:number>/refund-online/",
        refund_views.refund_online,
        name="cashier_refund_online",
    ),
    path("cashier/payments/<int:payment_id>/count/", cashier.count, name="cashier_count"),
    path("officer/cash/", door_views.cash, name="officer_cash"),
    path("officer/cash/<slug:number>/", door_views.collect, name="officer_collect"),
    path("cashier/officers/<int:officer_id>/hand-in/", door_views.hand_in, name="cashier_hand_in"),
    path("cashier/own/", own_views.own_money, name="cashier_own"),
    path("cashier/credits/<int:transfer_id>/use/", statement_views.credit_use, name="credit_use"),
    path("cashier/credits/<int:transfer_id>/back/", statement_views.credit_back, name="credit_back"),
    path("canteen/statements/", statement_views.statements, name="statements"),
    path("canteen/statements/issue/", statement_views.issue, name="statements_issue"),
    path(statement, statement_views.detail, name="statement"),
    path(f"{statement}tick/", statement_views.tick, name="statement_tick"),
    path(f"{statement}close/", statement_views.close, name="statement_close"),
    path(f"{statement}lines/<int:line_id>/answer/", statement_views.answer, name="statement_answer"),
    path(f"{statement}pay/", statement_views.pay, name="statement_pay"),
    path(f"{statement}online/", link_views.pay_online, name="statement_online"),
    path(f"{statement}statement.xlsx", statement_views.workbook, name="statement_xlsx"),
    path(f"{statement}statement.pdf", statement_views.paper, name="statement_pdf"),
]
