/** A roster in from a spreadsheet, looked through first; and out, with a reason. */

import { download, upload } from "./api.js";
import { busy, find, h, ready, save, toast } from "./elements.js";
import { submits } from "./forms.js";
import { say } from "./words.js";

const OUTCOME = {
  new: ["새 팀", "new", "good"],
  known: ["이미 있음", "known", ""],
  invalid: ["확인 필요", "wrong", "bad"],
};

/** Make both dialogs work. `filters()` gives the queue's, `changed()` is told when teams were brought in. */
export function readiesFiles({ filters, changed }) {
  for (const name of ["import", "export"]) {
    const dialog = find(`#${name}-dialog`);
    ready(find(`#${name}`), "click", () => dialog.showModal());
    ready(find("[data-close]", dialog), "click", () => dialog.close());
  }
  readyImport(changed);
  readyExport(filters);
}

function readyImport(changed) {
  const form = find("#import-form");
  const problem = find("[data-problem]", form);
  const place = find("#import-found");
  const input = form.elements.file;
  input.addEventListener("change", () => {
    place.replaceChildren();
    const [file] = input.files;
    if (file) busy(input, async () => place.replaceChildren(...found(await upload("/teams/imports?dry_run=true", file), file)), { problem });
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const button of form.querySelectorAll("[data-template]")) {
    const kind = button.dataset.template;
    ready(button, "click", () => busy(button, async () => save(await download("GET", `/teams/imports/template?format=${kind}`), `teams-template.${kind}`), { problem }));
  }

  function found(report, file) {
    const go = h("button", { class: "button main", type: "button", hidden: report.new === 0 },
      report.invalid ? say(`올바른 ${report.new}팀만 가져오기`, `Import the ${report.new} that are right`) : say(`${report.new}팀 가져오기`, `Import ${report.new} ${report.new === 1 ? "team" : "teams"}`));
    go.addEventListener("click", () => busy(go, async () => {
      const done = await upload(`/teams/imports?dry_run=false&digest=${report.digest}&only_valid=${report.invalid > 0}`, file);
      place.replaceChildren(...brought(done));
      input.value = "";
      toast(say(`${done.new}팀을 가져왔습니다.`, `${done.new} ${done.new === 1 ? "team" : "teams"} imported.`));
      changed();
    }, { problem }));
    return [summary(report), table(report), h("div", {}, go)];
  }
}

function summary(report) {
  const unknown = report.unknown_columns.length
    ? h("p", { class: "hint" }, say(`쓰지 않는 열: ${report.unknown_columns.join(", ")}`, `Columns that mean nothing here: ${report.unknown_columns.join(", ")}`))
    : "";
  const counts = Object.entries(OUTCOME).map(([key, [ko, en, kind]]) => h("span", { class: `tag ${kind}` }, `${say(ko, en)} ${report[key]}`));
  return h("div", { class: "stack tight" }, h("div", { class: "row" }, counts), unknown);
}

function table(report) {
  const wrongFirst = [...report.teams].sort((one, other) => (other.outcome === "invalid") - (one.outcome === "invalid"));
  return h("ul", { class: "plain-list found" }, wrongFirst.map((team) => {
    const [ko, en, kind] = OUTCOME[team.outcome];
    return h("li", {},
      h("div", { class: "row" },
        h("span", { class: "number quiet-text" }, say(`${team.rows.join(", ")}행`, `row ${team.rows.join(", ")}`)),
        h("strong", {}, team.name || say("(이름 없음)", "(no name)")),
        h("span", { class: "small" }, team.dogs.join(", ")),
        h("span", { class: `tag ${kind}` }, say(ko, en), team.code && ` ${team.code}`)),
      team.disputed.length > 0 && h("p", { class: "small warned" }, say(`다른 팀에도 등록된 반려견: ${team.disputed.join(", ")}. 나중에 결정해 주세요.`, `Registered by another team too: ${team.disputed.join(", ")}; to be decided.`)),
      h("ul", { class: "small warned" }, team.problems.map((one) => h("li", {}, say(`${one.row}행 ${one.column}: `, `Row ${one.row}, ${one.column}: `), one.detail))));
  }));
}

/** The invitations, shown this once. */
function brought(report) {
  const links = report.teams.filter((team) => team.link).map((team) => `${team.code}\t${team.name}\t${team.link}`);
  const sent = report.teams.filter((team) => team.sent_by).length;
  const told = sent > 0 && h("p", { class: "note good" }, say(`초대 ${sent}건을 문자나 이메일로 보냈습니다.`, `${sent} invitations are on their way by text message or e-mail.`));
  if (links.length === 0) return [summary(report), told || h("p", {}, say("새로 만든 팀이 없습니다.", "No team was new."))];
  const text = h("textarea", { class: "links", readonly: true, rows: Math.min(10, links.length + 1), "aria-label": say("초대 링크", "Invitations") });
  text.value = links.join("\n");
  const copy = h("button", { class: "button", type: "button" }, say("모두 복사", "Copy all"));
  copy.addEventListener("click", () => busy(copy, async () => {
    await navigator.clipboard.writeText(text.value);
    toast(say("복사했습니다.", "Copied."));
  }));
  return [
    summary(report),
    told,
    h("p", { class: "note warn" }, say("초대 링크는 지금만 보입니다. 7일 동안 한 번씩 쓸 수 있으니 보호자에게 전해 주세요.", "The invitations are shown this once; each works once, for 7 days. Hand them to the handlers.")),
    h("label", { class: "field" }, text),
    h("div", {}, copy),
  ].filter(Boolean);
}

function readyExport(filters) {
  const form = find("#export-form");
  submits(form, async ({ reason }) => {
    const columns = [...form.querySelectorAll('[name="column"]:checked')].map((box) => box.value);
    const asked = filters();
    for (const name of ["lacks_consent", "disputed"]) if (asked[name]) asked[name] = asked[name] === "true";
    save(await download("POST", "/teams/exports", { reason, filters: asked, columns }), "teams.csv");
    find("#export-dialog").close();
    form.reset();
    toast(say("파일을 만들었습니다.", "The file is made."));
  });
}
