// The ways out. Whatever leaves empties the page first and takes its place in the history.

import { closeVisit } from "./delivery.js";

const CLOSED = "/chat/lukket";
const TABLET_ASKS_MS = 45000;
const TABLET_EMPTIES_MS = 60000;
const SIGNS_OF_LIFE = ["pointerdown", "keydown", "input", "scroll", "touchstart"];

/** Away at once, to a page that anybody might be reading. */
export function hide(to) {
  empty();
  closeVisit();
  location.replace(to);
}

/** Empty, end the visit, then show that the page is closed. */
export async function closeAndClear() {
  empty();
  await closeVisit();
  location.replace(CLOSED);
}

/** On a unit's tablet: ask after 45 seconds without a sign of life, empty after 60. */
export function watchTablet(dialog) {
  let last = Date.now();
  const alive = () => {
    last = Date.now();
    if (dialog.open) dialog.close();
  };
  SIGNS_OF_LIFE.forEach((sign) => document.addEventListener(sign, alive, { passive: true, capture: true }));
  dialog.querySelector("button").addEventListener("click", alive);
  setInterval(() => {
    const still = Date.now() - last;
    if (still >= TABLET_EMPTIES_MS) closeAndClear();
    else if (still >= TABLET_ASKS_MS && !dialog.open) dialog.showModal();
  }, 500);
}

function empty() {
  document.body.replaceChildren();
}
