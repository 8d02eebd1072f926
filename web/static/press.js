/** A finger, or a button of the mouse, that is down: what is drawn anew under it does not hear of the press. */

const LONGEST_MS = 1000; // who holds on for longer drags a map or marks a text

let up = Promise.resolve();
let release = () => {};

const listen = (event, listener) => addEventListener(event, listener, { capture: true });

listen("pointerdown", () => {
  release();
  up = new Promise((resolve) => { release = resolve; });
  setTimeout(release, LONGEST_MS);
});
for (const end of ["pointerup", "pointercancel"]) listen(end, () => setTimeout(release)); // the click comes before that

/** Resolves once nothing is pressed, after a second at the latest. */
export const released = () => up;
