/** Passing a sighting on by hand, to others who answer. */

import { all, call, get } from "./api.js";
import { openDialog } from "./dialog.js";
import { busy, h, toast } from "./elements.js";
import { submits } from "./forms.js";
import { metresBetween } from "./geometry.js";
import { latest } from "./latest.js";
import { metres, said, say } from "./words.js";

const OFFERED = 50;
const WAY = {
  box: ["지구대·파출소", "A police box"],
  facility: ["시설 담당", "Whose facility it is"],
  duty: ["임무 담당", "Who holds a duty"],
  coordinators: ["코디네이터", "Coordinators"],
};

/** Ask to whom and why. `act(null, work)` shows what has become of the sighting; nothing, when the reader no longer sees it. */
export async function openPassOn(sighting, act) {
  const ways = await get(`/sightings/${sighting.id}/route`);
  const order = latest();
  const to = h("select", { name: "to" }, ways.to.map((way) => h("option", { value: way }, say(...WAY[way]))));
  const which = h("select", { name: "which", required: true });
  const among = h("label", { class: "field" }, say("어디로", "Which"), which);
  const form = h("form", { class: "stack", method: "post", novalidate: true },
    h("p", { class: "note bad", "data-problem": true, hidden: true }),
    h("label", { class: "field" }, say("누구에게", "To whom"), to),
    among,
    h("label", { class: "field" }, say("이유 (다음 담당자가 읽습니다)", "Why (read by who answers next)"), h("textarea", { name: "reason", required: true, maxlength: "1000" })),
    h("button", { class: "button main", type: "submit" }, say("전달하기", "Pass on")));
  const nearest = async (path) => {
    const far = (one) => metresBetween([one.lon, one.lat], [sighting.lon, sighting.lat]);
    const near = (await all(path)).map((one) => ({ one, away: far(one) })).sort((first, second) => first.away - second.away);
    return near.slice(0, OFFERED).map(({ one, away }) => [one.id, `${one.name} · ${metres(away)}`]);
  };
  const choices = {
    box: () => nearest("/boxes"),
    facility: () => nearest("/facilities"),
    duty: async () => ways.duties.map((duty) => [duty.code, said(duty.name)]),
    coordinators: async () => [],
  };
  const offer = () => order.read(choices[to.value], (found) => {
    which.replaceChildren(...found.map(([value, text]) => h("option", { value }, text)));
    which.disabled = among.hidden = to.value === "coordinators";
  });
  to.addEventListener("change", () => busy(to, offer));
  await offer();
  const dialog = openDialog(say("다른 곳으로 전달", "Pass on"), form);
  submits(form, async ({ reason }) => {
    const body = { to: to.value, reason, ...(which.disabled ? {} : { [to.value]: which.value }) };
    const after = await call("POST", `/sightings/${sighting.id}/route`, body, { "If-Match": `"${sighting.version}"` });
    dialog.close();
    toast(say("전달했습니다.", "Passed on."));
    await act(null, async () => after, { quiet: true });
  });
}
