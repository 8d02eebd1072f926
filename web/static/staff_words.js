/** What roles, accounts and what was changed of them are called. */

import { said, say } from "./words.js";

const ROLE = { coordinator: ["코디네이터", "Coordinator"], officer: ["경찰관", "Officer"], admin: ["관리자", "Admin"] };
const STATE = { invited: ["초대 중", "Invited", "warn"], active: ["활동", "Active", "good"], disabled: ["중지됨", "Disabled", "bad"] };
const ACTION = {
  invite: ["초대", "Invited"],
  renew_invitation: ["초대 다시 보냄", "Invitation renewed"],
  revoke_invitation: ["초대 취소", "Invitation revoked"],
  change_role: ["역할 변경", "Roles changed"],
  grant_duty: ["임무 부여", "Duty given"],
  end_duty: ["임무 해제", "Duty ended"],
  disable: ["계정 중지", "Account disabled"],
  enable: ["계정 재개", "Account enabled"],
};

export const ROLES = Object.keys(ROLE);
export const roleName = (role) => say(...ROLE[role]);
export const stateName = (state) => say(...STATE[state]);
export const stateKind = (state) => STATE[state][2];
export const actionName = (action) => say(...ACTION[action]);

/** "경찰관 · 서면", "Coordinator · whole city". */
export function roleLine(role) {
  const place = role.box?.name ?? role.district?.name;
  if (role.role === "admin" && !place) return roleName(role.role);
  return `${roleName(role.role)} · ${place ?? say("도시 전체", "whole city")}`;
}

/** A duty's name by its code, given the city's duties. */
export const dutyName = (duties, code) => said(duties.find((duty) => duty.code === code)?.name) || code;

/** What a step was about, in a line. */
export function stepLine(step, duties) {
  if (step.facts.duty) return `${actionName(step.action)}: ${dutyName(duties, step.facts.duty)}`;
  const roles = (step.facts.roles ?? []).map((role) => roleLine({ role: role.role, box: role.box ? { name: role.box } : null, district: role.district ? { name: role.district } : null }));
  if (step.action === "change_role") return `${actionName(step.action)}: ${roles.join(", ") || say("역할 없음", "no role")}`;
  return actionName(step.action);
}
