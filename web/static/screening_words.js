/** What items of the rubric, faults and outcomes are called. */

import { say } from "./words.js";

const ITEMS = {
  heel: ["나란히 걷기", "Heel"],
  wait_and_recall: ["기다리기와 부르기", "Wait and recall"],
  people: ["사람", "People"],
  other_dogs: ["다른 개", "Other dogs"],
  objects_and_noise: ["물건과 소리", "Objects and noise"],
};
const FAULTS = {
  bite: ["물기", "Bite"],
  lunge: ["달려들기", "Lunge"],
  dropped_leash: ["목줄 놓침", "Dropped leash"],
};
const OUTCOMES = {
  passed: ["합격", "Passed", "good"],
  failed: ["불합격", "Failed", "bad"],
  absent: ["오지 않음", "Absent", ""],
  moved: ["다른 날로 옮김", "Moved", ""],
};

const named = (table, code) => (table[code] ? say(...table[code]) : code.replaceAll("_", " "));

export const item = (code) => named(ITEMS, code);
export const fault = (code) => named(FAULTS, code);
export const outcome = (code) => ({ text: named(OUTCOMES, code), kind: OUTCOMES[code]?.[2] ?? "" });
