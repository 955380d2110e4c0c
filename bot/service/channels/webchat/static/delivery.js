// Talks to the service. What cannot be delivered is tried again with the same id, so that nothing is lost and nothing comes twice.

const MESSAGES = "/chat/api/beskeder";
const CLOSE = "/chat/api/luk";
const PAUSES_MS = [1000, 2000, 4000, 8000, 15000];
const PATIENCE_MS = 15000;
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

/** What is new since the cursor: `{messages, cursor}`, "closed" when the visit is over, or null without a connection. */
export async function ask(cursor) {
  try {
    const answer = await fetch(`${MESSAGES}?efter=${encodeURIComponent(cursor)}`, {
      headers: HEADERS, signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (answer.status === 401) return "closed";
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
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
    await fetch(CLOSE, { method: "POST", headers: HEADERS, keepalive: true, signal: AbortSignal.timeout(2000) });
  } catch {
    // The page is emptied all the same, and the visit ends by itself.
  }
}

export function pause(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}

async function post(body) {
  try {
    const answer = await fetch(MESSAGES, {
      method: "POST", headers: HEADERS, body: JSON.stringify(body), signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return OUTCOMES[answer.status] ?? "away";
  } catch {
    return "away";
  }
}
