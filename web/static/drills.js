/** Reachability drills: who is called answers, who runs the patrol starts one and reads the report. */

import { create, download, get, post } from "./api.js";
import { busy, find, h, ready, save, toast } from "./elements.js";
import { latest } from "./latest.js";
import { dayOf, duration, say, when } from "./words.js";

const STATE = { unreached: ["연락 안 됨", "Not reached", "urgent"], waiting: ["기다리는 중", "Waiting", "warn"], reached: ["연락됨", "Reached", "good"] };
const CHANNEL = {
  inbox: ["알림함", "Inbox"],
  email: ["이메일", "E-mail"],
  sms: ["문자", "Text message"],
  fcm: ["휴대전화 푸시", "Phone push"],
  web_push: ["브라우저 푸시", "Browser push"],
};
const RUNG = {
  first: ["해당 지구대", "the box itself"],
  neighbour: ["이웃 지구대", "the neighbouring box"],
  station: ["경찰서 당직", "the station’s duty officer"],
  coordinators: ["코디네이터", "coordinators"],
  admins: ["관리자", "admins"],
};

/** Keep `holder` showing the drills that wait for the reader. Returns refresh(). */
export function keepCalls(holder) {
  const order = latest();
  const refresh = () => order.read(() => get("/drills/waiting"), show);
  const show = ({ items }) => {
    holder.hidden = items.length === 0;
    holder.replaceChildren(...items.map((drill) => h("div", { class: "note row ends" },
      h("p", { class: "grow" }, h("strong", {}, say("[훈련] ", "[Exercise] ")), say("실제 상황이 아닙니다. 연락이 되는지 확인합니다.", "Nothing has happened; this checks that you can be reached.")),
      h("button", { class: "button", type: "button", onclick: (event) => busy(event.currentTarget, async () => {
        await post(`/drills/${drill.id}/acknowledge`);
        toast(say("훈련에 답했습니다.", "You answered the drill."));
        await refresh();
      }) }, say("확인", "I am here")))));
  };
  return refresh;
}

/** The panel with which a drill is started and read. */
export function showDrills(panel) {
  const problem = find(".note", panel);
  const list = find("[data-report]", panel);
  const order = latest();
  const read = async () => {
    const [drill] = (await get("/drills?limit=1")).items;
    return drill && get(`/drills/${drill.id}`);
  };
  const refresh = () => order.read(read, (drill) => {
    list.replaceChildren(...(drill ? report(drill) : [h("p", { class: "quiet-text" }, say("아직 훈련이 없습니다.", "There has been no drill yet."))]));
  });
  ready(find("[data-start]", panel), "click", (event) => busy(event.currentTarget, async () => {
    await create("/drills");
    await refresh();
  }, { problem }));
  ready(find("[data-refresh]", panel), "click", (event) => busy(event.currentTarget, refresh, { problem }));
  refresh().catch(() => {}); // its button tries again
}

/** "Phone push 12 sent, 1 failed"; nothing for a way that nobody called was reached by. */
function byChannel({ channel, sent, waiting, ...others }) {
  const lost = others.failed + others.expired + others.withheld;
  if (!sent && !waiting && !lost) return "";
  const parts = [say(`${sent}건 보냄`, `${sent} sent`), waiting && say(`${waiting}건 대기`, `${waiting} waiting`), lost && say(`${lost}건 실패`, `${lost} failed`)];
  return `${say(...CHANNEL[channel])} ${parts.filter(Boolean).join(", ")}`;
}

function report(drill) {
  const reached = drill.boxes.filter((box) => box.state === "reached").length;
  const fetchFile = async () => save(await download("GET", `/drills/${drill.id}/report.csv`), `drill-${dayOf(drill.started_at)}.csv`);
  return [
    h("div", { class: "row ends" },
      h("p", {}, h("strong", {}, say("[훈련] ", "[Exercise] ")), say(`${when(drill.started_at)} · ${drill.boxes.length}곳 중 ${reached}곳 연락됨`, `${when(drill.started_at)} · ${reached} of ${drill.boxes.length} boxes reached`),
        drill.ended_at ? "" : say(" · 진행 중", " · under way")),
      h("button", { class: "button", type: "button", onclick: (event) => busy(event.currentTarget, fetchFile) }, "CSV")),
    h("p", { class: "quiet-text" }, drill.channels.map(byChannel).filter(Boolean).join(" · ")),
    h("ul", { class: "drill-boxes" }, drill.boxes.map((box) => h("li", { class: "row" },
      h("span", { class: `tag ${STATE[box.state][2]}` }, say(...STATE[box.state])),
      h("span", {}, box.box),
      box.reached_by && h("span", { class: "quiet-text" }, `${say(...RUNG[box.reached_by])} · ${duration(Math.max(60, box.seconds))}`)))),
  ];
}
