/** What every page has on top. */

import { remove } from "./api.js";
import { busy, find } from "./elements.js";

const out = find("#sign-out");
out?.addEventListener("click", () => busy(out, async () => {
  await remove(`/sessions/${out.dataset.session}`);
  location.assign("/");
}));
