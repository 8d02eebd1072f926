/** An invitation: the first password. */

import { post } from "./api.js";
import { find } from "./elements.js";
import { submits, wrong } from "./forms.js";
import { takeToken } from "./links.js";
import { say } from "./words.js";

const token = takeToken();
find("#other-language").hash = token; // the same page, of use in the other language, too
const form = find("#join");
submits(form, async ({ password, again }) => {
  if (password !== again) {
    wrong(form.elements.again, say("두 비밀번호가 다릅니다.", "The two are not the same."));
    return;
  }
  await post("/invitations/accept", { token, password, page: true });
  location.replace("/account"); // staff set up their second step before all else
});
