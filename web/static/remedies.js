/** What would help: the cheapest remedies for blocks left out, and where a newly available team would fit. */

import { get } from "./api.js";
import { busy, find, h } from "./elements.js";
import { number, said, say, street } from "./words.js";

const NAMED = 4;

/** Remedies of the run on show, the cheapest first. */
export function listRemedies(remedies, blocks) {
  find("#remedies-section").hidden = remedies.length === 0;
  find("#remedies").replaceChildren(...remedies.map((one) => offer(one, blocks)));
}

/** Returns {show(run, {teams, routes, blocks})}: a team that could come too, and the best slots for it. */
export function makeSlots() {
  const section = find("#slots-section");
  const list = find("#slots");
  const select = find("#slots-team");
  let shown = null;

  select.addEventListener("change", () => busy(select, async () => {
    list.replaceChildren();
    if (!select.value) return;
    const { run, blocks } = shown;
    const found = await get(`/plan-runs/${run.id}/slots/${select.value}`);
    list.replaceChildren(...(found.length
      ? found.map((one) => offer(one, blocks))
      : [h("li", { class: "quiet-text" }, say("이 팀이 닿을 수 있는 남은 구간이 없습니다.", "No block that is left is within this team's reach."))]));
  }, { problem: find("#slots-problem") }));

  return {
    show(run, { teams, routes, blocks }) {
      shown = { run, blocks };
      const walking = new Set(routes.map((route) => route.team.id));
      const free = teams.filter((team) => !walking.has(team.id));
      const planned = run && run.kind === "evening" && ["done", "cancelled", "published"].includes(run.state) && run.summary;
      section.hidden = !planned || free.length === 0;
      list.replaceChildren();
      find("#slots-problem").hidden = true;
      select.replaceChildren(h("option", { value: "" }, say("팀 고르기", "Choose a team")), ...free.map((team) => h("option", { value: team.id }, `${team.code} ${team.name}`)));
    },
  };
}

function offer(one, blocks) {
  const named = one.blocks.slice(0, NAMED).map((id) => blocks.get(id)).filter(Boolean).map((block) => `${block.code} ${street(block.street)}`);
  const more = one.blocks.length - named.length;
  return h("li", {},
    h("p", {}, said(one.sentence)),
    h("p", { class: "quiet-text" }, [...named, more > 0 ? say(`그 밖에 ${number(more)}곳`, `and ${number(more)} more`) : null].filter(Boolean).join(" · ")));
}
