/** What coordinators read of teams: states, what is waited for, what happened. */

import { dayOf, onDay, say } from "./words.js";

const STATE = {
  applied: ["신청", "Applied", "warn"],
  documents_ok: ["서류 통과", "Papers accepted", "accent"],
  test_booked: ["시험 예약", "Test booked", "accent"],
  passed: ["합격", "Passed", "good"],
  failed: ["불합격", "Failed", "bad"],
  active: ["활동 중", "Active", "good"],
  paused: ["쉬는 중", "Paused", ""],
  suspended: ["정지", "Suspended", "bad"],
  lapsed: ["만료", "Lapsed", "bad"],
  retired: ["종료", "Retired", ""],
};

const WAITS = {
  account: ["초대 수락", "to accept the invitation"],
  consents: ["동의", "consents"],
  door: ["집 위치", "the door"],
  mending: ["서류 보완", "papers to be mended"],
  documents: ["서류 확인", "papers to be looked at"],
  training: ["교육", "training"],
  test_booking: ["시험 예약", "a test to be booked"],
  test: ["시험", "the test"],
  retest_booking: ["재시험 예약", "a retest to be booked"],
  activation: ["활동 시작", "activation"],
  reinstatement: ["정지 해제", "an end of the suspension"],
  resuming: ["활동 재개", "to go on"],
  dispute: ["반려견 소유 결정", "a decision about the dog"],
  standing: ["끝난 자격 갱신", "what has lapsed to be put right"],
  renewal: ["갱신 서류 확인", "the renewal's papers"],
  renewal_test: ["갱신 시험", "the renewal's test"],
};

const ON = {
  handler: ["보호자", "handler"],
  coordinators: ["코디네이터", "coordinators"],
  examiners: ["평가위원", "examiners"],
};

const STEPS = {
  apply: ["신청", "applied"],
  import: ["명단에서 가져옴", "imported"],
  edit: ["정보 수정", "edited"],
  add_dog: ["반려견 추가", "dog added"],
  accept_documents: ["서류 승인", "papers accepted"],
  refuse_documents: ["서류 보완 요청", "papers refused"],
  book_test: ["시험 예약", "test booked"],
  pass_test: ["시험 합격", "test passed"],
  fail_test: ["시험 불합격", "test failed"],
  activate: ["활동 시작", "activated"],
  pause: ["쉼", "paused"],
  resume: ["재개", "resumed"],
  suspend: ["정지", "suspended"],
  reinstate: ["정지 해제", "reinstated"],
  lapse: ["만료", "lapsed"],
  return: ["다시 활동", "back"],
  return_paused: ["다시 쉼", "back, paused"],
  miss_test: ["시험 불참", "test missed"],
  train: ["교육 마침", "trained"],
  vaccinate: ["백신 갱신", "vaccinated"],
  bite: ["물림 사고 신고", "bite reported"],
  keep_dog: ["반려견 소유 인정", "keeps the dog"],
  lose_dog: ["반려견 소유 불인정", "loses the dog"],
  ask_renewal: ["갱신 신청", "renewal asked for"],
  accept_renewal: ["갱신 서류 승인", "renewal's papers accepted"],
  refuse_renewal: ["갱신 서류 보완 요청", "renewal's papers refused"],
  book_renewal_test: ["갱신 시험 예약", "renewal's test booked"],
  pass_renewal_test: ["갱신 시험 합격", "renewal's test passed"],
  fail_renewal_test: ["갱신 시험 불합격", "renewal's test failed"],
  miss_renewal_test: ["갱신 시험 불참", "renewal's test missed"],
  renew: ["1년 갱신", "renewed"],
  retire: ["종료", "retired"],
};

export const REASONS = [
  ["광견병 예방접종 증명이 필요합니다.", "Proof of the rabies vaccination is needed."],
  ["동물등록번호를 다시 확인해 주세요.", "Please check the registration number."],
  ["반려견의 나이와 몸무게를 확인해 주세요.", "Please check your dog's age and weight."],
  ["지원 동기를 조금 더 적어 주세요.", "Please say a little more about why you join."],
];

/** [words, kind of tag] of a state; one that is not known here stands as it is. */
export const stateOf = (state) => (STATE[state] ? [say(STATE[state][0], STATE[state][1]), STATE[state][2]] : [state, ""]);

/** "보호자: 동의, 집 위치" of what a team waits for; "" when for nothing. */
export function waitsOf(team) {
  if (team.waits_for.length === 0) return "";
  const what = team.waits_for.map((one) => (WAITS[one] ? say(...WAITS[one]) : one)).join(", ");
  return `${say(...(ON[team.waits_on] ?? [team.waits_on, team.waits_on]))}: ${what}`;
}

export const stepOf = (step) => (STEPS[step.action] ? say(...STEPS[step.action]) : step.action);

/** "12일째" since a moment. */
export function waited(moment) {
  const days = Math.floor((Date.now() - new Date(moment)) / 86_400_000);
  return days < 1 ? say("오늘부터", "since today") : say(`${days}일째`, `${days} ${days === 1 ? "day" : "days"}`);
}

/** "진돗개 · 18.5 kg · 2021년생" and what matters of a dog. */
export function dogOf(dog) {
  const marks = [
    dog.brachycephalic && say("단두종", "flat-faced"),
    dog.overweight && say("과체중", "overweight"),
    dog.reactive && say("다른 개에 예민", "reactive to dogs"),
  ].filter(Boolean);
  return [dog.breed, `${dog.weight_kg} kg`, say(`${dog.born_on.slice(0, 4)}년생`, `born ${dog.born_on.slice(0, 4)}`), ...marks].join(" · ");
}

/** Until when a dog is vaccinated, in words, and whether that is over. */
export function vaccinationOf(dog) {
  if (!dog.vaccinated_until) return [say("백신 정보 없음", "no vaccination stated"), true];
  const over = dog.vaccinated_until < dayOf(Date.now());
  return [say(`백신 ${dog.vaccinated_until}까지`, `vaccinated until ${dog.vaccinated_until}`), over];
}

/** "410-0000-0000-0001". */
export const grouped = (digits) => [digits.slice(0, 3), ...(digits.slice(3).match(/.{1,4}/g) ?? [])].join("-");

export const dayOfStep = (step) => onDay(step.at);
