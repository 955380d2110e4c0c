// The chat page: shows what is new, offers the open prompt's buttons, sends what is written or pressed.

import { deliver, newId } from "./delivery.js";
import { closeAndClear, hide, watchTablet } from "./leave.js";
import { follow } from "./news.js";

const NOTHING_YET_MS = 8000;

const page = Object.fromEntries(
  ["log", "typing", "answers", "write", "text", "room", "status", "again", "words", "close", "hide", "still-there", "waiting"]
    .map((id) => [id, document.getElementById(id)]),
);
const words = page.words.dataset;
const BUBBLES = { os: "bubble ours", dig: "bubble yours", medarbejder: "bubble ours human" };
const seen = new Set(); // ids of messages that stand on the page
const pressed = new Set(); // buttons that were pressed here; their prompt is offered no more
let offered = ""; // the presses that are offered now
let outgoing = null; // the text that is being sent
let over = false;

function say(sentence) {
  if (page.status.textContent !== sentence) page.status.textContent = sentence;
}

function addBubble({ id, from, text }) {
  if (seen.has(id)) return;
  seen.add(id);
  page.waiting.remove();
  const bubble = document.createElement("p");
  bubble.className = BUBBLES[from];
  const who = document.createElement("span");
  who.className = from === "medarbejder" ? "who" : "unseen"; // that a human writes, everybody shall see
  who.textContent = `${words[from]} `;
  // "116 111" must not be torn apart at the end of a line; what was written by oneself stays as it is.
  bubble.append(who, from === "dig" ? text : text.replace(/(\d) (?=\d)/g, "$1\u00a0"));
  page.log.append(bubble);
  scrollDown();
}

function scrollDown() {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  window.scrollTo({ top: document.documentElement.scrollHeight, behavior: calm ? "auto" : "smooth" });
}

/** What the service says of its answer: "typing", "late" or "none". */
function showAnswerState(state) {
  const nothingYet = page.waiting.isConnected;
  if (nothingYet && state === "none") page.waiting.textContent = words.done;
  const typing = state === "typing" && !nothingYet;
  if (typing === !page.typing.hidden) return;
  page.typing.hidden = !typing;
  if (typing) scrollDown();
}

function offer(buttons) {
  const open = buttons.some(({ press }) => pressed.has(press)) ? [] : buttons;
  const key = open.map(({ press }) => press).join(" ");
  if (key === offered) return;
  offered = key;
  const rows = [open.filter(({ quiet }) => !quiet), open.filter(({ quiet }) => quiet)].filter((row) => row.length > 0);
  page.answers.replaceChildren(...rows.map(buttonRow));
  page.answers.hidden = rows.length === 0;
  if (rows.length > 0) scrollDown();
}

function buttonRow(buttons) {
  const row = document.createElement("div");
  row.className = buttons[0].quiet ? "choices quiet" : "choices";
  // Numbers, as of a scale, stand side by side.
  if (buttons.every(({ text }) => text.length <= 2)) row.classList.add("short");
  row.append(...buttons.map((button) => {
    const element = document.createElement("button");
    element.type = "button";
    element.textContent = button.text;
    element.addEventListener("click", () => press(button));
    return element;
  }));
  return row;
}

function lockAnswers(locked) {
  page.answers.querySelectorAll("button").forEach((button) => { button.disabled = locked; });
}

async function press(button) {
  const body = { id: newId(), press: button.press };
  lockAnswers(true);
  // A button that is switched off loses the focus: it goes to the conversation, where the answer will stand.
  page.log.focus({ preventScroll: true });
  const outcome = await deliver({ body }, () => say(words.away));
  report(outcome);
  if (outcome === "stored") {
    pressed.add(button.press);
    offer([]);
    addBubble({ id: body.id, from: "dig", text: button.text });
    askNow();
  } else {
    lockAnswers(false);
  }
}

async function send() {
  const text = page.text.value;
  if (over || text.trim() === "" || tooLong() > 0 || (outgoing && !outgoing.dropped)) return;
  // The same words again are the same message: the first try may have arrived without our hearing of it.
  const id = outgoing && outgoing.body.text === text ? outgoing.body.id : newId();
  const message = { body: { id, text }, dropped: false };
  outgoing = message;
  say(words.sending);
  const outcome = await deliver(message, () => say(words.away));
  if (outcome === "stored") {
    addBubble({ id, from: "dig", text });
    if (page.text.value === text) page.text.value = "";
    countRoom();
    askNow();
  }
  if (outgoing !== message) return;
  report(outcome);
  if (outcome === "stored") outgoing = null;
  else message.dropped = true;
}

function report(outcome) {
  if (outcome === "closed") end();
  else say({ stored: "", dropped: "", many: words.many, refused: words.refused }[outcome]);
}

function tooLong() {
  return page.text.value.length - Number(page.text.dataset.longest);
}

function countRoom() {
  const excess = tooLong();
  const near = page.text.value.length >= Number(page.text.dataset.warn);
  page.room.classList.toggle("over", excess > 0);
  if (excess > 0) page.room.textContent = words.over.replace("{n}", excess);
  else page.room.textContent = near ? words.left.replace("{n}", -excess) : "";
}

function onInput() {
  countRoom();
  if (outgoing && outgoing.body.text !== page.text.value) outgoing.dropped = true;
}

/** The visit is over: nothing that was said stays, only what is not sent yet. */
function end() {
  over = true;
  page.log.replaceChildren();
  page.typing.hidden = true;
  offer([]);
  say(words.closed);
  page.again.hidden = false;
}

function take(news) {
  if (over) return;
  if (page.status.textContent === words.offline) say("");
  news.messages.forEach(addBubble);
  showAnswerState(news.answer);
  offer(news.messages.flatMap(({ buttons }) => buttons));
}

page.write.addEventListener("submit", (event) => {
  event.preventDefault();
  page.text.focus();
  send();
});
page.text.addEventListener("input", onInput);
page.text.addEventListener("keydown", (event) => {
  // On a phone Enter is a new line; with a keyboard it sends, Shift+Enter is a new line.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !matchMedia("(pointer: fine)").matches) return;
  event.preventDefault();
  send();
});
page.hide.addEventListener("click", (event) => {
  event.preventDefault();
  hide(page.hide.href);
});
page.close.addEventListener("click", closeAndClear);
// A page out of the browser's memory would show what was said before it was left.
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
if ("tablet" in document.body.dataset) watchTablet(page["still-there"]);
// Without this script the page shows how to get it, and no field whose words would go nowhere.
document.getElementById("without-script").remove();
[page.log, page.write, page.close].forEach((part) => { part.hidden = false; });
// While one writes, the field grows: what is being answered must not slip under it.
new ResizeObserver(scrollDown).observe(page.write);
setTimeout(() => { if (page.waiting.textContent !== words.done) page.waiting.textContent = words.nothing; }, NOTHING_YET_MS);
const askNow = follow({ take, away: () => { if (!outgoing) say(words.offline); }, closed: end });
