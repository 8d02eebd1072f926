/** Signing in by a one-time link. */

import { post } from "./api.js";
import { announce, find } from "./elements.js";
import { takeToken } from "./links.js";
import { say } from "./words.js";

try {
  const token = takeToken();
  if (!token) throw new Error(say("링크가 온전하지 않습니다. 전체 주소를 복사했는지 확인해 주세요.", "The link is not whole; was all of its address copied?"));
  await post("/sessions/link", { token, page: true });
  location.replace("/start");
} catch (error) {
  find("h1").textContent = say("로그인하지 못했습니다", "Not signed in");
  find("#state").textContent = error.message;
  find("#after").hidden = false;
  announce(error.message, { atOnce: true });
}
