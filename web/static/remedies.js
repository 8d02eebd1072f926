/** What would help: the cheapest remedies for blocks left out, and where a newly available team would fit. */

import { get } from "./api.js";
import { busy, find, h, ready } from "./elements.js";
import { number, said, say, street } from "./words.js";

const NAMED = 4;

/** Remedies of the run on show, the best first; `onShow(blocks)` when one is looked at on the map, null when no longer. */
export function listRemedies(remedies, blocks, { onShow }) {
  find("#remedies-section").hidden = remedies.length === 0;
  find("#remedies").replaceChildren(...remedies.map((one) => offer(one, blocks, onShow)));
}

/** Returns {show(run, {teams, routes, blocks})}: a team that could come too, and the best slots for it. */
export function makeSlots({ onShow }) {
  const section = find("#slots-section");
  const list = find("#slots");
  const select = find("#slots-team");
  let shown = null;

  ready(select, "change", () => busy(select, async () => {
    list.replaceChildren();
    onShow(null);
    if (!select.value) return;
    const { run, blocks } = shown;
    const found = await get(`/plan-runs/${run.id}/slots/${select.value}`);
    if (shown.run.id !== run.id) return;
    list.replaceChildren(...(found.length
      ? found.map((one) => offer(one, blocks, onShow))
      : [h("li", { class: "quiet-text" }, say("이 팀이 닿을 수 있는 남은 구간이 없습니다.", "No block that is left is within this team's reach."))]));
  }, { problem: find("#slots-problem") }));

  return {
    show(run, { teams, routes, blocks }) {
      shown = { run, blocks };
      const walking = new Set(routes.map((route) => route.team.id));
      const free = teams.filter((team) => !walking.has(team.id));
      const planned = run?.summary && run.kind === "evening" && run.state !== "withdrawn" && new Date(run.ends_at) > Date.now();
      section.hidden = !planned || free.length === 0;
      list.replaceChildren();
      find("#slots-problem").hidden = true;
      select.replaceChildren(h("option", { value: "" }, say("팀 고르기", "Choose a team")), ...free.map((team) => h("option", { value: team.id }, `${team.code} ${team.name}`)));
    },
  };
}

function offer(one, blocks, onShow) {
  const streets = [...new Set(one.blocks.map((id) => street(blocks.get(id)?.street)))];
  const more = streets.length - NAMED;
  const button = h("button", { class: "offer", type: "button", "aria-pressed": "false" },
    said(one.sentence),
    h("small", {}, h("span", { class: "act" }, say("지도에서 보기", "Show on the map")), " · ", [...streets.slice(0, NAMED), more > 0 ? say(`그 밖에 ${number(more)}길`, `and ${number(more)} more streets`) : null].filter(Boolean).join(" · ")));
  button.addEventListener("click", () => {
    const off = button.getAttribute("aria-pressed") === "true";
    for (const other of document.querySelectorAll(".offer")) other.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-pressed", String(!off));
    onShow(off ? null : one.blocks);
  });
  return h("li", {}, button);
}
