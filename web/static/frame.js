/** What every page has on top. */

import { leave } from "./api.js";
import { busy, find, ready } from "./elements.js";
import { flush, forget, waiting } from "./outbox.js";
import { say } from "./words.js";

const out = find("#sign-out");
if (out) {
  ready(out, "click", () => busy(out, async () => {
    await flush();
    if (waiting().length && !confirm(unsent(waiting().length))) return;
    try {
      await leave(`/sessions/${out.dataset.session}`);
    } finally {
      forget(); // out of the server's reach, too: who is asked to sign out may be about to hand the phone over
    }
    for (const last of ["pagehide", "visibilitychange"]) addEventListener(last, forget); // a walk notes where it is to the end
    location.assign("/");
  }));
}

const unsent = (number) => say(
  `아직 보내지 못한 기록이 ${number}건 있습니다. 로그아웃하면 이 기기에서 지워집니다. 로그아웃할까요?`,
  `Not yet sent: ${number}. Signing out removes it from this device. Sign out?`,
);
