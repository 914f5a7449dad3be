// Small comforts; every page does its work without them.
"use strict";

// --- amount: minus and plus, quick amounts, and what it comes to -------------------------------

/** A typed number of units in thousandths ("2.5" is 2500), or null. */
function thousandths(text) {
  const match = /^(\d{1,9})(?:\.(\d{0,3}))?$/.exec(text.trim().replaceAll(",", ""));
  return match ? Number(match[1]) * 1000 + Number((match[2] || "").padEnd(3, "0")) : null;
}

function plain(number) {
  return String(number / 1000);
}

/** Fen for an amount, rounded half up once, as the shop does. */
function fenFor(amount, price) {
  const doubled = BigInt(amount) * BigInt(price) * 2n + 1000n;
  return Number(doubled / 2000n);
}

function showTotal(form) {
  const output = form.querySelector("[data-total]");
  const input = form.querySelector("[data-amount]");
  if (!output || !input) return;
  const amount = thousandths(input.value);
  const most = Number(form.dataset.available) * 1000;
  output.hidden = !amount || amount > most;
  if (amount) {
    const fen = fenFor(amount, form.dataset.price);
    const [whole, part] = (fen / 100).toFixed(2).split(".");
    output.querySelector("b").textContent = `¥${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${part}`;
  }
  for (const button of form.querySelectorAll("[data-step]")) {
    const down = Number(button.dataset.step) < 0;
    button.disabled = amount !== null && (down ? amount <= 0 : amount >= most);
  }
  for (const button of form.querySelectorAll("[data-quick]")) {
    button.setAttribute("aria-pressed", String(amount === Number(button.dataset.quick) * 1000));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step], [data-quick]");
  const form = button && button.closest("form[data-price]");
  if (!form) return;
  const input = form.querySelector("[data-amount]");
  const most = Math.floor(Number(form.dataset.available) * 1000);
  const step = Number(button.dataset.step) * 1000;
  const now = thousandths(input.value) || 0;
  // a step lands on round numbers: 7 and then 10, not 17
  const wanted =
    "quick" in button.dataset
      ? Number(button.dataset.quick) * 1000
      : step > 0
        ? (Math.floor(now / step) + 1) * step
        : (Math.ceil(now / -step) - 1) * -step;
  input.value = plain(Math.max(0, Math.min(wanted, most)));
  input.removeAttribute("aria-invalid");
  showTotal(form);
});

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-price]");
  if (form) showTotal(form);
});

// --- an offer's pictures, in large ----------------------------------------------------------------

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-zoom]");
  const zoom = document.getElementById("zoom");
  if (event.target === zoom) zoom.close(); // beside the picture
  if (!link || !zoom || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const [small, large] = [link.querySelector("img"), zoom.querySelector("img")];
  large.src = link.href;
  for (const name of ["alt", "width", "height"]) large.setAttribute(name, small.getAttribute(name));
  zoom.showModal();
});

// --- a table that scrolls sideways can be scrolled by keys ---------------------------------------

function letKeysScroll() {
  for (const wrap of document.querySelectorAll(".table-wrap")) {
    if (wrap.scrollWidth > wrap.clientWidth) wrap.tabIndex = 0;
    else wrap.removeAttribute("tabindex");
  }
}

window.addEventListener("resize", letKeysScroll);
letKeysScroll();

// --- menus close on a click elsewhere and on Escape --------------------------------------------

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.site-menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.site-menu[open], details.drawer[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// --- the listing's filters stand open beside the offers where there is room ---------------------

const roomy = window.matchMedia("(min-width: 1024px)");

function settleDrawer() {
  for (const drawer of document.querySelectorAll("details.drawer")) drawer.open = roomy.matches;
}

roomy.addEventListener("change", settleDrawer);
settleDrawer();
for (const form of document.querySelectorAll("form[data-price]")) showTotal(form);

// --- filters: short addresses, the shelf stays where it was scrolled to --------------------------

document.addEventListener("htmx:configRequest", (event) => {
  const { parameters, verb } = event.detail;
  if (verb !== "get") return;
  for (const name of [...parameters.keys()]) {
    const kept = parameters.getAll(name).filter((value) => value !== "");
    parameters.delete(name);
    for (const value of kept) parameters.append(name, value);
  }
});

let shelfAt = 0;
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (event.detail.target.id === "categories") shelfAt = event.detail.target.scrollLeft;
});
document.addEventListener("htmx:oobAfterSwap", (event) => {
  const shelf = document.getElementById("categories");
  if (event.detail.target.id === "categories" && shelf) shelf.scrollLeft = shelfAt;
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-closes-drawer]");
  const drawer = button && button.closest("details");
  if (drawer && !roomy.matches) {
    drawer.open = false;
    document.getElementById("results").scrollIntoView();
  }
});

// --- suggestions under a search box: arrows choose, Enter takes, Escape puts them away -------------

function suggest(input) {
  const list = document.getElementById(input.dataset.suggests);
  let at = -1;

  function choose(index) {
    at = index;
    for (const [place, option] of [...list.children].entries()) {
      option.id = `${list.id}-${place}`;
      option.setAttribute("aria-selected", String(place === at));
    }
    if (at < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  }

  function open(wanted) {
    list.hidden = !wanted || !list.children.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    choose(-1);
  }

  function take(option) {
    input.value = option.dataset.query;
    open(false);
    input.form.requestSubmit();
  }

  // only now: without this script it is a plain search box
  for (const [name, value] of Object.entries({ "aria-autocomplete": "list", "aria-controls": list.id, role: "combobox" })) {
    input.setAttribute(name, value);
  }
  open(false);
  list.addEventListener("htmx:afterSwap", () => open(document.activeElement === input));
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  input.addEventListener("blur", () => open(false));
  input.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count && !event.isComposing) {
      const next = (at + (event.key === "ArrowDown" ? 1 : count)) % count;
      const from = at < 0 && event.key === "ArrowUp" ? count - 1 : next;
      open(true);
      choose(from);
    } else if (event.key === "Enter" && at >= 0 && !event.isComposing) {
      take(list.children[at]);
    } else if (event.key === "Escape" && !list.hidden) {
      open(false);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

for (const input of document.querySelectorAll("[data-suggests]")) suggest(input);

// what went wrong is said by a page of its own; a suggestion that does not come is none
document.addEventListener("htmx:responseError", (event) => {
  const { elt, pathInfo, requestConfig } = event.detail;
  if (elt.matches("[data-suggests]")) return;
  if (requestConfig.verb === "get") location.assign(pathInfo.finalRequestPath);
  else if (elt.closest("form")) sendPlainly(elt.closest("form"), requestConfig.triggeringEvent);
});

/** The form as it goes without this script, with the button that was pressed. */
function sendPlainly(form, event) {
  const button = event && event.submitter;
  if (button && button.name) form.append(hiddenField(button));
  form.submit();
}

function hiddenField({ name, value }) {
  return Object.assign(document.createElement("input"), { type: "hidden", name, value });
}

// --- to paper: the browser's own menu does it too ----------------------------------------------------

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// --- a card's picture goes to the offer's page, and back --------------------------------------------

/** The picture of the card that leads to `address`. */
function cardPicture(address) {
  const path = address ? new URL(address).pathname.replaceAll('"', "") : "";
  const link = path && document.querySelector(`.offer a[href="${path}"]`);
  return link ? link.closest(".offer").querySelector("img") : null;
}

/** The card's picture takes the name that the offer's own has in its style sheet: two may not have it. */
function carry(event, address) {
  const card = event.viewTransition && cardPicture(address);
  if (!card) return;
  const named = [card, document.querySelector(".offer-pictures a:first-child img")].filter(Boolean);
  for (const picture of named) picture.style.viewTransitionName = picture === card ? "offer" : "none";
  event.viewTransition.finished.catch(() => null).then(() => {
    for (const picture of named) picture.style.removeProperty("view-transition-name");
  });
}

window.addEventListener("pageswap", (event) => carry(event, event.activation && event.activation.entry.url));
window.addEventListener("pagereveal", (event) => {
  const from = window.navigation && navigation.activation && navigation.activation.from;
  // between two offers it is the large picture that stays
  if (from && !document.querySelector(".offer-pictures")) carry(event, from.url);
});
