/** A walker's account: what they type, the code that comes to their phone, then on to the team. */

import { post } from "./api.js";
import { find, ready } from "./elements.js";
import { digits, submits, turnTo } from "./forms.js";
import { language } from "./words.js";

const form = find("#register");
const step = find("#confirm");
let waiting = null;

if (form) {
  submits(form, async ({ name, phone, born_on, password }) => {
    const consents = [...form.querySelectorAll("[data-consent]:checked")].map((box) => box.value);
    const city = form.dataset.city;
    const { registration, detail } = await post("/accounts", { city, name, phone, born_on, password, consents, language });
    waiting = { registration, city, name: phone, password };
    find("[data-said]", step).textContent = detail;
    turnTo(step, form);
  });
  submits(step, async ({ code }) => {
    const { registration, ...account } = waiting;
    if (registration) await post("/accounts/confirm", { registration, code: digits(code) });
    waiting.registration = null; // the account is there: only signing in can still fail
    await post("/sessions", { ...account, page: true });
    location.replace("/team");
  });
  ready(find("#again"), "click", () => turnTo(form, step));
}
