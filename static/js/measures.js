// Of plants alone it is asked how large they are, each kind by what it is sold by. Without this, all is shown.
"use strict";

(() => {
  const box = document.querySelector("[data-measures]");
  const form = box && box.closest("form");
  if (!form) return;
  const { kinds, products } = JSON.parse(box.dataset.plants);
  const words = form.querySelector(".field[data-words]");
  const harvest = form.querySelector("[data-harvest]");
  const place = form.elements["plant-trunk_at"];

  /** What is asked follows the goods. */
  function follow() {
    const kind = kinds[products[form.elements.product.value]];
    box.hidden = !kind;
    if (words) {
      words.hidden = !!kind; // the sizes say it
      for (const input of words.querySelectorAll("input")) input.disabled = !!kind;
    }
    if (harvest) harvest.hidden = !!kind; // nobody harvests a tree
    if (!kind) return;
    for (const field of box.querySelectorAll("[data-asked]")) field.hidden = !kind.asked.includes(field.dataset.asked);
    if (!place.value && kind.trunk) place.value = kind.trunk;
  }

  form.addEventListener("change", (event) => {
    if (event.target.name !== "product") return;
    place.value = "";
    follow();
  });
  form.addEventListener("goods", follow); // chosen by a script
  follow();
})();
