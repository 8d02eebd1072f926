/** The plan run: ask, watch, cancel, read the table, publish, take back. */

import { create, get, post, remove } from "./api.js";
import { announce, busy, find, h, toast } from "./elements.js";
import { submits } from "./forms.js";
import { metres, number, ofDate, percent, said, say, when } from "./words.js";

const PHASE = {
  "": ["차례를 기다리는 중", "Waiting its turn"],
  streets: ["거리 재는 중", "Measuring the streets"],
  insertion: ["첫 경로 만드는 중", "Drawing first routes"],
  loops: ["더 나은 경로 찾는 중", "Finding better routes"],
  proof: ["얼마나 더 나아질 수 있는지 증명하는 중", "Proving how much better it could be"],
  reasons: ["남은 구간의 까닭 찾는 중", "Finding why blocks are left"],
  done: ["마무리", "Finishing"],
};
/** How far a run is: it never goes back. */
const STAGE = { queued: 0, running: 1, done: 2, failed: 2, cancelled: 2, published: 3, withdrawn: 4 };
const STATE = {
  queued: ["차례를 기다리는 중", "Waiting", "accent"],
  running: ["계산 중", "Planning", "accent"],
  done: ["계획 완료, 발행 전", "Ready, not published", "warn"],
  failed: ["실패", "Failed", "bad"],
  cancelled: ["중단됨", "Stopped", "warn"],
  published: ["발행됨", "Published", "good"],
  withdrawn: ["발행 취소됨", "Withdrawn", ""],
};

/** `shown(run)` is called when another run, or another state of it, is on show. Returns {refresh, onEvent}. */
export function makeRunPanel({ shown }) {
  const panel = find("#run");
  const form = find("#ask");
  const mayAct = Boolean(form);
  let run = null;
  let runs = [];
  let watching = null;
  let told = null; // which run in which state `shown` has come through with

  if (form) {
    const { kind, seconds } = form.elements;
    const propose = () => { seconds.value = kind.selectedOptions[0].dataset.seconds; };
    kind.addEventListener("change", propose);
    if (seconds.value === seconds.defaultValue) propose(); // a week may have been chosen before this script was there
    submits(form, async ({ evening, kind, seconds }) => {
      set(await create("/plan-runs", { evening, kind, seconds: Number(seconds) }));
      announce(say("계획을 시작했습니다.", "Planning has begun."));
    });
  }

  async function set(next) {
    if (next && next.id === run?.id && STAGE[next.state] < STAGE[run.state]) return; // a late answer
    const mark = `${next?.id} ${next?.state}`;
    run = next;
    if (run) runs = [run, ...runs.filter((one) => one.id !== run.id)].sort((one, other) => other.created_at.localeCompare(one.created_at));
    render();
    if (run && isUnderWay(run)) watch(run.id);
    if (mark === told) return;
    told = mark;
    try {
      await shown(run);
    } catch (error) {
      told = null;
      throw error;
    }
  }

  async function refresh() {
    const before = run?.id;
    runs = (await get("/plan-runs?limit=20")).items;
    const kept = runs.find((one) => one.id === run?.id) ?? (run?.id === before ? null : run); // asked for meanwhile
    await set(kept ?? runs.find((one) => !["failed", "withdrawn"].includes(one.state)) ?? runs[0] ?? null);
  }

  async function onEvent({ kind, content }) {
    if (kind !== "plan") return;
    const other = runs.find((one) => one.id === content.id && one.id !== run?.id);
    if (other) {
      Object.assign(other, content); // somebody looks at another plan: leave it on show
      return;
    }
    if (run?.id === content.id && isUnderWay(run) && content.state === run.state) {
      Object.assign(run, content);
      render();
    } else {
      const said = run?.id === content.id ? run.state : "";
      await set(await get(`/plan-runs/${content.id}`));
      if (said === "running" && !isUnderWay(run)) announce(say(...STATE[run.state]), { atOnce: true });
    }
  }

  /** The stream may be full or late: ask now and then too, as long as the run is under way. */
  function watch(id) {
    clearTimeout(watching);
    watching = setTimeout(async () => {
      if (run?.id !== id || !isUnderWay(run)) return;
      try {
        await set(await get(`/plan-runs/${id}`));
      } catch {
        watch(id);
      }
    }, 4000);
  }

  function render() {
    if (!run) {
      panel.replaceChildren(h("p", { class: "quiet-text" }, say("아직 계획이 없습니다.", "There is no plan yet.")));
      return;
    }
    const live = isUnderWay(run) ? find("#progress", panel) : null;
    if (live && live.dataset.run === run.id && live.dataset.state === run.state) return update();
    const [ko, en, kind] = STATE[run.state];
    panel.replaceChildren(
      h("div", { class: "row ends" }, h("h2", {}, title(run)), h("span", { class: `tag ${kind}`, id: "run-state" }, say(ko, en))),
      ...(isUnderWay(run) ? [progress()] : []),
      ...(run.problem ? [h("p", { class: "note bad" }, run.problem)] : []),
      ...(run.unmet.length ? [unmet(run.unmet)] : []),
      ...(run.summary ? [table(run)] : []),
      ...(mayAct ? [buttons()] : []),
      ...(runs.length > 1 ? [others()] : []),
    );
    if (isUnderWay(run)) update();
  }

  /** The last plans, to look at another one. */
  function others() {
    const text = (one) => `${title(one)} · ${say(...STATE[one.state])} · ${when(one.created_at)}`;
    const list = h("select", { name: "run" }, runs.map((one) => h("option", { value: one.id, selected: one.id === run.id }, text(one))));
    list.addEventListener("change", () => busy(list, async () => set(await get(`/plan-runs/${list.value}`))));
    return h("label", { class: "field" }, say("다른 계획 보기", "Look at another plan"), list);
  }

  const progress = () =>
    h("div", { id: "progress", class: "stack tight", "data-run": run.id, "data-state": run.state },
      h("progress", { max: "1", "aria-label": say("계획 진행", "Planning progress") }),
      h("p", { class: "row ends quiet-text number" }, h("span", { "data-phase": true }), h("span", { "data-weight": true })),
      h("p", { class: "quiet-text number", "data-gap": true }));

  function update() {
    find("progress", panel).value = run.progress;
    find("[data-phase]", panel).textContent = `${say(...(PHASE[run.phase] ?? [run.phase, run.phase]))} · ${percent(run.progress)}`;
    find("[data-weight]", panel).textContent = run.weight === null ? "" : say(`지금까지 중요도 ${number(run.weight)}`, `weight so far ${number(run.weight)}`);
    find("[data-gap]", panel).textContent = run.gap === null ? "" : say(`증명된 상한 ${number(run.bound)} · 최선과 ${tenths(run.gap)} 이내`, `Proven bound ${number(run.bound)} · within ${tenths(run.gap)} of the best`);
  }

  function buttons() {
    const act = (text, kind, work) => {
      const button = h("button", { class: `button ${kind}`, type: "button" }, text);
      button.addEventListener("click", () => busy(button, work));
      return button;
    };
    const again = async (said) => {
      if (said) toast(said);
      await set(await get(`/plan-runs/${run.id}`));
    };
    const found = [];
    if (isUnderWay(run)) {
      found.push(act(say("멈추고 지금까지의 최선 쓰기", "Stop, keep the best so far"), "", async () => {
        await remove(`/plan-runs/${run.id}`);
        await again();
      }));
    }
    if ((run.state === "done" || run.state === "cancelled") && run.summary) {
      found.push(act(say("팀에게 발행", "Publish to the teams"), "main wide", async () => {
        const { shifts, passed_over: passed, kept } = await post(`/plan-runs/${run.id}/publish`);
        const left = passed.map((team) => team.code).join(", ");
        const same = kept.length ? say(` ${kept.length}팀은 그대로입니다.`, ` ${kept.length} stay as they were.`) : "";
        await again(say(`${shifts.length}건을 보냈습니다.`, `${shifts.length} shifts sent.`) + same + (left ? say(` 빠진 팀: ${left}`, ` Passed over: ${left}`) : ""));
      }));
    }
    if (["done", "cancelled", "published"].includes(run.state) && run.kind === "evening" && run.summary && new Date(run.ends_at) > Date.now()) {
      found.push(act(say("조금만 바꿔 다시 계획", "Plan anew, change little"), "", async () => {
        await set(await create("/plan-runs", { evening: run.evening, kind: run.kind, seconds: Number(form.elements.seconds.value), near: run.id }));
        announce(say("계획을 시작했습니다.", "Planning has begun."));
      }));
    }
    if (run.state === "published") {
      found.push(act(say("발행 취소", "Withdraw"), "", async () => {
        if (!confirm(say("아직 시작하지 않은 순찰을 모두 취소하고 팀에 알립니다. 계속할까요?", "All patrols not yet begun are taken back and their teams told. Go on?"))) return;
        const { shifts } = await post(`/plan-runs/${run.id}/withdraw`);
        await again(say(`${shifts}건을 취소했습니다.`, `${shifts} shifts taken back.`));
      }));
    }
    return h("div", { class: "row" }, found);
  }

  return { refresh, onEvent };
}

const isUnderWay = (run) => run.state === "queued" || run.state === "running";

/** What the plan covers, and beside it what free walking from the same doors for the same minutes would. */
function table({ summary, bound, gap }) {
  const free = summary.free;
  const rows = [
    [say("중요도", "Weight"), number(summary.weight_covered), free && number(free.weight)],
    [say("순찰 구간", "Blocks covered"), `${summary.blocks_covered} / ${summary.blocks}`, free && number(free.blocks)],
    ...(summary.visits === undefined ? [] : [[say("방문", "Visits"), `${summary.visits} / ${summary.visits_wanted}`, free && "–"]]),
    [say("구간 위 비율", "Metres on blocks"), percent(summary.share_on_blocks), free && percent(free.share_on_blocks)],
    [say("걷는 시간", "Walking"), minutes(summary.minutes_walked), free && minutes(free.minutes)],
  ];
  return h("div", { class: "stack tight" },
    h("dl", { class: "facts two" },
      summary.visits === undefined
        ? fact(say("팀", "Teams"), `${summary.routes} / ${summary.teams}`)
        : fact(say("순찰", "Patrols"), say(`${summary.teams}팀 ${summary.routes}회`, `${summary.routes} by ${summary.teams} teams`)),
      fact(say("덮은 중요도", "Weight covered"), percent(summary.weight_reachable ? summary.weight_covered / summary.weight_reachable : 0)),
      fact(say("거리", "Distance"), metres(summary.walked_m)),
      gap === null ? null : fact(say("최선과의 차이", "Gap to the best"), `≤ ${tenths(gap)}`)),
    h("table", {},
      h("caption", { class: "unseen" }, say("계획과 자유 산책", "Planned and free walking")),
      h("thead", {}, h("tr", {}, h("td", {}), h("th", { scope: "col" }, say("계획", "Planned")), free ? h("th", { scope: "col" }, say("자유 산책", "Free walk")) : null)),
      h("tbody", {}, rows.map(([name, planned, walked]) => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, planned), free ? h("td", {}, walked) : null)))),
    summary.surprise ? h("p", { class: "hint" }, surprise(summary)) : null,
    h("p", { class: "hint" }, [
      gap === null ? null : say(`어떤 계획도 중요도 ${number(bound)}을 넘지 못합니다(증명된 상한).`, `No plan can cover more than ${number(bound)}: a proven bound.`),
      say(`닿을 수 있는 중요도 ${number(summary.weight_reachable)} · 계산 ${summary.solve_s.toFixed(1)}초`, `Reachable weight ${number(summary.weight_reachable)} · solved in ${summary.solve_s.toFixed(1)} s`),
    ].filter(Boolean).join(" ")));
}

/** How even and how hard to foresee a week is. */
function surprise({ fairness, surprise: { plans, entropy_bits: bits, price } }) {
  const even = say(`4주 동안 한 팀이 ${number(fairness.least_min)}–${number(fairness.most_min)}분을 걷습니다.`, `Over four weeks a team walks ${number(fairness.least_min)} to ${number(fairness.most_min)} minutes.`);
  const drawn = plans > 1
    ? say(` 최선에 가까운 계획 ${plans}개 가운데 뽑아 누가 언제 올지 ${bits.toFixed(1)}비트만큼 알기 어렵습니다. 대신 중요도 ${number(price)}을 내주었습니다.`, ` Drawn among ${plans} near-best plans: who comes when is ${bits.toFixed(1)} bits hard to foresee, at the price of ${number(price)} in weight.`)
    : "";
  return even + drawn;
}

const minutes = (value) => say(`${number(value)}분`, `${number(value)} min`);

const fact = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

const tenths = (share) => `${(share * 100).toFixed(1)}%`;

const title = (run) => (run.kind === "week" ? say(`${ofDate(run.evening)}부터 일주일`, `Week from ${ofDate(run.evening)}`) : ofDate(run.evening));

/** Pins that the plan could not keep; never left untold. */
const unmet = (pins) =>
  h("div", { class: "note warn" },
    h("strong", {}, say("지키지 못한 고정", "Pins that could not be kept")),
    h("ul", {}, pins.map((pin) => h("li", {}, `${pin.team} – ${pin.block}: ${said(pin.words)}`))));
