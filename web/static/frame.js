/** What every page has on top. */

import { remove } from "./api.js";
import { busy, find } from "./elements.js";

const out = find("#sign-out");
if (out) {
  out.addEventListener("click", () => busy(out, async () => {
    await remove(`/sessions/${out.dataset.session}`);
    location.assign("/");
  }));
  out.disabled = false; // pressed before this ran, it would have done nothing
}
