// Goods are written down on the phone as they are typed, and sent when there is a network: each exactly once,
// for what is sent again carries the same key. The page does its work without this, where there is a network.
"use strict";

(() => {
  const host = document.querySelector("[data-kept]");
  if (!host || !("indexedDB" in window)) return;
  const say = host.dataset;
  const form = document.querySelector("[data-listing]");
  const online = say.seller !== "";
  if (online) localStorage.setItem("seller", say.seller);
  const seller = say.seller || localStorage.getItem("seller") || "";
  const SIZES = form ? [...form.querySelectorAll("[data-measures] [name]")] : [];
  const CELLS = ["product", "amount", "unit", "price", "when", "day", "grade", "note", ...SIZES.map((each) => each.name)];

  // --- what the phone keeps: one record for each goods, {key, seller, cells, photo, there, gone, step, state, errors, at}.
  // `there`: the market has the photo as well; `gone`: one that it had was taken away

  const opened = new Promise((resolve, reject) => {
    const asked = indexedDB.open("selling", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("goods", { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

  async function store(mode, act) {
    const database = await opened;
    return new Promise((resolve, reject) => {
      const change = database.transaction("goods", mode);
      const asked = act(change.objectStore("goods"));
      change.oncomplete = () => resolve(asked.result);
      change.onabort = () => reject(change.error);
    });
  }

  const put = (goods) => store("readwrite", (table) => table.put(goods));
  const remove = (key) => store("readwrite", (table) => table.delete(key));
  const find = (key) => store("readonly", (table) => table.get(key));

  async function mine(state) {
    const all = await store("readonly", (table) => table.getAll());
    return all.filter((goods) => goods.seller === seller && (!state || goods.state === state)).sort((one, other) => one.at - other.at);
  }

  // --- sending --------------------------------------------------------------------------------

  function cookie(name) {
    const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  }

  function body(goods) {
    const data = new FormData();
    for (const [name, value] of Object.entries(goods.cells)) data.append(name, value);
    data.append("key", goods.key);
    data.append("seller", goods.seller);
    data.append("revision", String(goods.at));
    if (goods.gone) data.append("no_photo", "1");
    return data;
  }

  function post(address, data) {
    return fetch(address, {
      method: "POST",
      body: data,
      credentials: "same-origin",
      redirect: "manual",
      headers: { "X-CSRFToken": cookie("csrftoken"), Accept: "application/json" },
    });
  }

  const sentTo = new Map(); // where each goods that was sent is told of

  /** Try once; what became of it: "sent", "wrong", "sign-in" or "kept". */
  async function sendOne(goods) {
    const data = body(goods);
    if (goods.photo) data.append("photo", goods.photo, goods.photoName || "photo.jpg");
    let answer;
    try {
      answer = await post(say.url, data);
    } catch {
      return "kept";
    }
    if (answer.status === 201) {
      const told = await answer.json().catch(() => ({}));
      sentTo.set(goods.key, told.url || "");
      await remove(goods.key);
      return "sent";
    }
    if (answer.status === 422 || answer.status === 413 || answer.status === 400) {
      const told = await answer.json().catch(() => ({ errors: {} }));
      await put({ ...goods, state: "wrong", errors: told.errors || {} });
      return "wrong";
    }
    if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 409) return "sign-in";
    return "kept";
  }

  let busy = null;

  /** Send all that waits, one flush at a time in this tab; another tab's is harmless, as the key is the same. */
  function flush() {
    busy ||= (async () => {
      let last = "";
      for (const goods of await mine("queued")) {
        last = await sendOne(goods);
        if (last === "kept" || last === "sign-in") break;
      }
      await tell(last);
      return last;
    })().finally(() => {
      busy = null;
    });
    return busy;
  }

  // --- telling --------------------------------------------------------------------------------

  function line(words, kind, link) {
    const said = document.createElement("p");
    said.className = `notice notice-${kind}`;
    said.textContent = words;
    if (link) {
      const way = document.createElement("a");
      way.className = "button";
      way.href = link.href;
      way.textContent = link.words;
      said.append(" ", way);
    }
    host.append(said);
  }

  function named(goods) {
    const { name = "", amount = "" } = { name: goods.name, amount: goods.cells.amount };
    return [name, amount].filter(Boolean).join(" ");
  }

  async function tell(last) {
    const [queued, wrong] = [await mine("queued"), await mine("wrong")];
    host.replaceChildren();
    const told = [...sentTo.values()].at(-1);
    if (last === "sent" && !queued.length) line(say.saySent, "success", told ? { href: told, words: say.sayNext } : null);
    if (queued.length && last === "sign-in") line(say.saySignIn, "info", { href: say.login, words: say.sayIn });
    else if (queued.length) line(`${queued.map(named).join(" · ")}: ${say.sayKept}`, "info");
    for (const goods of wrong) {
      if (form && form.elements.key.value === goods.key) continue;
      line(`${named(goods)}: ${say.sayWrong}`, "error", { href: `${say.url}#${goods.key}`, words: say.sayMend });
    }
    if (!seller) line(say.sayNewPhone, "info");
    host.hidden = !host.children.length;
  }

  window.addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => document.hidden || flush());
  setInterval(async () => (await mine("queued")).length && flush(), 8000);
  if ("serviceWorker" in navigator && online) {
    navigator.serviceWorker.register(`${say.worker}?language=${say.language}`, { scope: say.worker.replace(/[^/]*$/, "") }).catch(() => {});
  }
  if (!form || !seller) {
    flush();
    return;
  }

  // --- the page in three steps ------------------------------------------------------------------

  const steps = [...form.querySelectorAll(".listing-step")];
  const marks = [...form.querySelectorAll(".listing-steps li")];
  const [back, next, submit] = ["back", "next", "send"].map((name) => form.querySelector(`[data-${name}]`));
  const seen = form.querySelector("[data-look]");
  const status = form.querySelector("[data-saved]");
  const canvas = form.querySelector("canvas[data-photo]");
  const away = form.querySelector("[data-away]");
  const gone = form.elements.no_photo;
  let keptPhoto = form.querySelector("[data-kept-photo]"); // of the draft that the market has
  let step = 0;
  let photo = null;
  let shrinking = null;
  let fresh = null; // a photo that the market has not got yet
  let photoName = "";

  function show(wanted, focus = true) {
    step = Math.max(0, Math.min(wanted, steps.length - 1));
    steps.forEach((each, at) => (each.hidden = at !== step));
    marks.forEach((each, at) => (at === step ? each.setAttribute("aria-current", "step") : each.removeAttribute("aria-current")));
    back.hidden = step === 0;
    next.hidden = step === steps.length - 1;
    submit.hidden = step !== steps.length - 1;
    if (steps[step] === seen) look();
    if (focus) {
      steps[step].querySelector("h2").focus();
      window.scrollTo(0, 0);
    }
  }

  const chosen = () => form.querySelector("[name=product]:checked");

  /** Unit, prices and name follow the goods. */
  function follow() {
    const tile = chosen();
    if (!tile) return;
    const units = tile.dataset.units.split(",").map((each) => each.split(":"));
    const select = form.elements.unit;
    const was = select.value;
    select.replaceChildren(...units.map(([value, words]) => new Option(words, value)));
    if (units.some(([value]) => value === was)) select.value = was;
    const per = `/ ${units[0][1]}`;
    form.querySelector("[data-per]").textContent = per;
    for (const hint of ["reference", "village", "town"]) {
      const place = form.querySelector(`[data-hint=${hint}]`);
      place.hidden = !tile.dataset[hint];
      place.querySelector("b").textContent = `¥${tile.dataset[hint]} ${per}`;
    }
    form.querySelector("[data-hints]").hidden = !tile.dataset.reference && !tile.dataset.village && !tile.dataset.town;
    form.dispatchEvent(new Event("goods")); // measures.js asks for what they are sold by
    const name = form.querySelector("[data-chosen]");
    name.textContent = tile.closest(".tile").textContent.trim();
    name.hidden = false;
  }

  function followDay() {
    const when = form.querySelector("[name=when]:checked");
    form.querySelector("[data-day]").hidden = !when || when.value !== "day";
  }

  function read() {
    const data = new FormData(form);
    const cells = {};
    for (const name of CELLS) if (data.get(name)) cells[name] = String(data.get(name));
    const tile = chosen();
    const name = tile ? tile.closest(".tile").textContent.trim() : "";
    return { key: form.elements.key.value, seller, cells, photo, photoName, there: !fresh, gone: gone.checked, name, step, state: "writing", errors: {}, at: Date.now() };
  }

  function fill(goods) {
    form.elements.key.value = goods.key;
    for (const name of CELLS) {
      const value = goods.cells[name] || "";
      if (name === "product" || name === "when") {
        for (const each of form.querySelectorAll(`[name=${name}]`)) each.checked = each.value === value && value !== "";
      } else if (name !== "unit") {
        form.elements[name].value = value;
      }
    }
    const tile = chosen();
    const shelf = tile && tile.closest("details");
    if (shelf) shelf.open = true;
    follow();
    if (goods.cells.unit) form.elements.unit.value = goods.cells.unit;
    photo = goods.photo || null;
    photoName = goods.photoName || "";
    fresh = goods.there ? null : photo;
    gone.checked = !!goods.gone;
    if (photo || gone.checked || Number(form.dataset.revision) === 0) dropKeptPhoto();
    if (photo) draw(photo);
    away.hidden = !photo && !keptPhoto;
    followDay();
  }

  function dropKeptPhoto() {
    keptPhoto?.remove();
    keptPhoto = null;
  }

  function takeAway() {
    [photo, photoName, fresh] = [null, "", null];
    form.elements.photo.value = "";
    gone.checked = true; // told to the market until there is another
    dropKeptPhoto();
    canvas.hidden = away.hidden = true;
    form.elements.photo.focus();
  }

  function mark(errors) {
    for (const old of form.querySelectorAll("[data-told]")) old.remove();
    let first = steps.length;
    for (const [name, messages] of Object.entries(errors)) {
      const field = form.querySelector(`[name="${name}"]`);
      if (!field) continue;
      const list = document.createElement("ul");
      list.className = "errorlist";
      list.dataset.told = "";
      for (const message of messages) list.append(Object.assign(document.createElement("li"), { textContent: message }));
      const place = name === "product" ? steps[0].querySelector("h2") : field.closest(".field, .listing-amount");
      place.after(list);
      field.setAttribute("aria-invalid", "true");
      first = Math.min(first, steps.indexOf(field.closest(".listing-step")));
    }
    if (first < steps.length) show(first);
  }

  // --- the photo: smaller, so that it goes through a thin network ----------------------------------

  async function smaller(file) {
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, 1600 / Math.max(picture.width, picture.height));
      const sheet = document.createElement("canvas");
      [sheet.width, sheet.height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
      sheet.getContext("2d").drawImage(picture, 0, 0, sheet.width, sheet.height);
      const made = await new Promise((resolve) => sheet.toBlob(resolve, "image/jpeg", 0.85));
      return made && made.size < file.size ? [made, "photo.jpg"] : [file, file.name];
    } catch {
      return [file, file.name]; // a kind that this browser cannot read: the market can
    }
  }

  async function draw(file) {
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      if (file !== photo) return; // taken away meanwhile
      canvas.height = Math.round((canvas.width * picture.height) / picture.width);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      canvas.hidden = false;
    } catch {
      canvas.hidden = true;
    }
  }

  // --- looked over before it is sent ------------------------------------------------------------------

  /** What is written, as far as this page understands it: for whoever has no network. */
  function typed() {
    const { cells, name } = read();
    const tile = chosen();
    const unit = form.elements.unit.selectedOptions[0];
    const usual = tile ? tile.dataset.units.split(":")[0] : "";
    const plain = /^\d{1,7}(\.\d{1,2})?$/;
    const sum = plain.test(cells.amount) && plain.test(cells.price) && cells.unit === usual ? Number(cells.amount) * Number(cells.price) : 0;
    const sizes = SIZES.filter((each) => each.value && !each.closest("[hidden]") && each.name !== "plant-trunk_at");
    const said = (each) => (each.tagName === "SELECT" ? each.selectedOptions[0].textContent : each.value);
    const when = form.querySelector("[name=when]:checked");
    return {
      product: name,
      size: [...sizes.map((each) => `${each.labels[0].textContent.trim()} ${said(each)}`), form.elements.grade.disabled ? "" : cells.grade].filter(Boolean).join(" · "),
      amount: [cells.amount, unit && plain.test(cells.amount) ? unit.textContent : ""].filter(Boolean).join(" "),
      when: when && when.value ? cells.when === "day" ? cells.day : when.closest("label").textContent.trim() : "",
      price: cells.price ? `${plain.test(cells.price) ? "¥" : ""}${cells.price} ${form.querySelector("[data-per]").textContent}` : "",
      sum: sum ? `¥${sum.toFixed(2)}` : "",
      note: cells.note,
    };
  }

  function tellBack(words) {
    for (const row of seen.querySelectorAll("[data-fact]")) {
      const said = words[row.dataset.fact] || "";
      row.querySelector("[data-words]").textContent = said;
      row.hidden = !said;
    }
    const doubt = seen.querySelector("[data-doubt]");
    doubt.textContent = words.doubt || "";
    doubt.hidden = !words.doubt;
  }

  let looks = 0;

  /** As buyers will see it: the market's words where it can be asked, else what was typed. */
  async function look() {
    const now = ++looks;
    tellBack(typed());
    const drawing = chosen()?.closest(".tile").querySelector("img");
    picture(photo || keptPhoto || drawing);
    seen.querySelector("[data-no-photo]").hidden = !!(photo || keptPhoto);
    const unread = seen.querySelector("[data-unread]");
    unread.hidden = true;
    clearTimeout(later); // what is looked over is kept there as well
    const data = body(read());
    data.append("look", "1");
    const sending = withPhoto(data);
    let answer = null;
    if (online) answer = await post(say.url, data).catch(() => null);
    const told = answer && (answer.ok || answer.status === 422) ? await answer.json().catch(() => null) : null;
    if (answer?.ok && fresh === sending) fresh = null;
    if (now !== looks || steps[step] !== seen) return;
    unread.hidden = !!told;
    if (told?.look) tellBack(told.look);
    if (told) mark(told.errors || {});
  }

  async function picture(source) {
    const canvas = seen.querySelector("canvas");
    for (const drawing of seen.querySelectorAll("img")) drawing.remove();
    if (!(source instanceof Blob)) {
      if (source) canvas.before(Object.assign(new Image(320, 240), { src: source.src, className: "look-picture", alt: "" }));
      canvas.hidden = true;
      return;
    }
    try {
      const drawn = await createImageBitmap(source, { imageOrientation: "from-image" });
      canvas.height = Math.round((canvas.width * drawn.height) / drawn.width);
      canvas.getContext("2d").drawImage(drawn, 0, 0, canvas.width, canvas.height);
      canvas.hidden = false;
    } catch {
      canvas.hidden = true;
    }
  }

  seen.addEventListener("click", (event) => {
    const way = event.target.closest("[data-step]");
    if (!way) return;
    event.preventDefault();
    show(Number(way.dataset.step));
  });

  // --- saved as it is typed -------------------------------------------------------------------------

  let soon = 0;
  let later = 0;
  let sending = false; // from then on it is no longer being written, whatever is still being drawn

  /** With the photo, if the market has not got it; which was added. */
  function withPhoto(data) {
    if (fresh) data.append("photo", fresh, photoName || "photo.jpg");
    return fresh;
  }

  /** At the market as well, so that it is there on another phone. */
  async function keepThere() {
    const data = body(read());
    const sending = withPhoto(data);
    const answer = await post(form.dataset.save, data).catch(() => null);
    if (answer?.ok && fresh === sending) fresh = null;
    if (answer?.status === 422) mark((await answer.json().catch(() => ({}))).errors || {});
  }

  async function keep() {
    clearTimeout(soon);
    if (sending) return;
    const goods = read();
    if (!Object.keys(goods.cells).length && !photo) return;
    await put(goods);
    status.textContent = say.saySaved;
  }

  function changed() {
    clearTimeout(soon);
    clearTimeout(later);
    if (sending) return;
    soon = setTimeout(keep, 200);
    if (online) later = setTimeout(keepThere, 2500);
  }

  form.addEventListener("input", (event) => {
    if (event.target.id === "find") return;
    event.target.removeAttribute("aria-invalid");
    changed();
  });
  form.addEventListener("change", async (event) => {
    if (event.target.name === "product") follow();
    if (event.target.name === "when") followDay();
    if (event.target === gone) {
      takeAway();
      await keep();
    }
    if (event.target.name === "photo") {
      const file = event.target.files[0];
      if (!file) takeAway();
      else {
        [photo, photoName] = [file, file.name];
        gone.checked = away.hidden = false;
        dropKeptPhoto();
        shrinking = smaller(file);
        const made = await shrinking;
        if (photo !== file) return; // another was taken meanwhile
        [photo, photoName] = made;
        await draw(photo);
      }
      fresh = photo;
      await keep();
      if (steps[step] === seen) look();
    }
    changed();
  });
  form.addEventListener("click", (event) => {
    // what was chosen before goes on as well
    if (event.target.name === "product") show(1);
    const by = event.target.closest("[data-by]");
    if (!by) return;
    const amount = form.elements.amount;
    amount.value = String(Math.max(0, (Number.parseFloat(amount.value) || 0) + Number(by.dataset.by)));
    changed();
  });
  back.addEventListener("click", () => show(step - 1));
  next.addEventListener("click", () => show(step + 1));
  document.querySelector("[data-throw-away]")?.addEventListener("submit", (event) => {
    event.target.elements.key.value = form.elements.key.value;
    remove(form.elements.key.value);
  });

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (submit.disabled) return;
    if (step < steps.length - 1) {
      show(step + 1);
      return;
    }
    submit.disabled = sending = true;
    await shrinking;
    clearTimeout(soon);
    clearTimeout(later);
    const goods = { ...read(), state: "queued" };
    await put(goods);
    status.textContent = say.saySending;
    if (busy) await busy;
    await flush();
    submit.disabled = false;
    status.textContent = "";
    const now = await find(goods.key);
    if (now && now.state === "wrong") {
      sending = false;
      mark(now.errors);
      return;
    }
    if (!now && sentTo.get(goods.key)) location.assign(sentTo.get(goods.key));
    else done();
  });

  /** Sent or kept: the page says which, and offers the next. */
  function done() {
    form.hidden = true;
    document.querySelector("[data-throw-away]")?.setAttribute("hidden", "");
    const again = Object.assign(document.createElement("a"), { className: "button button-primary", href: say.url, textContent: say.sayAgain });
    host.append(again);
    host.hidden = false;
    host.tabIndex = -1;
    host.focus();
  }

  const search = form.querySelector("#find");
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    let found = 0;
    for (const tile of form.querySelectorAll(".tile")) {
      tile.hidden = wanted !== "" && !tile.dataset.name.includes(wanted);
      found += tile.hidden ? 0 : 1;
    }
    for (const shelf of form.querySelectorAll("details.listing-shelf")) {
      shelf.open = wanted !== "" && !!shelf.querySelector(".tile:not([hidden])");
      shelf.hidden = wanted !== "" && !shelf.open;
    }
    form.querySelector("[data-none]").hidden = found > 0;
  });
  search.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());

  (async () => {
    for (const hidden of form.querySelectorAll(".listing-steps, .listing-search, [data-by]")) hidden.hidden = false;
    if (form.elements.key.value === "00000000-0000-0000-0000-000000000000") form.elements.key.value = crypto.randomUUID();
    gone.checked = false; // whatever the browser remembers of an older page
    form.elements.seller.disabled = true; // what is sent says itself whose it is
    const failed = form.querySelector(".errorlist");
    const asked = location.hash.slice(1);
    let kept = asked ? await find(asked) : (await mine("writing")).at(-1);
    // somewhere else it was written on since
    if (kept && kept.key === form.elements.key.value && kept.at < Number(form.dataset.revision)) kept = null;
    form.querySelector("[data-look-over]").remove();
    follow();
    followDay();
    if (kept && kept.seller === seller && kept.state !== "queued" && !failed) {
      fill(kept);
      show(kept.step || 0, false);
      mark(kept.errors || {});
    } else {
      // somebody quick is on the next already
      const place = failed ? steps.indexOf(failed.closest(".listing-step")) : step;
      show(Math.max(place, 0), false);
    }
    await flush();
  })();
})();
