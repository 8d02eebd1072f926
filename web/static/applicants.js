/** Teams and applicants: the queue by filters, papers of many at once, one team in a dialog. */

import { create, get, post } from "./api.js";
import { openTeam } from "./applicant_dialog.js";
import { stateOf, waited, waitsOf } from "./applicant_words.js";
import { announce, attempt, busy, find, h, ready, toast } from "./elements.js";
import { readiesFiles } from "./team_files.js";
import { say } from "./words.js";

const PAGE = 50;
const TYPING_MS = 300;

const form = find("#filters");
const list = find("#teams");
const more = find("#more-teams");
const chosen = new Set();
let next = null;
let asked = 0;

/** The filters as the API takes them: {state: [...], text, …}, without those that let everything pass. */
function filters() {
  const given = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
  if (given.lapses_within) given.lapses_within = Number(given.lapses_within);
  const states = find('[data-states][aria-pressed="true"]', form).dataset.states;
  return states ? { ...given, state: states.split(" ") } : given;
}

async function show({ further = false } = {}) {
  const turn = ++asked;
  await busy(more, async () => {
    const page = await post("/teams/search", { purpose: "screening", limit: PAGE, cursor: further ? next : null, filters: filters() });
    if (turn !== asked) return; // somebody has typed on meanwhile
    next = page.next;
    if (!further) {
      list.replaceChildren();
      chosen.clear();
    }
    list.append(...page.items.map(row));
    find("#none").hidden = list.children.length > 0;
    more.hidden = !next;
    count();
    if (!further) announce(say(`${list.children.length}팀`, `${list.children.length} teams`));
  }, { problem: find("#problem") });
}

function row(team) {
  const [state, kind] = stateOf(team.state);
  const papers = team.waits_for.includes("documents");
  const box = papers
    ? h("input", { type: "checkbox", "aria-label": say(`${team.name} 고르기`, `Choose ${team.name}`), onchange: () => choose(team, box.checked) })
    : h("span", {});
  const waits = waitsOf(team);
  return h("li", { class: "applicant", "data-id": team.id },
    h("label", { class: "pick" }, box),
    h("button", { type: "button", class: "about", onclick: () => openTeam(team.id, { changed }) },
      h("span", { class: "row" }, h("strong", {}, team.name), h("span", { class: "quiet-text number" }, team.code), h("span", { class: `tag ${kind}` }, state)),
      h("span", { class: "small" }, `${team.handler_name} · ${team.dogs.map((dog) => `${dog.name}(${dog.breed})`).join(", ")}`),
      team.pinned_note && h("span", { class: "pinned small" }, team.pinned_note)),
    h("span", { class: "waits small" }, h("span", {}, waits || say("기다리는 일 없음", "Nothing awaited")), waits && h("span", { class: "number quiet-text" }, waited(team.waiting_since))));
}

function choose(team, on) {
  if (on) chosen.add(team.id);
  else chosen.delete(team.id);
  count();
}

function count() {
  find("#chosen").hidden = chosen.size === 0;
  find("#chosen-count").textContent = say(`${chosen.size}팀을 골랐습니다`, `${chosen.size} chosen`);
}

/** One team has changed: its row is drawn anew, or goes when it no longer belongs here. */
function changed(team) {
  const old = find(`[data-id="${team.id}"]`, list);
  const states = filters().state;
  chosen.delete(team.id);
  if (old && states && !states.includes(team.state)) old.remove();
  else old?.replaceWith(row(team));
  find("#none").hidden = list.children.length > 0;
  count();
}

async function acceptChosen() {
  const { results } = await create("/teams/documents", { teams: [...chosen], ok: true, note: "" });
  const refused = results.filter((one) => !one.ok);
  await show();
  if (refused.length === 0) {
    toast(say(`${results.length}팀의 서류를 승인했습니다.`, `Papers of ${results.length} teams accepted.`));
    return;
  }
  const done = results.length - refused.length;
  find("#problem").hidden = false;
  find("#problem").textContent = say(
    `${done}팀을 승인했고 ${refused.length}팀은 하지 못했습니다: ${refused[0].problem.detail}`,
    `${done} accepted, ${refused.length} not: ${refused[0].problem.detail}`);
}

for (const tab of form.querySelectorAll("[data-states]")) {
  ready(tab, "click", () => {
    for (const other of form.querySelectorAll("[data-states]")) other.setAttribute("aria-pressed", String(other === tab));
    show();
  });
}
let typing = null;
form.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(show, TYPING_MS);
});
form.addEventListener("submit", (event) => event.preventDefault());
ready(more, "click", () => show({ further: true }));
ready(find("#accept-chosen"), "click", (event) => busy(event.currentTarget, acceptChosen, { problem: find("#problem") }));
ready(find("#choose-none"), "click", () => {
  for (const box of list.querySelectorAll("input:checked")) box.checked = false;
  chosen.clear();
  count();
});
readiesFiles({ filters, changed: show });

await show();
const districts = (await attempt(() => get("/districts")))?.items ?? [];
if (districts.length > 0) {
  find('[name="district"]', form).append(...districts.map((one) => h("option", { value: one.id }, one.name)));
  find("#district-field").hidden = false;
}
