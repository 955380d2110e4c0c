// Fetches what is new: over one open connection where that works, else by asking again and again.

import { ask, listen } from "./delivery.js";

const ASK_MS = 1200;
const ASK_HIDDEN_MS = 15000;
const ASK_OFFLINE_MS = 4000;
const STREAM_AGAIN_MS = 20000; // after a stream that brought nothing; doubled each time it happens again
const STREAM_AGAIN_MOST_MS = 300000;

/**
 * Calls `take(news)` for everything new, `away()` while there is no connection, `closed()` once when the visit is over.
 * Returns a function that asks at once.
 */
export function follow({ take, away, closed }) {
  let cursor = "";
  let over = false;
  let asking = false;
  let connecting = false; // or connected
  let streaming = false; // the open connection has spoken: what it tells is newer than what was asked for
  let failures = 0;
  let streamAgainAt = 0;
  let connection = new AbortController();
  let wake = () => {};

  function accept(news) {
    cursor = news.cursor;
    take(news);
  }

  function finish() {
    over = true;
    connection.abort();
    closed();
  }

  /** True once the service has answered; undefined where nothing was asked. */
  async function askNow() {
    if (over || asking || streaming) return undefined;
    asking = true;
    const news = await ask(cursor);
    asking = false;
    if (over || streaming) return undefined;
    if (news === "closed") finish();
    else if (news === null) away();
    else accept(news);
    return news !== null;
  }

  async function stream() {
    connecting = true;
    connection = new AbortController();
    const outcome = await listen(cursor, connection.signal, (news) => {
      if (over) return;
      streaming = true;
      accept(news);
    });
    const brokeOff = streaming;
    streaming = connecting = false;
    if (outcome === "closed" && !over) finish();
    if (brokeOff || document.hidden) {
      failures = 0;
      return;
    }
    streamAgainAt = Date.now() + Math.min(STREAM_AGAIN_MS * 2 ** failures, STREAM_AGAIN_MOST_MS);
    failures += 1;
  }

  function rest(milliseconds) {
    return new Promise((resolve) => {
      wake = resolve;
      setTimeout(resolve, milliseconds);
    });
  }

  async function keepOn() {
    while (!over) {
      const online = await askNow();
      // Not awaited: until the connection has spoken, whatever holds it back, the page goes on asking.
      if (online && !connecting && !document.hidden && Date.now() >= streamAgainAt) stream();
      await rest(document.hidden ? ASK_HIDDEN_MS : online === false ? ASK_OFFLINE_MS : ASK_MS);
    }
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) connection.abort(); // a page that nobody sees needs no connection of its own
    else wake();
  });
  keepOn();
  return askNow;
}
