/** A finger, or a button of the mouse, that is down: what is drawn anew under it does not hear of the press. */

const LONGEST_MS = 1000; // who holds on for longer drags a map or marks a text
const CLICK_MS = 100; // a mouse clicks as its button goes up, a finger or a pen some moments later

let up = Promise.resolve();
let release = null;
let timer = null;

/** Of several fingers the first one presses. */
const listen = (event, listener) => addEventListener(event, (pointer) => pointer.isPrimary && listener(pointer), { capture: true });

function releaseIn(ms) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    release?.();
    release = null;
  }, ms);
}

listen("pointerdown", () => {
  if (!release) up = new Promise((resolve) => { release = resolve; });
  releaseIn(LONGEST_MS);
});
listen("pointerup", ({ pointerType }) => releaseIn(pointerType === "mouse" ? 0 : CLICK_MS));
listen("pointercancel", () => releaseIn(0));

/** Resolves once nothing is pressed, after a second at the latest. */
export const released = () => up;
