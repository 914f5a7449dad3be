// A draft of a bulk request: saved while it is typed, names to choose from, tables pasted into a cell.
// Without this, each button of the form does its work by itself.
const form = document.getElementById("draft");
const list = document.getElementById("needs");
const line = document.getElementById("saved");
const words = form.dataset;
const most = Number(words.most);

// --- rows ------------------------------------------------------------------------------------------

const cellsOf = (row) => [...row.querySelectorAll("input")];
const isEmpty = (row) => cellsOf(row).every((input) => !input.value.trim());
let numbered = list.children.length;

function addRow() {
  if (list.children.length >= most) return null;
  const made = document.createElement("template");
  made.innerHTML = document.getElementById("row-template").innerHTML.replaceAll("9999", String(numbered));
  numbered += 1;
  const row = made.content.querySelector(".need");
  list.append(row);
  return row;
}

/** There is always a row left to write in. */
function keepOneFree() {
  if (!isEmpty(list.lastElementChild)) addRow();
}

/** The cell of the same column in the row below. */
function below(input) {
  const row = input.closest(".need");
  const next = row.nextElementSibling || addRow();
  return next && next.querySelector(`[name="${input.name}"]`);
}

// --- saving while somebody types -------------------------------------------------------------------

let typedAt = 0; // counts what was typed, to know whether a save has it all
let savedAt = 0;
let timer = null;
let saving = null;
let stopped = false;

function tell(text, bad, button) {
  line.textContent = text;
  line.classList.toggle("bad", Boolean(bad));
  if (button) {
    const show = Object.assign(document.createElement("button"), { type: "submit", textContent: button });
    Object.assign(show, { name: "do", value: "save", className: "button" });
    show.setAttribute("form", "draft");
    line.append(" ", show);
  }
}

function changed() {
  typedAt += 1;
  keepOneFree();
  if (stopped) return;
  clearTimeout(timer);
  timer = setTimeout(save, 700);
}

function save() {
  clearTimeout(timer);
  if (saving || stopped) return saving;
  const at = typedAt;
  const sent = [...list.children].map((row) => [row, new Map(cellsOf(row).map((input) => [input, input.value]))]);
  tell(words.saving);
  const body = new FormData(form);
  for (const name of ["file", "paste"]) body.delete(name);
  saving = fetch(form.action, { method: "POST", body, headers: { "X-Saving": "draft" } })
    .then(async (response) => {
      const told = (response.headers.get("Content-Type") || "").includes("json") ? await response.json() : null;
      if (response.ok && told) return saved(told, sent, at);
      if (response.status >= 500) throw new Error("try again");
      // another page has a newer draft, or this one may not be saved: typing on would be for nothing
      stopped = response.status !== 422;
      return tell(told ? told.why : words.refused, true, told && told.stale ? words.elsewhere : "");
    })
    .catch(() => {
      tell(words.unsaved, true);
      timer = setTimeout(save, 4000);
    })
    .finally(() => {
      saving = null;
      if (typedAt > at && savedAt === at && !stopped) timer = setTimeout(save, 300);
    });
  return saving;
}

function saved(told, rows, at) {
  savedAt = at;
  const summary = document.getElementById("wrong");
  form.elements.revision.value = told.revision;
  tell(words.saved.replace("%s", told.at));
  rows.forEach(([row, texts], place) => {
    if (!row.isConnected || !told.notes[place]) return;
    for (const [input, text] of texts) {
      // who is still writing in a cell is not told what is wrong with half of it, nor of what stood there before
      if (input === document.activeElement || input.value !== text) continue;
      note(input, told.notes[place][input.name]);
      if (input.name === "wanted" && told.wanted[place]) input.value = told.wanted[place];
    }
  });
  if (summary && !list.querySelector("[aria-invalid]")) summary.remove();
}

function note(input, html) {
  const below = document.getElementById(`note-${input.id}`);
  if (below.innerHTML !== html) below.innerHTML = html;
  if (below.querySelector(".need-wrong")) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}

window.addEventListener("online", () => typedAt > savedAt && save());
window.addEventListener("beforeunload", (event) => typedAt > savedAt && !leaving && event.preventDefault());

// a button saves all by itself, once the save on its way has come home: else it would be the older page
let leaving = false;
form.addEventListener("submit", (event) => {
  clearTimeout(timer);
  // without a network the browser would put a page of its own over what was typed
  if (!navigator.onLine || (saving && !leaving)) event.preventDefault();
  if (!navigator.onLine) {
    leaving = false;
    return tell(words.unsaved, true);
  }
  if (saving && !leaving) {
    saving.then(() => {
      leaving = true;
      form.requestSubmit(event.submitter);
    });
    return undefined;
  }
  leaving = true;
  return undefined;
});
window.addEventListener("pageshow", () => (leaving = false));

list.addEventListener("input", ({ target }) => {
  note(target, "");
  changed();
});
form.elements.weekly.addEventListener("change", changed);
// what is wrong with a cell is said once it is left
list.addEventListener("focusout", () => typedAt > savedAt && !saving && changed());

// --- a row less, a name taken -------------------------------------------------------------------------

list.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const row = button && button.closest(".need");
  if (!row) return;
  event.preventDefault();
  if (button.dataset.take) {
    const input = row.querySelector("[name=product]");
    input.value = button.dataset.take;
    note(input, "");
    input.focus();
  } else {
    const next = row.nextElementSibling || row.previousElementSibling || addRow();
    row.remove();
    next.querySelector("input").focus();
  }
  changed();
});

document.querySelector("#add button").addEventListener("click", (event) => {
  event.preventDefault();
  const rows = Array.from({ length: 5 }, addRow).filter(Boolean);
  if (rows.length) rows[0].querySelector("input").focus();
});

// --- names to choose from while a product is typed ------------------------------------------------------

const names = Object.assign(document.createElement("ul"), { id: "product-names", className: "suggestions", hidden: true });
names.setAttribute("role", "listbox");
names.setAttribute("aria-label", document.querySelector("#needs label").textContent);
let asked = null;
let asking = null;
let chosen = -1;

function closeNames() {
  names.hidden = true;
  chosen = -1;
  if (!asked) return;
  asked.setAttribute("aria-expanded", "false");
  asked.removeAttribute("aria-activedescendant");
}

function choose(place) {
  chosen = place;
  [...names.children].forEach((option, at) => {
    option.id = `product-name-${at}`;
    option.setAttribute("aria-selected", String(at === place));
  });
  asked.setAttribute("aria-activedescendant", names.children[place].id);
  names.children[place].scrollIntoView({ block: "nearest" });
}

function takeName(option) {
  asked.value = option.textContent.trim();
  closeNames();
  changed();
}

async function suggest(input) {
  if (asking) asking.abort();
  if (!input.value.trim()) return closeNames();
  asking = new AbortController();
  const { signal } = asking;
  try {
    await new Promise((later) => setTimeout(later, 120));
    if (signal.aborted) return;
    const response = await fetch(words.suggest + encodeURIComponent(input.value), { signal });
    if (!response.ok || document.activeElement !== input) return;
    names.innerHTML = await response.text();
  } catch {
    return; // a suggestion that does not come is none
  }
  asked = input;
  input.after(names);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": names.id })) {
    input.setAttribute(name, value);
  }
  const known = names.children.length === 1 && names.children[0].textContent.trim() === input.value.trim();
  chosen = -1;
  names.hidden = known || !names.children.length;
  input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-expanded", String(!names.hidden));
}

names.addEventListener("pointerdown", (event) => event.preventDefault());
names.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (option) takeName(option);
});
list.addEventListener("input", ({ target }) => target.name === "product" && suggest(target));
list.addEventListener("focusout", closeNames);

list.addEventListener("keydown", (event) => {
  const input = event.target;
  if (!input.matches("input") || event.isComposing) return;
  const count = names.hidden ? 0 : names.children.length;
  if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
    const step = event.key === "ArrowDown" ? 1 : count - 1;
    choose(chosen < 0 ? (step === 1 ? 0 : count - 1) : (chosen + step) % count);
  } else if (event.key === "Enter" && count && chosen >= 0) {
    takeName(names.children[chosen]);
  } else if (event.key === "Escape" && count) {
    closeNames();
  } else if (event.key === "Enter") {
    // as in a spreadsheet
    const next = below(input);
    if (next) next.focus();
  } else return;
  event.preventDefault();
});

// --- a table pasted into a cell ---------------------------------------------------------------------------

list.addEventListener("paste", (event) => {
  const text = event.clipboardData.getData("text/plain");
  if (!event.target.matches("input") || !/\t|\r?\n./.test(text.trim())) return;
  event.preventDefault();
  const row = event.target.closest(".need");
  const facts = { paste: text, paste_row: [...list.children].indexOf(row), paste_cell: event.target.name };
  const field = document.getElementById("paste");
  field.value = text;
  for (const [name, value] of Object.entries(facts).slice(1)) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  if (!navigator.onLine) {
    // it waits below, where it can be taken later
    document.getElementById("paste-rows").open = true;
    return tell(words.unsaved, true);
  }
  form.requestSubmit(document.querySelector("[value=paste]"));
});

keepOneFree();
