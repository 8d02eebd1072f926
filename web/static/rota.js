/** The rota of a duty as a week: a row a day, who is on call in each, and the hours in which nobody is. */

import { create, get, remove } from "./api.js";
import { openDialog } from "./dialog.js";
import { busy, h, toast } from "./elements.js";
import { submits, wrong } from "./forms.js";
import { latest } from "./latest.js";
import { daysAfter, momentAt, mondayOf } from "./moments.js";
import { atTime, dayOf, ofDate, onDay, said, say } from "./words.js";

const LANE_PX = 40;
const DAYS = [0, 1, 2, 3, 4, 5, 6];

/** Draws into `root`; `show()` (again) reads and draws the chosen duty and week. */
export function makeRota(root, { duties, boxes, mayChange }) {
  let monday = mondayOf(dayOf(Date.now()));
  const duty = h("select", { name: "duty" }, duties.map((one) => h("option", { value: one.code }, said(one.name))));
  const week = h("strong", { class: "number", "aria-live": "polite" });
  const go = (days, text, label) => {
    const button = h("button", { class: "button", type: "button", "aria-label": label }, text);
    button.addEventListener("click", () => busy(button, () => {
      monday = days ? daysAfter(monday, days) : mondayOf(dayOf(Date.now()));
      return show();
    }));
    return button;
  };
  const add = h("button", { class: "button main", type: "button" }, say("근무 넣기", "Put on call"));
  const copy = h("button", { class: "button", type: "button" }, say("지난주 그대로", "As last week"));
  const notes = h("div", { class: "stack tight" });
  const grid = h("ol", { class: "rota" });
  root.replaceChildren(
    h("div", { class: "narrowing" },
      h("label", { class: "field" }, say("임무", "Duty"), duty),
      h("div", { class: "row rota-week" }, go(-7, "‹", say("앞 주", "The week before")), week, go(7, "›", say("다음 주", "The next week")), go(0, say("이번 주", "This week")))),
    notes, grid,
    mayChange ? h("div", { class: "row" }, add, copy) : "");
  duty.addEventListener("change", () => busy(duty, show));
  add.addEventListener("click", () => busy(add, () => enter({ date: monday, days: [], begins: "09:00", ends: "18:00" })));
  copy.addEventListener("click", () => busy(copy, async () => {
    const made = await create("/rota/copy", { duty: duty.value, source: daysAfter(monday, -7), target: monday });
    toast(made.length ? say(`${made.length}건을 넣었습니다.`, `Entered: ${made.length}.`) : say("지난주에 옮길 근무가 없습니다.", "There is nothing to copy from the week before."));
    await show();
  }));

  const order = latest();

  async function show() {
    const [first, code] = [monday, duty.value];
    const [begins, ends] = [momentAt(first), momentAt(daysAfter(first, 7))];
    const query = new URLSearchParams({ duty: code, begins_at: begins.toISOString(), ends_at: ends.toISOString() });
    await order.read(() => Promise.all([get(`/rota?${query}`), get("/duties")]), ([found, known]) => {
      week.textContent = `${ofDate(first)} – ${ofDate(daysAfter(first, 6))}`;
      tell(found, known.find((one) => one.code === code));
      grid.replaceChildren(axis(), ...DAYS.map((day) => row(daysAfter(first, day), found)));
    });
  }

  function tell(found, charge) {
    const names = charge.holders.map((one) => one.name).join(", ");
    const lines = [];
    if (!charge.holders.length) lines.push(["warn", say("이 임무를 맡은 사람이 없습니다. 사람 목록에서 임무를 정해 주세요.", "Nobody holds this duty yet; charge somebody in the list of people.")]);
    else if (!charge.rota && !found.entries.length) lines.push(["", say(`당직표가 없어 맡은 사람 모두가 담당합니다: ${names}`, `Without a rota everybody who holds the duty is on it: ${names}.`)]);
    if (found.gaps.length) lines.push(["bad", say("아무도 없는 시간", "Nobody on call"), found.gaps.map((gap) => span(gap) + beside(gap))]);
    else if (found.entries.length) lines.push(["good", say("이 주에는 빈 시간이 없습니다.", "No gap in this week.")]);
    notes.replaceChildren(...lines.map(([kind, text, list]) => h("div", { class: `note ${kind}` }, list ? [h("strong", {}, text), h("ul", {}, list.map((one) => h("li", { class: "number" }, one)))] : text)));
  }

  /** One day: entries and gaps in as many lanes as overlap. */
  function row(date, found) {
    const [from, until] = [momentAt(date), momentAt(daysAfter(date, 1))];
    const bar = h("div", { class: "rota-bar" });
    const lanes = [];
    const shown = within([...found.entries, ...found.gaps], from, until).sort((one, other) => Date.parse(one.begins_at) - Date.parse(other.begins_at));
    for (const one of shown) {
      let lane = lanes.findIndex((end) => end <= Date.parse(one.begins_at));
      if (lane < 0) lane = lanes.length;
      lanes[lane] = Date.parse(one.ends_at);
      const at = { from, until, lane };
      bar.append(one.person
        ? part(one, "rota-entry", `${one.person.name}${beside(one)}`, at, async () => look(one))
        : part(one, "rota-gap", say(`없음${beside(one)}`, `Nobody${beside(one)}`), at, mayChange ? () => fill(one, from, until) : null));
    }
    bar.style.height = `${Math.max(1, lanes.length) * LANE_PX}px`;
    return h("li", { class: dayOf(Date.now()) === date ? "rota-day today" : "rota-day" }, h("h3", {}, ofDate(date)), bar);
  }

  function fill(gap, from, until) {
    const begins = new Date(Math.max(Date.parse(gap.begins_at), from));
    const ends = new Date(Math.min(Date.parse(gap.ends_at), until));
    const date = dayOf(from);
    return enter({ date: mondayOf(date), days: [date], begins: atTime(begins), ends: Number(ends) === Number(until) ? "00:00" : atTime(ends), box: gap.box?.id, station: gap.station });
  }

  function look(entry) {
    const off = h("button", { class: "button danger", type: "button" }, say("빼기", "Take off"));
    const dialog = openDialog(entry.person.name, h("div", { class: "stack" },
      h("p", { class: "number" }, span(entry) + beside(entry)),
      mayChange && Date.parse(entry.ends_at) > Date.now() ? off : null));
    off.addEventListener("click", () => busy(off, async () => {
      await remove(`/rota/${entry.id}`);
      dialog.close();
      toast(say("뺐습니다.", "Taken off."));
      await show();
    }));
  }

  /** Put somebody on call on one day or several of a week, at the same hours. */
  async function enter({ date, days, begins, ends, box = "", station = "" }) {
    const charge = (await get("/duties")).find((one) => one.code === duty.value);
    const stations = [...new Set(boxes.map((one) => one.station).filter(Boolean))].sort();
    const place = h("select", { name: "place" }, h("option", { value: "" }, say("도시 전체", "Whole city")),
      h("optgroup", { label: say("경찰서", "Stations") }, stations.map((one) => h("option", { value: `station:${one}` }, one))),
      h("optgroup", { label: say("지구대·파출소", "Police boxes") }, boxes.map((one) => h("option", { value: `box:${one.id}` }, `${one.name} (${one.station})`))));
    if (box) place.value = `box:${box}`;
    else if (station) place.value = `station:${station}`;
    const form = h("form", { class: "stack", method: "post", novalidate: true },
      h("p", { class: "note bad", "data-problem": true, hidden: true }),
      h("label", { class: "field" }, say("누가", "Who"), h("select", { name: "person", required: true }, charge.holders.map((one) => h("option", { value: one.id }, one.name)))),
      h("fieldset", { class: "stack tight field" }, h("legend", {}, say("요일", "Days")), h("div", { class: "days" }, DAYS.map((day) => {
        const one = daysAfter(date, day);
        return h("label", {}, h("input", { type: "checkbox", name: "day", value: one, checked: days.includes(one) }), h("span", {}, short(one)));
      }))),
      h("div", { class: "row" },
        h("label", { class: "field grow" }, say("부터", "From"), h("input", { name: "begins", type: "time", value: begins, required: true })),
        h("label", { class: "field grow" }, say("까지", "Until"), h("input", { name: "ends", type: "time", value: ends, required: true }))),
      h("p", { class: "hint" }, say("끝이 시작보다 이르거나 같으면 다음 날까지입니다.", "An end that is not after the beginning is on the next day.")),
      h("label", { class: "field" }, say("맡는 곳", "For"), place),
      h("button", { class: "button main", type: "submit" }, say("넣기", "Put on call")));
    const dialog = openDialog(said(charge.name), charge.holders.length ? form : h("p", { class: "note warn" }, say("이 임무를 맡은 사람이 없습니다.", "Nobody holds this duty yet.")));
    submits(form, async (given) => {
      const chosen = [...form.querySelectorAll('[name="day"]:checked')].map((one) => one.value);
      if (!chosen.length) return wrong(form.elements.begins, say("요일을 하나 이상 골라 주세요.", "Choose at least one day."));
      const [kind, where] = given.place.split(/:(.*)/);
      for (const day of chosen) {
        await create("/rota", {
          duty: duty.value,
          person: given.person,
          begins_at: momentAt(day, given.begins).toISOString(),
          ends_at: momentAt(given.ends > given.begins ? day : daysAfter(day, 1), given.ends).toISOString(),
          box: kind === "box" ? where : null,
          station: kind === "station" ? where : "",
        });
        form.querySelector(`[value="${day}"]`).checked = false; // it is in; a later day that is refused can be tried again
      }
      dialog.close();
      toast(say("근무를 넣었습니다.", "Put on call."));
      return show();
    });
    dialog.addEventListener("close", () => show().catch(() => {}), { once: true });
  }

  function beside(one) {
    const name = one.station || one.box?.name || boxes.find((box) => box.id === one.box)?.name;
    return name ? ` · ${name}` : "";
  }
  return { show };
}

const short = (date) => new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: "UTC", weekday: "short" }).format(new Date(`${date}T00:00Z`));
const within = (list, from, until) => list.filter((one) => Date.parse(one.begins_at) < until && Date.parse(one.ends_at) > from);
const span = ({ begins_at, ends_at }) => `${onDay(begins_at)} ${atTime(begins_at)} – ${dayOf(begins_at) === dayOf(ends_at) ? "" : `${onDay(ends_at)} `}${atTime(ends_at)}`;

/** A part of a day's bar, as a button when something can be done with it. Placed by script, as no page carries styles. */
function part(one, kind, text, { from, until, lane }, act) {
  const length = until - from;
  const begins = Math.max(0, Date.parse(one.begins_at) - from);
  const ends = Math.min(length, Date.parse(one.ends_at) - from);
  const element = h(act ? "button" : "span", { class: kind, type: act ? "button" : null, title: `${text} · ${span(one)}` },
    h("span", { class: "rota-who" }, text), h("span", { class: "unseen" }, ` ${span(one)}`));
  element.style.left = `${(100 * begins) / length}%`;
  element.style.width = `${(100 * (ends - begins)) / length}%`;
  element.style.top = `${lane * LANE_PX}px`;
  if (act) element.addEventListener("click", () => busy(element, act));
  return element;
}

function axis() {
  return h("li", { class: "rota-day rota-axis", "aria-hidden": "true" }, h("span"), h("div", { class: "rota-hours" }, [0, 6, 12, 18, 24].map((hour) => h("span", {}, String(hour)))));
}
