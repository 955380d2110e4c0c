"use strict";

// Two things only: lists that keep themselves up to date, and a warning before typed text is lost. Every page works without.

const EVERY_MS = 5000;
const FAILURES_TO_TELL = 3;

const show = (id) => {
  const box = document.getElementById(id);
  if (box) box.hidden = false;
};
const hide = (id) => {
  const box = document.getElementById(id);
  if (box) box.hidden = true;
};

// Brings `list` to the rows of `fresh` by their data-key. Whatever holds the focus is neither moved nor replaced, because a node
// that moves loses it: the others are put around it, and of its own row only the cells without the focus change.
function merge(list, fresh) {
  const old = new Map([...list.children].map((row) => [row.dataset.key, row]));
  const focused = [...list.children].find((row) => row.contains(document.activeElement));
  const wanted = new Map([...fresh.children].map((row) => [row.dataset.key, row]));
  for (const [key, row] of old) if (!wanted.has(key)) leave(row, row === focused, list);
  const settled = [...wanted].map(([key, row]) => settle(old.get(key), row, focused));
  let next = list.firstElementChild;
  for (const kept of settled) {
    if (kept === next) next = next.nextElementSibling;
    else if (kept === focused) next = pushAhead(list, focused, next);
    else list.insertBefore(kept, next);
  }
  return [...wanted.values()].filter((row) => !old.has(row.dataset.key));
}

// A row that is no longer in the list; with the focus in it, it stays and says so until the focus leaves.
function leave(row, hasFocus, list) {
  if (!hasFocus) return row.remove();
  if (row.classList.contains("row-gone")) return undefined;
  row.classList.add("row-gone");
  const cell = row.lastElementChild;
  cell.textContent = list.dataset.gone;
  row.addEventListener("focusout", () => row.remove(), { once: true });
  return undefined;
}

// The node that shall stand in the list for this row.
function settle(old, row, focused) {
  if (!old || old.isEqualNode(row)) return old || row;
  if (old !== focused) {
    old.replaceWith(row);
    return row;
  }
  old.className = row.className;
  [...old.children].forEach((cell, place) => {
    if (!cell.contains(document.activeElement) && row.children[place]) cell.innerHTML = row.children[place].innerHTML;
  });
  return old;
}

// The focused row comes earlier than before: what stands between moves behind it.
function pushAhead(list, focused, from) {
  const between = [];
  for (let row = from; row && row !== focused; row = row.nextElementSibling) between.push(row);
  const after = focused.nextElementSibling;
  between.forEach((row) => list.insertBefore(row, after));
  return focused.nextElementSibling;
}

function announce(list, added) {
  const news = added.filter((row) => row.dataset.key !== "tom");
  const box = document.getElementById("live-siger");
  if (!news.length || !box) return;
  const label = news[0].dataset.label;
  box.textContent = news.length === 1 ? list.dataset.one + label : news.length + list.dataset.many + label;
}

function keepUpToDate(list) {
  const title = document.title;
  let tag = "";
  let failures = 0;

  const setTitle = (inDanger) => {
    document.title = Number(inDanger) > 0 ? `(${inDanger}) ${title}` : title;
  };

  const take = async (answer) => {
    tag = answer.headers.get("ETag") || "";
    const holder = document.createElement("template");
    holder.innerHTML = await answer.text();
    announce(list, merge(list, holder.content));
    if (answer.headers.has("X-In-Danger")) setTitle(answer.headers.get("X-In-Danger"));
  };

  // The answer, or null where the network or the service fails.
  const ask = async () => {
    try {
      return await fetch(list.dataset.live, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    } catch {
      return null;
    }
  };

  const tell = (answered) => {
    failures = answered ? 0 : failures + 1;
    if (answered) hide("live-fejl");
    else if (failures >= FAILURES_TO_TELL) show("live-fejl");
  };

  const look = async () => {
    const answer = await ask();
    if (answer && answer.status === 401) {
      show("live-ude");
      return;
    }
    const answered = answer !== null && (answer.status === 200 || answer.status === 304);
    window.setTimeout(look, EVERY_MS);
    tell(answered);
    if (!answered) return;
    if (list.dataset.version && answer.headers.get("X-Version") !== list.dataset.version) show("aendret");
    if (answer.status === 200) await take(answer);
  };

  if (list.dataset.title) setTitle(list.dataset.title);
  window.setTimeout(look, EVERY_MS);
}

function guard(form) {
  let typed = false;
  form.addEventListener("input", () => {
    typed = true;
  });
  form.addEventListener("submit", () => {
    typed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });
}

document.querySelectorAll("[data-live]").forEach(keepUpToDate);
document.querySelectorAll("[data-guard]").forEach(guard);
document.querySelector("[data-focus]")?.focus();
