from __future__ import annotations

from django.urls import path

from . import (
    officer_accounts,
    officer_checks,
    officer_households,
    officer_listing,
    officer_lots,
    payout_views,
)

app_name = "officers"
urlpatterns = [
    path("households/", officer_households.households, name="households"),
    path("households/new/", officer_households.add, name="household_new"),
    path("households/<int:household_id>/", officer_households.household, name="household"),
    path("households/<int:household_id>/edit/", officer_households.edit, name="household_edit"),
    path("households/<int:household_id>/shown/", officer_households.shown, name="shown"),
    path("households/<int:household_id>/account/", officer_accounts.account, name="account"),
    path("households/<int:household_id>/card/", officer_accounts.card, name="card"),
    path("households/<int:household_id>/card/back/", officer_accounts.no_card, name="no_card"),
    path("households/<int:household_id>/list/", officer_listing.list_lot, name="list"),
    path("households/<int:household_id>/payouts/", payout_views.of_household, name="payouts"),
    path(
        "households/<int:household_id>/payouts/<int:payout_id>.pdf", payout_views.paper_of, name="payout_pdf"
    ),
    path("checks/", officer_checks.checks, name="checks"),
    path("checks/<int:lot_id>/", officer_checks.check, name="check"),
    path("checks/<int:lot_id>/approve/", officer_checks.approve, name="approve"),
    path("checks/<int:lot_id>/back/", officer_checks.back, name="back"),
    path("checks/<int:lot_id>/right/", officer_checks.right, name="right"),
    path("checks/<int:lot_id>/photo/", officer_checks.photo, name="photo"),
    path("lots/", officer_lots.lots, name="lots"),
    path("lots/<int:lot_id>/", officer_lots.lot, name="lot"),
    path("lots/<int:lot_id>/withdraw/", officer_lots.take_off, name="withdraw"),
    path("lots/<int:lot_id>/again/", officer_lots.again, name="again"),
    path("lots/<int:lot_id>/correct/", officer_lots.count, name="correct"),
]
