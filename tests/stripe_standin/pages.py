"""The pages of the stand-in: where a buyer pays, fails, delays or leaves, and where delayed money is settled."""

from __future__ import annotations

from html import escape
from typing import Any

Json = dict[str, Any]

_FRAME = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<style>body{{font:16px/1.6 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}}
td:last-child{{text-align:right}}table{{width:100%}}button{{font:inherit;padding:.6rem 1rem;margin:.2rem 0}}
.note{{background:#f3e7c6;padding:.5rem 1rem}}</style>
<p class="note">演示用的支付页，不会真的扣款。Stand-in for Stripe: no money moves here.</p>{body}</html>"""


_METHODS = {"card": "银行卡 card", "alipay": "支付宝 alipay", "wechat_pay": "微信支付 wechat_pay"}


def _yuan(fen: int) -> str:
    return f"¥{fen // 100}.{fen % 100:02d}"


def _page(title: str, body: str) -> str:
    return _FRAME.format(title=escape(title), body=body)


def pay_page(session: Json, lines: list[Json], problem: str = "") -> str:
    """What a buyer sees who was sent to pay."""
    rows = "".join(
        f"<tr><td>{escape(line['price_data']['product_data']['name'])}"
        f"<td>{_yuan(int(line['price_data']['unit_amount']) * int(line['quantity']))}"
        for line in lines
    )
    if session["status"] != "open":
        return _page("Checkout", f"<h1>This session is {escape(session['status'])}.</h1>")
    methods = "".join(
        f'<label><input type="radio" name="method" value="{name}"{" checked" if not index else ""}> {_METHODS.get(name, name)}</label> '
        for index, name in enumerate(session["payment_method_types"])
    )
    acts = {
        "pay": "付款 Pay",
        "pay-and-vanish": "付款后不返回 Pay, and never come back",
        "delay": "付款，钱晚到 Pay, and the money comes later",
        "fail": "付款失败 Be declined",
        "leave": "不付了 Leave without paying",
    }
    buttons = "".join(f'<button name="act" value="{act}">{words}</button><br>' for act, words in acts.items())
    said = f'<p role="alert"><strong>{escape(problem)}</strong></p>' if problem else ""
    return _page(
        "Checkout",
        f"<h1>{_yuan(session['amount_total'])}</h1>{said}<table>{rows}</table>"
        f'<form method="post"><p>{methods}</p>{buttons}</form>',
    )


def done_page() -> str:
    return _page("Paid", "<h1>Paid.</h1><p>You may close this window.</p>")


def overview(
    sessions: list[Json], refunds: list[Json], charges: list[Json], disputes: list[Json], faults: Any
) -> str:
    """All that there is, what money on its way does next, and how badly the post works."""
    rows = "".join(
        f"<tr><td>{escape(_named(session))} · {session['status']} ·"
        f" {session['payment_status']} · {_yuan(session['amount_total'])}<td>{_settle(session)}"
        for session in reversed(sessions)
    )
    back = "".join(
        f"<tr><td>{escape(str(refund['metadata'].get('order', '')))} · {refund['status']} ·"
        f" {_yuan(refund['amount'])}<td>{_settle_refund(refund)}"
        for refund in reversed(refunds)
    )
    disputed = {dispute["payment_intent"]: dispute for dispute in disputes}
    paid = "".join(
        f"<tr><td>{escape(str(charge['metadata'].get('order', charge['id'])))} ·"
        f" {_yuan(charge['amount'])}<td>{_dispute(charge, disputed.get(charge['payment_intent']))}"
        for charge in reversed(charges)
    )
    fields = "".join(
        f'<label>{name} <input name="{name}" size="3" value="{round(getattr(faults, name) * 100)}"> %</label> '
        for name in ("twice", "late", "swap", "drop")
    )
    return _page(
        "Sessions",
        f"<h1>Sessions</h1><table>{rows}</table><h2>Refunds</h2><table>{back}</table>"
        f"<h2>Money</h2><table>{paid}</table><h2>Webhooks</h2>"
        f'<form method="post" action="/faults">{fields}<br><button>So they come</button></form>',
    )


def _named(session: Json) -> str:
    return str(session["client_reference_id"] or session["metadata"].get("statement") or session["id"])


def _acts(action: str, acts: dict[str, str]) -> str:
    buttons = "".join(f'<button name="act" value="{act}">{words}</button>' for act, words in acts.items())
    return f'<form method="post" action="{escape(action)}">{buttons}</form>'


def _settle(session: Json) -> str:
    if session["status"] == "open":
        return f'<a href="{escape(session["url"])}">pay page</a>'
    if session["payment_status"] == "paid" or session["status"] == "expired":
        return ""
    return _acts(f"/c/settle/{session['id']}", {"arrive": "arrives", "bounce": "does not"})


def _settle_refund(refund: Json) -> str:
    acts = {"pending": {"arrive": "arrives", "bounce": "fails"}, "succeeded": {"bounce": "comes back"}}
    return _acts(f"/refunds/{refund['id']}", acts[refund["status"]]) if refund["status"] in acts else ""


def _dispute(charge: Json, dispute: Json | None) -> str:
    if dispute is None:
        return _acts(f"/disputes/{charge['payment_intent']}", {"open": "the bank asks it back"})
    if dispute["status"] in {"won", "lost"}:
        return f"dispute {dispute['status']}"
    return _acts(f"/disputes/{dispute['id']}", {"won": "dispute won", "lost": "dispute lost"})
