// The basket beside the page, and its lines changed where they stand. Without this, each is a page of its own.
"use strict";

const drawer = document.getElementById("drawer");

document.addEventListener("htmx:afterSwap", (event) => {
  const { target } = event.detail;
  if (target.id === "drawer-body" && !drawer.open) {
    drawer.showModal();
    document.getElementById("drawer-title").focus();
  }
});

// what had the focus may be gone: on to what is to be mended, or to the heading
document.addEventListener("htmx:afterSettle", (event) => {
  const wrong = document.querySelector("form.buy [aria-invalid=true], [data-basket] [aria-invalid=true], #checkout [aria-invalid=true]");
  if (wrong && event.detail.xhr.status === 422) return wrong.focus();
  if (document.activeElement !== document.body && document.activeElement !== drawer) return;
  const heading = document.getElementById(drawer && drawer.open ? "drawer-title" : "basket-title");
  if (heading) heading.focus({ preventScroll: true });
});

// the first day is another one when the goods are brought
document.addEventListener("change", ({ target }) => {
  const day = target.name === "way" && document.querySelector("[name=wanted_on][data-pickup]");
  if (day) day.min = day.dataset[target.value];
});

// beside the drawer is out of it
if (drawer) drawer.addEventListener("click", (event) => event.target === drawer && drawer.close());
