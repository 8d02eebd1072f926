/** An examiner's hands: a number pad for the candidate, then large buttons for the station's items. */

import { openDialog } from "./dialog.js";
import { announce, h, toast } from "./elements.js";
import { give, note, ownPoints } from "./screening_marks.js";
import { fault, item as nameOf, outcome } from "./screening_words.js";
import { atTime, say } from "./words.js";

const LONGEST = 5;

/** Make the pad in `holder`. Returns {show(day, station), candidate(answer)}. `known`: a candidate by its number. */
export function makePad(holder, { known, checkIn }) {
  let day = null;
  let station = null;
  let typed = "";
  let scored = null; // the number whose points are being given
  let chosen = {}; // what is pressed for it and not yet saved

  const about = (number) => {
    const candidate = known(number);
    return candidate ? `${candidate.code} · ${candidate.dogs.join(", ")}` : say("명단에 없는 번호", "Not on the list");
  };

  function showPad() {
    scored = null;
    const number = Number(typed);
    const pressed = holder.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
    const key = (text, press, label = text) => h("button", { type: "button", class: "key", "aria-label": label, onclick: press }, text);
    const go = h("button", { type: "button", class: "button main large wide", disabled: !typed || !known(number), onclick: () => begin(number) },
      typed ? say(`${number}번 채점`, `Score number ${number}`) : say("번호를 누르세요", "Type a number"));
    holder.replaceChildren(h("div", { class: "card stack pad-card" },
      h("div", { class: "pad-shown" },
        h("p", { class: "pad-number number", "aria-live": "polite" }, typed || "–"),
        h("p", { class: "quiet-text" }, typed ? about(number) : say("참가 번호", "The candidate's number"))),
      h("div", { class: "pad" },
        [1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => key(String(digit), () => type(String(digit)))),
        key("C", () => { typed = ""; showPad(); }, say("모두 지우기", "Clear")),
        key("0", () => type("0")),
        key("⌫", () => { typed = typed.slice(0, -1); showPad(); }, say("하나 지우기", "Delete the last"))),
      go));
    if (pressed) holder.querySelector(`[aria-label="${pressed}"]`)?.focus();
  }

  function type(digit) {
    if (typed.length < LONGEST && !(typed === "" && digit === "0")) typed += digit;
    showPad();
  }

  function begin(number) {
    chosen = ownPoints(day.id, number, station.items);
    showScores(number);
    holder.querySelector("h2").focus();
  }

  function showScores(number) {
    scored = number;
    const candidate = known(number);
    const own = ownPoints(day.id, number, station.items);
    const save = h("button", { type: "button", class: "button main large wide", onclick: () => store(number) }, say("저장하고 다음", "Save, next one"));
    const ready = () => { save.disabled = !Object.entries(chosen).some(([name, points]) => own[name] !== points); };
    const over = candidate.outcome ? outcome(candidate.outcome) : null;
    holder.replaceChildren(h("div", { class: "card stack" },
      h("div", { class: "row ends one-line" },
        h("div", {}, h("h2", { class: "big number", tabindex: "-1" }, say(`${number}번`, `Number ${number}`)), h("p", { class: "quiet-text" }, about(number))),
        h("button", { type: "button", class: "button", onclick: back }, say("뒤로", "Back"))),
      candidate.fault ? h("p", { class: "note bad" }, say(`평가 종료: ${fault(candidate.fault)}`, `The test is over: ${fault(candidate.fault)}`)) : "",
      over ? h("p", { class: `note ${over.kind}` }, over.text) : "",
      candidate.checked_in_at
        ? h("p", { class: "quiet-text" }, say(`${atTime(candidate.checked_in_at)} 도착`, `Came at ${atTime(candidate.checked_in_at)}`))
        : h("button", { type: "button", class: "button", onclick: (event) => checkIn(number, event.currentTarget) }, say("도착 확인", "Check in")),
      station.items.map((name) => itemField(name, { candidate, own, changed: ready })),
      save,
      h("button", { type: "button", class: "button danger wide", onclick: () => askFault(number) }, say("즉시 탈락…", "Fails at once…"))));
    ready();
  }

  function itemField(name, { candidate, own, changed }) {
    const most = day.rubric[name];
    const shown = h("output", { class: "score-shown number" });
    const steps = [...new Set([0, 1, 2, 3, 4, 5].map((part) => Math.round((most * part) / 5)))];
    const buttons = steps.map((points) => h("button", { type: "button", class: "score number", onclick: () => set(points) }, String(points)));
    const nudge = (by, text, label) => h("button", { type: "button", class: "score", "aria-label": label, onclick: () => set(Math.min(most, Math.max(0, (chosen[name] ?? 0) + by))) }, text);
    const said = candidate.scores[name];
    function set(points) {
      chosen[name] = points;
      draw();
      changed();
    }
    function draw() {
      shown.textContent = chosen[name] === undefined ? "–" : `${chosen[name]}`;
      buttons.forEach((button, place) => button.setAttribute("aria-pressed", String(chosen[name] === steps[place])));
    }
    draw();
    return h("fieldset", { class: "item-field" },
      h("legend", { class: "row ends one-line" }, h("span", {}, nameOf(name), h("span", { class: "quiet-text" }, ` / ${most}`)), shown),
      said !== undefined && own[name] === undefined ? h("p", { class: "hint" }, say(`다른 평가위원이 ${said}점을 주었습니다.`, `Another examiner gave ${said}.`)) : "",
      h("div", { class: "scores" }, buttons, nudge(-1, "−1", say(`${nameOf(name)} 1점 내리기`, `${nameOf(name)}: one less`)), nudge(1, "+1", say(`${nameOf(name)} 1점 올리기`, `${nameOf(name)}: one more`))));
  }

  function store(number) {
    for (const [name, points] of Object.entries(chosen)) give(day.id, number, name, points);
    toast(say(`${number}번을 저장했습니다.`, `Number ${number} is saved.`));
    typed = known(number + 1) ? String(number + 1) : "";
    showPad();
  }

  function askFault(number) {
    const dialog = openDialog(say(`${number}번: 무슨 일이 있었나요?`, `Number ${number}: what happened?`), h("div", { class: "stack" },
      h("p", {}, say("누르면 이 참가팀의 평가가 바로 끝납니다.", "This ends the candidate's test at once.")),
      day.fails_at_once.map((code) => h("button", { type: "button", class: "button danger large wide", onclick: () => {
        note(day.id, number, code);
        dialog.close();
        announce(say(`${number}번: ${fault(code)}`, `Number ${number}: ${fault(code)}`));
        toast(say(`${number}번: ${fault(code)} 기록`, `Number ${number}: ${fault(code)} noted`));
        back();
      } }, fault(code)))));
  }

  function back() {
    typed = "";
    showPad();
  }

  return {
    show(present, at) {
      const same = day?.id === present.id && station?.number === at.number;
      [day, station] = [present, at];
      if (!same) back();
    },
    /** What is known of a candidate has changed; the scores under one's fingers stay. */
    changed(number) {
      if (scored === null) showPad();
      else if (scored === number) showScores(number);
    },
  };
}
