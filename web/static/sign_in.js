/** Signing in with a password. */

import { post } from "./api.js";
import { find } from "./elements.js";
import { submits } from "./forms.js";
import { afterwards, unfinished } from "./links.js";

submits(find("#sign-in"), async (values) => {
  const { needs } = await post("/sessions", { ...values, page: true });
  location.replace(needs ? unfinished(needs) : afterwards());
});
