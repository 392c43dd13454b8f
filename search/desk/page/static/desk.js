// The editor's page. Everything shown comes from the server as text nodes; nothing is ever parsed as HTML here.
"use strict";
(() => {
  const body = document.body, base = body.dataset.base, article = body.dataset.article;
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const curated = one("#curated"), suggested = one("#suggested"), found = one("#found");
  const history = [];
  let digest = body.dataset.digest, dirty = Boolean(body.dataset.dirty), last = Promise.resolve();

  const say = (text) => { one("#status").textContent = ""; window.setTimeout(() => { one("#status").textContent = text; }, 30); };
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

  // The list
  const items = () => all(".item", curated);
  function renumber() {
    one("#count").textContent = String(items().length);
    one("#no-items").hidden = items().length > 0;
    one("#no-suggestions").hidden = all(".card:not([hidden])", suggested).length > 0;
  }
  function link(title, url) {
    const text = make("bdi", "", title);
    if (!/^https?:\/\//.test(url || "")) return text;
    const made = make("a");
    made.href = url; made.target = "_blank"; made.rel = "noreferrer noopener"; made.append(text);
    return made;
  }
  function listItem(id, title, url) {
    const item = make("li", "item waiting"), name = make("span", "title"), tools = make("span", "tools");
    item.tabIndex = -1; item.draggable = true; item.dataset.id = id;
    name.append(link(title, url));
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
    history.push({ back: async () => { if (step < 0) item.nextElementSibling.after(item); else item.previousElementSibling.before(item); } });
    dirty = true;
    item.focus();
    say(`moved to place ${items().indexOf(item) + 1}`);
  }
  const remove = (item) => guarded(async () => {
    if (!item.isConnected) return;
    const place = item.nextElementSibling, id = item.dataset.id, waiting = item.dataset.position === undefined;
    if (id) await decide(id, waiting ? "undone" : "removed");
    const neighbour = place || item.previousElementSibling;
    item.remove();
    hide(id, false);
    history.push({ back: async () => {
      if (id) await decide(id, waiting ? "accepted" : "undone");
      if (place && place.parentNode) place.before(item); else curated.append(item);
      hide(id, true);
      item.focus();
    } });
    dirty = true;
    renumber();
    (neighbour || curated).focus();
    say("removed; u takes it back");
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
    await decide(id, "accepted", card.dataset.position ? shown(card) : {});
    const next = after(card), item = listItem(id, card.dataset.title, card.dataset.url);
    curated.append(item);
    hide(id, true);
    history.push({ back: async () => {
      await decide(id, "undone");
      item.remove(); hide(id, false); card.focus();
    } });
    dirty = true;
    renumber();
    (next || one("#save") || body).focus();
    say("accepted; s saves it into the file");
  });
  const reject = (card) => guarded(async () => {
    if (gone(card)) return;
    const chosen = one("select", card), reason = chosen ? chosen.value : "";
    await decide(card.dataset.id, "rejected", { reason, ...(card.dataset.position ? shown(card) : {}) });
    const next = after(card);
    card.hidden = true;
    history.push({ back: async () => { await decide(card.dataset.id, "undone"); card.hidden = false; card.focus(); } });
    renumber();
    (next || suggested).focus();
    say("rejected; u takes it back");
  });
  const undo = () => guarded(async () => {
    const step = history.pop();
    if (!step) { say("nothing to undo"); return; }
    await step.back();
    renumber();
    say("undone");
  });

  // Searching for something else
  const search = () => guarded(async () => {
    const words = one("#words").value.trim();
    if (!words) return;
    const { results } = await post("search", { article, text: words });
    found.replaceChildren(...results.map((some) => {
      const card = make("li", "card"), title = make("p", "title"), actions = make("p", "actions");
      card.tabIndex = -1;
      Object.assign(card.dataset, { id: some.id, title: some.title, url: some.url || "" });
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
    say(results.length ? `${results.length} found` : "nothing found");
    const first = one(".card", found);
    if (first) first.focus();
  });

  // Saving
  const wanted = () => items().map((item) => item.dataset.position === undefined ? item.dataset.id : Number(item.dataset.position));
  function showDiff(title, text) {
    one("#change-title").textContent = title;
    one("#diff").replaceChildren(...text.split("\n").map((line) =>
      make("span", line.startsWith("+") ? "added" : line.startsWith("-") ? "gone" : "", line.startsWith("+") || line.startsWith("-") ? line : `${line}\n`)));
    if (!one("#change").open) one("#change").showModal();
    one("#change-title").focus();
  }
  function conflict(error) {
    showDiff("The file was changed by somebody else", `${error.message}\n\n${error.told.diff || ""}\n\nNothing was written. Load the page again to see the file as it is.`);
  }
  const preview = () => guarded(async () => {
    const { diff } = await post("preview", { article, digest, items: wanted() });
    showDiff("The change", diff || "nothing would change");
  });
  const save = () => guarded(async () => {
    const told = await post("save", { article, digest, items: wanted() });
    digest = told.digest;
    dirty = false;
    history.length = 0;
    items().forEach((item, place) => { item.dataset.position = String(place); item.classList.remove("waiting"); });
    showDiff(told.diff ? "Saved" : "Nothing changed", told.diff || "the file is as it was");
    say(told.diff ? "saved" : "nothing to save");
  });

  // Mouse
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const card = button.closest(".card"), item = button.closest(".item");
    if (button.classList.contains("accept")) accept(card);
    else if (button.classList.contains("reject")) reject(card);
    else if (button.classList.contains("up")) move(item, -1);
    else if (button.classList.contains("down")) move(item, 1);
    else if (button.classList.contains("remove")) remove(item);
    else ({ save, preview, undo, "help-button": () => one("#help").showModal() })[button.id]?.();
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
      dirty = true;
      history.push({ back: async () => { if (place) place.before(item); else curated.append(item); } });
      say(`moved to place ${items().indexOf(item) + 1}`);
    }
    dragged = null;
  });

  // Keys
  function step(by) {
    const here = document.activeElement.closest(".item, .card");
    const some = here && here.classList.contains("item") ? items() : cards();
    const next = some[here ? some.indexOf(here) + by : 0];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  }
  const go = (href) => guarded(async () => { if (href) window.location.assign(href); else say("there is no other"); });
  document.addEventListener("keydown", (event) => {
    const target = event.target, card = target.closest(".card"), item = target.closest(".item");
    if (one("dialog[open]")) return;
    if (event.key === "Escape" && target.id === "words") { suggested.focus(); return; }
    if (target.closest("input, select, textarea") || event.ctrlKey || event.metaKey) return;
    if (item && event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      move(item, event.key === "ArrowUp" ? -1 : 1);
      return;
    }
    if (event.altKey) return;
    const keys = {
      j: () => step(1), k: () => step(-1), a: () => card && accept(card),
      r: () => card && card.dataset.position && reject(card), x: () => item && remove(item), u: undo,
      l: () => (item ? cards()[0] || suggested : items()[0] || curated).focus(),
      "/": () => one("#words").focus(), "?": () => one("#help").showModal(), s: () => one("#save") && save(),
      d: () => one("#save") && preview(), n: () => go(body.dataset.next), p: () => go(body.dataset.previous),
    };
    if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
  });
  window.addEventListener("beforeunload", (event) => { if (dirty && items().some((item) => item.dataset.position !== undefined) && history.length) event.preventDefault(); });
})();
