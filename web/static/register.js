/** A walker's account, then on to the team. */

import { post } from "./api.js";
import { find } from "./elements.js";
import { submits } from "./forms.js";
import { language } from "./words.js";

const form = find("#register");
if (form) {
  submits(form, async ({ name, phone, email, born_on, password }) => {
    const consents = [...form.querySelectorAll("[data-consent]:checked")].map((box) => box.value);
    const city = form.dataset.city;
    await post("/accounts", { city, name, phone, email: email || null, born_on, password, consents, language });
    await post("/sessions", { city, name: phone, password, page: true });
    location.replace("/team");
  });
}
