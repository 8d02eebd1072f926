/** The second step of signing in. */

import { post } from "./api.js";
import { find } from "./elements.js";
import { digits, submits } from "./forms.js";
import { afterwards } from "./links.js";

submits(find("#code"), async ({ code }) => {
  await post("/sessions/factor", { code: digits(code) });
  location.replace(afterwards());
});
