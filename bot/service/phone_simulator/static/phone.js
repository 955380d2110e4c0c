// The simulated phone: shows the SMS with one number and writes SMS from it.

const POLL_MS = 1000;
const SHORTCUTS = 12; // more numbers than these are in the field's list
const page = Object.fromEntries(
  ["choose", "number", "numbers", "known", "title", "thread", "write", "text", "status", "words"]
    .map((id) => [id, document.getElementById(id)]),
);
const words = page.words.dataset;
let number = new URLSearchParams(location.search).get("nummer") ?? "";
let shown = "";
let unsent = null; // {id, text} of an SMS whose fate is unknown; the same words go out under the same id

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function cost({ encoding, segments }) {
  const count = segments === 1 ? words.one : words.more.replace("{n}", segments);
  return `${encoding === "gsm7" ? "GSM-7" : "UCS-2"} · ${count}`;
}

function bubble(sms) {
  const ours = sms.from === "os";
  const made = element("div", ours ? "sms ours" : "sms yours", "");
  const text = element("p", "text", sms.text);
  text.prepend(element("span", "unseen", `${ours ? words.ours : words.yours} `));
  const clock = new Date(sms.at).toLocaleTimeString("da-DK", { hour: "2-digit", minute: "2-digit" });
  made.append(text, element("p", sms.segments > 1 || sms.encoding === "ucs2" ? "cost dear" : "cost", `${clock} · ${cost(sms)}`));
  return made;
}

function show(messages) {
  const key = `${number} ${messages.map(({ id }) => id).join(" ")}`;
  if (key === shown) return;
  shown = key;
  page.thread.replaceChildren(...messages.map(bubble));
  if (messages.length === 0) page.thread.append(element("p", "empty", words.empty));
  page.thread.scrollTop = page.thread.scrollHeight;
}

function showNumbers(numbers) {
  const key = numbers.join(" ");
  if (page.known.dataset.key !== key) {
    page.known.dataset.key = key;
    page.numbers.replaceChildren(...numbers.map((known) => new Option(known, known)));
    page.known.replaceChildren(...numbers.slice(0, SHORTCUTS).map(shortcut));
  }
  page.known.querySelectorAll("button").forEach((button) => button.setAttribute("aria-pressed", button.value === number));
}

function shortcut(known) {
  const button = element("button", "", known.replace(/^\+45(..)(..)(..)(..)$/, "+45 $1 $2 $3 $4"));
  button.type = "button";
  button.value = known;
  button.addEventListener("click", () => choose(known));
  return button;
}

function choose(typed) {
  number = typed.trim();
  page.number.value = number;
  page.status.textContent = "";
  const address = new URL(location.href);
  address.searchParams.set("nummer", number);
  history.replaceState(null, "", address);
  refresh();
}

async function ask(path) {
  const answer = await fetch(path, { signal: AbortSignal.timeout(10000) });
  if (!answer.ok && answer.status !== 422) throw new Error(`${answer.status}`);
  return answer.json();
}

async function refresh() {
  try {
    showNumbers((await ask("/phone/api/numre")).numbers);
    if (number !== "") {
      const wanted = number;
      const thread = await ask(`/phone/api/beskeder?nummer=${encodeURIComponent(wanted)}`);
      if (wanted !== number) return;
      if (thread.error) { page.status.textContent = words.number; return; }
      number = thread.number;
      if (document.activeElement !== page.number) page.number.value = number;
      show(thread.messages);
    }
    if (page.status.textContent === words.away) page.status.textContent = "";
  } catch {
    page.status.textContent = words.away;
  }
}

async function send() {
  const text = page.text.value;
  if (number === "") { page.status.textContent = words.choose; return; }
  unsent = unsent && unsent.text === text ? unsent : { id: `sim:${Date.now()}-${Math.random().toString(36).slice(2)}`, text };
  try {
    const answer = await fetch("/phone/api/beskeder", {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ ...unsent, from: number }),
    });
    if (!answer.ok) throw new Error(`${answer.status}`);
    unsent = null;
    page.text.value = "";
    page.status.textContent = "";
    refresh();
  } catch {
    page.status.textContent = words.failed;
  }
}

page.choose.addEventListener("submit", (event) => {
  event.preventDefault();
  choose(page.number.value);
});
page.write.addEventListener("submit", (event) => {
  event.preventDefault();
  page.text.focus();
  send();
});
page.text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  send();
});
page.number.value = number;
refresh();
setInterval(refresh, POLL_MS);
