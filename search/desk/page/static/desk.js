// The editor's page. Everything shown comes from the server as text nodes; nothing is ever parsed as HTML here.
"use strict";
(() => {
  const body = document.body, base = body.dataset.base, article = body.dataset.article;
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const curated = one("#curated"), suggested = one("#suggested"), found = one("#found"), turned = one("#turned-down-list");
  const history = [];
  const kept = `order of ${article}`;
  // Decisions are on the disk as soon as they are made; what leaving the page would lose is the order, and the removal
  // of items that no decision can name.
  const editable = Boolean(one("#save")), byHand = "kept as a decision; this file is edited by hand";
  let digest = body.dataset.digest, moved = 0, unnamed = 0, last = Promise.resolve(), fading = 0;

  function say(text) {
    const status = one("#status");
    status.textContent = "";
    window.clearTimeout(fading);
    window.setTimeout(() => { status.textContent = text; status.classList.remove("faded"); }, 30);
    fading = window.setTimeout(() => status.classList.add("faded"), 6000);
  }
  const make = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  async function post(path, record) {
    const answer = await fetch(`${base}/${path}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(record),
    });
    const told = await answer.json().catch(() => ({ error: "the server gave no answer that can be read" }));
    if (!answer.ok) throw Object.assign(new Error(told.error || "it did not work"), { told, status: answer.status });
    return told;
  }
  const decide = (id, verdict, more = {}) => post("decide", { article, candidate: id, verdict, ...more });
  // One thing after another, in the order asked for: a key pressed while the server answers is done next, not lost.
  function guarded(work) {
    last = last.then(work).catch((error) => { if (error.status === 409) conflict(error); else say(error.message); });
    return last;
  }

  // What the keys act on: where the focus is or was last, and on a fresh page the first suggestion. It is marked.
  let marked;
  function point(to) {
    if (to === marked) return;
    if (marked) marked.removeAttribute("aria-current");
    if (to) to.setAttribute("aria-current", "true");
    marked = to;
  }
  function current() {
    const there = (some) => some && some.isConnected && !some.hidden;
    point([document.activeElement.closest(".item, .card"), marked, cards()[0], every()[0]].find(there));
    return marked;
  }

  // The list
  const every = () => all(".item", curated);
  const items = () => every().filter((item) => !item.classList.contains("removed"));
  const named = (id) => every().filter((item) => item.dataset.id === id);
  function renumber() {
    one("#count").textContent = String(items().length);
    one("#no-items").hidden = items().length > 0;
    one("#no-suggestions").hidden = all(".card:not([hidden])", suggested).length > 0;
    const rest = one(".rest", suggested);
    if (rest) rest.hidden = !one(".rest ~ .card:not([hidden])", suggested);
    one("#turned-down-count").textContent = String(all("li", turned).length);
    one("#turned-down").hidden = all("li", turned).length === 0;
    current();
  }
  function link(title, url) {
    const text = make("bdi", "", title);
    if (!/^https?:\/\//.test(url || "")) return text;
    const made = make("a");
    made.href = url; made.target = "_blank"; made.rel = "noreferrer noopener"; made.append(text);
    return made;
  }
  function listItem(id, title, url, meta) {
    const item = make("li", "item waiting"), name = make("span", "name"), tools = make("span", "tools");
    const shown = make("span", "title");
    item.tabIndex = -1; item.draggable = true; item.dataset.id = id;
    shown.append(link(title, url));
    name.append(shown, " ", make("span", "meta", meta));
    for (const [kind, sign, label] of [["up", "↑", "Move up"], ["down", "↓", "Move down"], ["remove", "✕", "Remove"]]) {
      const button = make("button", kind, sign);
      button.type = "button"; button.setAttribute("aria-label", `${label}: ${title.slice(0, 80)}`);
      tools.append(button);
    }
    const line = make("div", "line");
    line.append(name, tools);
    item.append(line);
    return item;
  }
  function move(item, step) {
    const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (step < 0) other.before(item); else other.after(item);
    const back = async () => { moved -= 1; if (step < 0) item.nextElementSibling.after(item); else item.previousElementSibling.before(item); };
    history.push({ back });
    moved += 1;
    item.focus();
    say(`moved to place ${items().indexOf(item) + 1}`);
  }
  const place = (item) => ({ position: Number(item.dataset.position) + 1 });
  function mark(item, removed) {
    const button = one(".remove", item), title = one(".title", item).textContent.trim().slice(0, 80);
    item.classList.toggle("removed", removed);
    button.textContent = removed ? "↺" : "✕";
    button.setAttribute("aria-label", `${removed ? "Put back" : "Remove"}: ${title}`);
  }
  // What stands in the file is struck through until the list is saved, and can be put back; what waits just goes.
  async function takeOut(item) {
    const id = item.dataset.id, others = id ? named(id).filter((some) => some !== item) : [];
    const every = others.every((some) => some.classList.contains("removed"));
    if (id) await decide(id, "removed", { ...place(item), every });
    // a decision is of one item or of all that show the article: of three, two cannot wait
    if (!every) for (const other of others) mark(other, false);
    if (!id) unnamed += 1;
    mark(item, true);
  }
  async function putBack(item) {
    const id = item.dataset.id;
    if (id) await decide(id, "undone"); else unnamed -= 1;
    mark(item, false);
    // a verdict is about an article: of two items that show it the other may be removed still
    const [other, ...more] = id ? named(id).filter((some) => some.classList.contains("removed")) : [];
    if (other) await decide(id, "removed", place(other));
    for (const some of more) mark(some, false);
  }
  async function drop(item) {
    await decide(item.dataset.id, "undone");
    item.remove();
    hide(item.dataset.id, false);
  }
  const remove = (item) => guarded(async () => {
    if (!item.isConnected) return;
    const next = item.nextElementSibling, id = item.dataset.id;
    if (item.classList.contains("removed")) {
      await putBack(item);
      history.push({ back: () => takeOut(item) });
      say("put back");
    } else if (item.dataset.position !== undefined) {
      await takeOut(item);
      history.push({ back: async () => { await putBack(item); item.focus(); } });
      say(editable ? "removed when you save; u takes it back" : id ? `removal ${byHand}` : "this file is edited by hand; u takes it back");
    } else {
      const neighbour = next || item.previousElementSibling || curated;
      await drop(item);
      history.push({ back: async () => {
        await decide(id, "accepted");
        if (next && next.parentNode) next.before(item); else curated.append(item);
        hide(id, true);
        item.focus();
      } });
      neighbour.focus();
      say("removed; u takes it back");
    }
    renumber();
  });

  // Suggestions
  const cards = () => all(".card:not([hidden])");
  const shown = (card) => ({ score: Number(card.dataset.score) || null, position: Number(card.dataset.position) || null });
  function after(card) {
    const some = cards(), place = some.indexOf(card);
    return some[place + 1] || some[place - 1];
  }
  const gone = (card) => card.hidden || !card.isConnected;
  // An article may be suggested and found at once: what becomes of it becomes of all its cards.
  const hide = (id, hidden) => all(".card").filter((some) => some.dataset.id === id).forEach((some) => { some.hidden = hidden; });
  const accept = (card) => guarded(async () => {
    if (gone(card)) return;
    const id = card.dataset.id;
    if (items().some((some) => some.dataset.id === id)) { say("in the list already"); return; }
    const next = after(card), removed = named(id)[0];
    if (removed) {
      await putBack(removed);
      history.push({ back: async () => { await takeOut(removed); hide(id, false); } });
    } else {
      await decide(id, "accepted", card.dataset.position ? shown(card) : {});
      const item = listItem(id, card.dataset.title, card.dataset.url, card.dataset.meta);
      curated.append(item);
      history.push({ back: async () => { await drop(item); card.focus(); } });
    }
    all("li", turned).filter((some) => some.dataset.id === id).forEach((some) => some.remove());
    hide(id, true);
    renumber();
    (next || one("#save") || body).focus();
    say(editable ? "accepted; s saves it into the file" : `accepted: ${byHand}`);
  });
  const reject = (card) => guarded(async () => {
    if (gone(card)) return;
    const chosen = one("select", card), reason = chosen ? chosen.value : "";
    await decide(card.dataset.id, "rejected", { reason, ...(card.dataset.position ? shown(card) : {}) });
    const next = after(card), line = downLine(card, reason && chosen.selectedOptions[0].textContent);
    card.hidden = true;
    turned.prepend(line);
    history.push({ lasts: true, back: async () => { await takeBack(line); card.focus(); } });
    renumber();
    (next || suggested).focus();
    say("rejected; u takes it back");
  });

  // What was turned down
  function downLine(card, reason) {
    const line = make("li", "down"), title = make("span", "title"), button = make("button", "back", "Take back");
    line.dataset.id = card.dataset.id;
    button.type = "button"; button.setAttribute("aria-label", `Take back: ${card.dataset.title.slice(0, 80)}`);
    title.append(link(card.dataset.title, card.dataset.url));
    line.append(title, " ", make("span", "meta", [card.dataset.meta, reason].filter(Boolean).join(" · ")), " ", button);
    return line;
  }
  async function takeBack(line) {
    if (!line.isConnected) return;
    await decide(line.dataset.id, "undone");
    line.remove();
    hide(line.dataset.id, false);
  }
  const takeBackNow = (line) => guarded(async () => {
    await takeBack(line);
    renumber();
    const again = cards().find((card) => card.dataset.id === line.dataset.id);
    (again || one("#turned-down summary")).focus();
    say(again ? "taken back" : "taken back; it may be proposed again when the page is loaded");
  });
  const undo = () => guarded(async () => {
    const step = history.pop();
    if (!step) { say("nothing to undo"); return; }
    await step.back();
    renumber();
    say("undone");
  });
  // What was decided before this page was loaded, and is not in the file, is undone like what is decided here.
  const undone = {
    accepted: async (id) => { const item = named(id)[0]; if (item) await drop(item); else await decide(id, "undone"); },
    removed: async (id) => { const item = named(id).find((some) => some.classList.contains("removed")); if (item) await putBack(item); else await decide(id, "undone"); },
    rejected: async (id) => { const line = all("li", turned).find((some) => some.dataset.id === id); if (line) await takeBack(line); else await decide(id, "undone"); },
  };
  for (const [id, verdict] of JSON.parse(body.dataset.undoable)) history.push({ lasts: verdict === "rejected", back: () => undone[verdict](id) });

  // Searching for something else
  const search = () => guarded(async () => {
    const words = one("#words").value.trim();
    if (!words) return;
    const { results, notes } = await post("search", { article, text: words });
    found.replaceChildren(...results.map((some) => {
      const card = make("li", "card"), title = make("p", "title"), actions = make("p", "actions");
      card.tabIndex = -1;
      Object.assign(card.dataset, { id: some.id, title: some.title, url: some.url || "", meta: some.meta });
      card.setAttribute("aria-label", some.title.slice(0, 120));
      title.append(link(some.title, some.url));
      card.append(title, make("p", "meta", some.meta));
      if (some.listed) actions.append(make("span", "none", "in the list already"));
      else {
        const button = make("button", "accept", "Add");
        button.type = "button"; button.setAttribute("aria-label", `Add: ${some.title.slice(0, 80)}`);
        actions.append(button);
      }
      card.append(actions);
      return card;
    }));
    found.hidden = false;
    one("#notes").textContent = notes.join(" · ");
    one("#notes").hidden = !notes.length;
    say([results.length ? `${results.length} found` : "nothing found", ...notes].join("; "));
    const first = one(".card", found);
    if (first) first.focus();
  });

  // Saving
  const wanted = () => items().map((item) => item.dataset.position === undefined ? item.dataset.id : Number(item.dataset.position));
  const sign = (line) => (/^(\+\+\+|---) /.test(line) ? "" : line.startsWith("+") ? "added" : line.startsWith("-") ? "gone" : "");
  function showDiff(title, text, more = "") {
    one("#change-title").textContent = title;
    one("#change-more").textContent = more;
    one("#take").hidden = !more;
    one("#diff").hidden = !text;
    one("#diff").replaceChildren(...text.split("\n").map((line) => make("span", sign(line), sign(line) ? line : `${line}\n`)));
    if (!one("#change").open) one("#change").showModal();
    one("#change-title").focus();
  }
  function conflict(error) {
    showDiff("The file was changed by somebody else", error.told.diff || "", `Nothing was written. ${error.told.diff ? "This was changed" : "It was changed"} since you loaded the page; your changes are still here.`);
  }
  // Decisions are loaded with the new file; the order of the list is carried over by hand, and so is what is removed
  // without a decision.
  const nameOf = (item) => one(".title", item).textContent.trim();
  function take() {
    const bare = every().filter((item) => !item.dataset.id && item.classList.contains("removed")).map(nameOf);
    window.sessionStorage.setItem(kept, JSON.stringify({ order: every().map((item) => item.dataset.id), bare }));
    moved = unnamed = 0;
    window.location.reload();
  }
  function reorder() {
    const { order, bare } = JSON.parse(window.sessionStorage.getItem(kept) || '{ "order": [], "bare": [] }');
    window.sessionStorage.removeItem(kept);
    for (const title of bare) {
      const item = items().find((some) => !some.dataset.id && nameOf(some) === title);
      if (item) { mark(item, true); unnamed += 1; history.push({ back: () => putBack(item) }); }
    }
    renumber();
    const before = every(), left = [...before], known = [];
    for (const id of order) {
      const at = left.findIndex((item) => item.dataset.id === id);
      if (at >= 0) known.push(...left.splice(at, 1));
    }
    // what is new keeps its place; what was here takes the other places in the order it had
    const after = before.map((item) => (left.includes(item) ? item : known.shift()));
    if (after.every((item, at) => item === before[at])) return;
    curated.append(...after);
    moved += 1;
    say("your order is on top of the new file; s saves");
  }
  reorder();
  const preview = () => guarded(async () => {
    const { diff } = await post("preview", { article, digest, items: wanted() });
    showDiff("The change", diff || "nothing would change");
  });
  const save = () => guarded(async () => {
    const told = await post("save", { article, digest, items: wanted() });
    digest = told.digest;
    moved = unnamed = 0;
    history.splice(0, history.length, ...history.filter((step) => step.lasts));
    every().forEach((item) => { if (item.classList.contains("removed")) { if (item.dataset.id) turned.prepend(downLine(cardOf(item), "taken out of the list")); item.remove(); } });
    items().forEach((item, at) => { item.dataset.position = String(at); item.classList.remove("waiting"); });
    all("li", turned).forEach((line) => { if (named(line.dataset.id).length) line.remove(); });
    renumber();
    showDiff(told.diff ? "Saved" : "Nothing changed", told.diff || "the file is as it was");
    say(told.diff ? "saved" : "nothing to save");
  });
  function cardOf(item) {
    const shown = make("span"), found = one(".title a", item), meta = one(".meta", item);
    Object.assign(shown.dataset, { id: item.dataset.id, title: one(".title", item).textContent.trim(), url: found ? found.href : "", meta: meta ? meta.textContent : "" });
    return shown;
  }

  // Mouse
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    warned = false;
    if (!button) return;
    const card = button.closest(".card"), item = button.closest(".item");
    if (button.classList.contains("accept")) accept(card);
    else if (button.classList.contains("reject")) reject(card);
    else if (button.classList.contains("up")) move(item, -1);
    else if (button.classList.contains("down")) move(item, 1);
    else if (button.classList.contains("remove")) remove(item);
    else if (button.classList.contains("back")) takeBackNow(button.closest("li"));
    else ({ save, preview, undo, take, "help-button": () => one("#help").showModal() })[button.id]?.();
  });
  one("#search").addEventListener("submit", (event) => { event.preventDefault(); search(); });
  one("#queue").addEventListener("change", (event) => event.target.form.submit());
  let dragged = null, origin = null;
  curated.addEventListener("dragstart", (event) => { dragged = event.target.closest(".item"); origin = dragged && dragged.nextElementSibling; });
  curated.addEventListener("dragover", (event) => {
    const over = event.target.closest(".item");
    if (!dragged) return;
    event.preventDefault();
    if (!over || over === dragged) return;
    const box = over.getBoundingClientRect();
    if (event.clientY < box.top + box.height / 2) over.before(dragged); else over.after(dragged);
  });
  curated.addEventListener("dragend", () => {
    if (!dragged) return;
    const item = dragged, place = origin;
    if (item.nextElementSibling !== place) {
      moved += 1;
      history.push({ back: async () => { moved -= 1; if (place && place.parentNode) place.before(item); else curated.append(item); } });
      say(`moved to place ${items().indexOf(item) + 1}`);
    }
    dragged = null;
  });

  // Keys
  function step(here, by) {
    const some = here && here.classList.contains("item") ? every() : cards();
    const next = some[some.indexOf(here) + by] || here;
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); } else say("nothing is listed or suggested");
  }
  function change(item) {
    const other = (item ? cards() : every())[0];
    if (other) other.focus(); else say(item ? "there is no suggestion" : "nothing is listed yet");
  }
  // Leaving loses what is no decision. This is said once, and not asked: who presses the key again means it.
  const lost = () => [moved && "the order of the list", unnamed && "the removal of what has no address"].filter(Boolean).join(" and ");
  let warned = false, leaving = false;
  const go = (href) => guarded(async () => {
    if (!href) say("there is no other");
    else if (lost() && !warned) {
      warned = true;
      say(`not saved: ${lost()}; ${editable ? "s saves, " : ""}n or p once more goes on without`);
    } else {
      leaving = true;
      window.location.assign(href);
    }
  });
  document.addEventListener("focusin", (event) => { const to = event.target.closest(".item, .card"); if (to) point(to); });
  document.addEventListener("keydown", (event) => {
    const target = event.target, dialog = one("dialog[open]"), leads = event.key === "n" || event.key === "p";
    // from a dialog these lead on; whatever else it does with keys is the browser's
    if (dialog && (!leads || event.ctrlKey || event.metaKey || event.altKey)) return;
    if (dialog) dialog.close();
    if (!leads) warned = false;
    const here = current(), card = here && here.closest(".card"), item = here && here.closest(".item");
    if (event.key === "Escape" && target.id === "words") { suggested.focus(); return; }
    // no reason begins with an r: the key rejects while one is being chosen
    const rejects = card && card.contains(target) && target.closest("select") && event.key === "r";
    if ((target.closest("input, select, textarea") && !rejects) || event.ctrlKey || event.metaKey) return;
    if (item && event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      move(item, event.key === "ArrowUp" ? -1 : 1);
      return;
    }
    if (event.altKey) return;
    const keys = {
      j: () => step(here, 1), k: () => step(here, -1), l: () => change(item), u: undo,
      a: () => (card ? accept(card) : say(item ? "a accepts a suggestion; l leads to them" : "there is no suggestion")),
      r: () => (card && card.dataset.position ? reject(card) : say(card ? "what was searched for is not rejected" : item ? "r rejects a suggestion; l leads to them" : "there is no suggestion")),
      x: () => (item ? remove(item) : say(every().length ? "x removes an item of the list; l leads there" : "nothing is listed yet")),
      "/": () => one("#words").focus(), "?": () => one("#help").showModal(), s: () => (editable ? save() : say("this file is not edited here")),
      d: () => (editable ? preview() : say("this file is not edited here")), n: () => go(body.dataset.next), p: () => go(body.dataset.previous),
    };
    if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
  });
  window.addEventListener("beforeunload", (event) => { if (lost() && !leaving) event.preventDefault(); });
  window.addEventListener("pageshow", () => { leaving = warned = false; });
  current();
})();
