/** Moments from what a clock on the wall of the city says. */

const zone = document.documentElement.dataset.zone;
const wall = new Intl.DateTimeFormat("sv", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What is said here as "2026-11-07" and "19:30", as a Date. "24:00" is midnight of the next day. */
export function momentAt(date, clock = "00:00") {
  const [hours, minutes] = clock.split(":").map(Number);
  const wanted = Date.parse(`${date}T00:00Z`) + hours * HOUR_MS + minutes * 60_000;
  let at = wanted;
  for (let turn = 0; turn < 2; turn += 1) at += wanted - Date.parse(`${wall.format(new Date(at)).replace(" ", "T")}Z`);
  return new Date(at);
}

/** The date so many days after another, both as "2026-11-07". */
export const daysAfter = (date, days) => new Date(Date.parse(`${date}T00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** The Monday of a date's week. */
export const mondayOf = (date) => daysAfter(date, -((new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7));
