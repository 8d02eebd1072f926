/** A forgotten password: who, then the code that came and another password. */

import { post } from "./api.js";
import { find, ready } from "./elements.js";
import { digits, submits, turnTo } from "./forms.js";

const ask = find("#ask");
const step = find("#reset");
let reset = null;

submits(ask, async (values) => {
  const answer = await post("/password-resets", values);
  reset = answer.reset;
  find("[data-said]", step).textContent = answer.detail;
  turnTo(step, ask);
});
submits(step, async ({ code, password }) => {
  await post("/password-resets/confirm", { reset, code: digits(code), password });
  step.hidden = true;
  find("#done").hidden = false;
  find("#done a").focus();
});
ready(find("#again"), "click", () => turnTo(ask, step));
