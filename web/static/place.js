/** A place on a map that can be moved, over the page. */

import { find, h } from "./elements.js";
import { makeMap, pin } from "./map.js";
import { say } from "./words.js";

/** Show `at` [lon, lat] under `title`. */
export function openPlace(at, title) {
  const ground = h("div", { class: "map" });
  const close = h("button", { class: "button", type: "button", autofocus: true }, say("닫기", "Close"));
  const dialog = h("dialog", { class: "place-dialog", "aria-labelledby": "place-title" },
    h("div", { class: "row ends" }, h("h2", { id: "place-title", class: "grow" }, title), close),
    h("p", { class: "quiet-text number" }, `${at[1].toFixed(5)}, ${at[0].toFixed(5)}`),
    ground);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  find("main").append(dialog);
  dialog.showModal();
  const { map } = makeMap(ground, { label: title });
  map.setView([at[1], at[0]], 17);
  pin(at, "!", { kind: "next", size: 30 }).addTo(map);
}
