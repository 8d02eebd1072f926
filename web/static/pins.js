/** Pins and bars: which team a block is for, and which it is not for. Every plan from now on heeds them. */

import { all, create, remove } from "./api.js";
import { busy, find, h, toast } from "./elements.js";
import { latest } from "./latest.js";
import { said, say, street } from "./words.js";

const KIND = { pin: ["고정", "Pin"], bar: ["제외", "Bar"] };

/** `changed()` is called after each change. Returns {refresh, buttons(block, team), chooser(block, teams)}; what it shows is empty unless `mayAct`. */
export function makePins({ mayAct, changed }) {
  const order = latest();
  let pins = [];

  const refresh = () => order.read(() => all("/pairings"), (found) => {
    pins = found;
    list();
    changed();
  });

  const between = (block, team) => pins.find((one) => one.block.id === block && one.team.id === team);

  async function set(kind, block, team) {
    const there = between(block.id, team.id);
    if (there) await remove(`/pairings/${there.id}`);
    try {
      if (there?.kind !== kind) await put(kind, block, team);
    } finally {
      await refresh(); // one may have gone without another in its place
    }
  }

  async function put(kind, block, team) {
    await create("/pairings", { kind, block: block.id, team: team.id });
    toast(kind === "pin"
      ? say(`다음 계획부터 ${block.code} 구간은 ${team.code} 팀만 맡습니다.`, `From the next plan on, ${block.code} is for ${team.code} alone.`)
      : say(`다음 계획부터 ${team.code} 팀은 ${block.code} 구간을 맡지 않습니다.`, `From the next plan on, ${team.code} does not walk ${block.code}.`));
  }

  /** Two buttons for a block on a team's route: for this team alone, or not for it. */
  function buttons(block, team) {
    if (!mayAct) return null;
    const there = between(block.id, team.id);
    const label = {
      pin: say(`${block.code} 구간을 ${team.code} 팀에 고정`, `Pin ${block.code} to ${team.code}`),
      bar: say(`${block.code} 구간에서 ${team.code} 팀 제외`, `Bar ${team.code} from ${block.code}`),
    };
    return h("div", { class: "row pair" }, Object.entries(KIND).map(([kind, words]) => {
      const button = h("button", { class: "chip", type: "button", "aria-pressed": String(there?.kind === kind), "aria-label": label[kind] }, say(...words));
      button.addEventListener("click", (event) => {
        event.stopPropagation();
        busy(button, () => set(kind, block, team));
      });
      return button;
    }));
  }

  /** Choose a team to pin a block to, for blocks that nobody walks. */
  function chooser(block, teams) {
    if (!mayAct || teams.length === 0) return null;
    const pinned = pins.find((one) => one.kind === "pin" && one.block.id === block.id);
    if (pinned) return h("span", { class: "quiet-text" }, say(`${pinned.team.code} 팀에 고정됨`, `Pinned to ${pinned.team.code}`));
    const select = h("select", { class: "chip select", "aria-label": say(`${block.code} 구간을 고정할 팀`, `Team to pin ${block.code} to`) },
      h("option", { value: "" }, say("팀에 고정…", "Pin to a team…")),
      teams.map((team) => h("option", { value: team.id }, `${team.code} ${team.name}`)));
    select.addEventListener("change", () => {
      const team = teams.find((one) => one.id === select.value);
      if (team) busy(select, () => set("pin", block, team));
    });
    return select;
  }

  function list() {
    const section = find("#pins-section");
    section.hidden = pins.length === 0;
    find("#pins-count").textContent = String(pins.length);
    find("#pins").replaceChildren(...pins.map((one) => {
      const back = h("button", { class: "chip", type: "button", "aria-label": say(`${one.team.code} – ${one.block.code} 되돌리기`, `Take back ${one.team.code} – ${one.block.code}`) }, say("되돌리기", "Take back"));
      back.addEventListener("click", () => busy(back, async () => {
        await remove(`/pairings/${one.id}`);
        await refresh();
      }));
      return h("li", {},
        h("div", { class: "row ends one-line" },
          h("span", {}, h("span", { class: `tag ${one.kind === "pin" ? "accent" : ""}` }, say(...KIND[one.kind])), ` ${one.team.code} – ${one.block.code} ${street(one.block.street)}`),
          mayAct ? back : null),
        one.reason ? h("p", { class: "quiet-text warned" }, said(one.words)) : null);
    }));
  }

  return { refresh, buttons, chooser };
}
