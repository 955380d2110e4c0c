// Talks to the service. What cannot be delivered is tried again with the same id, so that nothing is lost and nothing comes twice.

const MESSAGES = "/chat/api/beskeder";
const STREAM = "/chat/api/stroem";
const CLOSE = "/chat/api/luk";
const PAUSES_MS = [1000, 2000, 4000, 8000, 15000];
const PATIENCE_MS = 15000;
const FIRST_EVENT_MS = 6000; // the service speaks at once; whatever holds its words back must not hold them back for long
const SILENCE_MS = 35000; // the service gives a sign of life every 15 seconds
const HEADERS = { "X-Chat": "1", "Content-Type": "application/json" };
const OUTCOMES = { 200: "stored", 401: "closed", 403: "refused", 413: "refused", 422: "refused", 429: "many" };

/** A UUID. crypto.randomUUID exists on secure origins only, and a test machine may not be one. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** What is new since the cursor: `{messages, cursor, answer}`, "closed" when the visit is over, or null without a connection. */
export async function ask(cursor) {
  try {
    const answer = await fetch(`${MESSAGES}?efter=${encodeURIComponent(cursor)}`, {
      headers: HEADERS, signal: within(PATIENCE_MS),
    });
    if (answer.status === 401) return "closed";
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/**
 * Keeps a connection open and calls `onNews` for all that comes over it, until it ends or is aborted: then "ended", or "closed"
 * where the visit is over.
 */
export async function listen(cursor, signal, onNews) {
  const silence = new AbortController();
  const stop = () => silence.abort();
  let watchdog = setTimeout(stop, FIRST_EVENT_MS);
  signal.addEventListener("abort", stop);
  try {
    const answer = await fetch(`${STREAM}?efter=${encodeURIComponent(cursor)}`, { headers: HEADERS, signal: silence.signal });
    if (answer.status === 401) return "closed";
    if (!answer.ok) return "ended";
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let kept = ""; ;) {
      const { value, done } = await reader.read();
      if (done) return "ended";
      clearTimeout(watchdog);
      watchdog = setTimeout(stop, SILENCE_MS);
      const events = (kept + value).split("\n\n");
      kept = events.pop();
      events.filter((event) => event.startsWith("data: ")).forEach((event) => onNews(JSON.parse(event.slice(6))));
    }
  } catch {
    return "ended";
  } finally {
    clearTimeout(watchdog);
    signal.removeEventListener("abort", stop);
    stop();
  }
}

/** Posts until it is stored: "stored", "closed", "refused" or "many"; "dropped" once the message has been marked so. */
export async function deliver(message, onTrouble) {
  for (let tries = 0; !message.dropped; tries += 1) {
    const outcome = await post(message.body);
    if (outcome !== "away") return outcome;
    onTrouble();
    await pause(PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)]);
  }
  return "dropped";
}

/** Ends the visit; works while the page is being left. */
export async function closeVisit() {
  try {
    await fetch(CLOSE, { method: "POST", headers: HEADERS, keepalive: true, signal: within(2000) });
  } catch {
    // The page is emptied all the same, and the visit ends by itself.
  }
}

function pause(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}

/** A signal that aborts after some time; AbortSignal.timeout is missing on phones that children inherit. */
function within(milliseconds) {
  const control = new AbortController();
  setTimeout(() => control.abort(), milliseconds);
  return control.signal;
}

async function post(body) {
  try {
    const answer = await fetch(MESSAGES, {
      method: "POST", headers: HEADERS, body: JSON.stringify(body), signal: within(PATIENCE_MS),
    });
    return OUTCOMES[answer.status] ?? "away";
  } catch {
    return "away";
  }
}
