/** What pages say, in the page's language, and how they write times, distances and places. */

const page = document.documentElement;

export const language = page.lang === "en" ? "en" : "ko";

/** The Korean or the English sentence. */
export const say = (ko, en) => (language === "ko" ? ko : en);

/** The page's language of {ko, en}. */
export const said = (words) => words?.[language] ?? words?.en ?? "";

const zoned = (options) => new Intl.DateTimeFormat(language, { timeZone: page.dataset.zone, ...options });
const time = zoned({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const DAY = { month: language === "ko" ? "long" : "short", day: "numeric", weekday: "short" };
const date = zoned(DAY);
const isoDate = new Intl.DateTimeFormat("sv", { timeZone: page.dataset.zone });
const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** "2026-03-01": the day it is in the city. */
export const dayOf = (moment) => isoDate.format(new Date(moment));

/** "19:30" in the city's time. */
export const atTime = (moment) => time.format(new Date(moment));

/** "11월 22일 (토)" in the city's time. */
export const onDay = (moment) => date.format(new Date(moment));

/** "11월 22일 (토)" of a plain date such as 2026-11-22; of another year "2027년 11월 22일". */
export function ofDate(text) {
  const { weekday, ...day } = DAY;
  const shown = text.slice(0, 4) === dayOf(Date.now()).slice(0, 4) ? { ...day, weekday } : { ...day, year: "numeric" };
  return new Intl.DateTimeFormat(language, { timeZone: "UTC", ...shown }).format(new Date(`${text}T00:00Z`));
}

/** "19:30" today, else with the day before it. */
export const when = (moment) =>
  dayOf(moment) === dayOf(Date.now()) ? atTime(moment) : `${onDay(moment)} ${atTime(moment)}`;

export const number = (value) => whole.format(value);
export const percent = (share) => `${whole.format(share * 100)}%`;

/** "120 m", "1.4 km". */
export const metres = (value) => (value < 995 ? `${whole.format(value < 100 ? value : Math.round(value / 10) * 10)} m` : `${tenth.format(value / 1000)} km`);

/** "28분", "1시간 5분". */
export function duration(seconds) {
  const minutes = Math.round(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return say(`${minutes}분`, `${minutes} min`);
  return say(`${hours}시간 ${minutes % 60}분`, `${hours} h ${minutes % 60} min`);
}

/** "방금", "3분 전", "2시간 전". */
export function ago(moment, now = Date.now()) {
  const minutes = Math.floor((now - new Date(moment)) / 60_000);
  if (minutes < 1) return say("방금", "just now");
  if (minutes < 60) return say(`${minutes}분 전`, `${minutes} min ago`);
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return say(`${hours}시간 전`, `${hours} h ago`);
  return say(`${Math.floor(hours / 24)}일 전`, `${Math.floor(hours / 24)} days ago`);
}

const REASONS = {
  accident_hot_spot: ["사고 다발 지점", "accident hot spot"],
  bar_street: ["유흥가", "bars"],
  cctv_gap: ["CCTV 사각", "far from any camera"],
  child_zone: ["어린이 보호구역", "child zone"],
  metro_exit: ["지하철 출구", "metro exit"],
  motel_street: ["숙박업소 밀집", "motels"],
  street: ["거리 성격", "kind of street"],
};

/** Why a block is a target: the reason in words; one that a city made up itself stands as it is. */
export const reason = (code) => (REASONS[code] ? say(...REASONS[code]) : code.replaceAll("_", " "));

/** "Weight 7.2 (accident hot spot 3, bars 4)" of a block's reasons. */
export const reasons = (list) => (list ?? []).map((one) => reason(one.code)).join(" · ");

/** A street's name, or that it has none. */
export const street = (name) => name || say("이름 없는 길", "unnamed street");
