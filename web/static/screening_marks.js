/**
 * An examiner's marks: kept on the phone until the server has them and sent again under the same id (outbox.js).
 * One's own are remembered, so that a slip can be put right; what the server refuses is kept, too, until it is seen to.
 */

import { keep, onSettled, waiting } from "./outbox.js";

const { person } = document.documentElement.dataset;
const OWN = `patrol.marks.${person}`;
const REFUSED = `patrol.refused.${person}`;

const read = (key, empty) => JSON.parse(localStorage.getItem(key) ?? empty);
const write = (key, value) => localStorage.setItem(key, JSON.stringify(value));

const isMark = (entry) => entry.what === "mark";
const dayIn = (entry) => entry.path.split("/")[2];
const place = (day, number, item) => `${day}/${number}/${item}`;

/** How many marks the server does not have yet. */
export const unsent = () => waiting().filter(isMark).length;

/** What one has marked oneself: {item: points} of a candidate. */
export function ownPoints(day, number, items) {
  const own = read(OWN, "{}");
  return Object.fromEntries(items.flatMap((item) => {
    const mark = own[place(day, number, item)];
    return mark ? [[item, mark.points]] : [];
  }));
}

/** Give points; what one gave before is put right by it. The same points again are nothing new. */
export function give(day, number, item, points) {
  const own = read(OWN, "{}");
  const earlier = own[place(day, number, item)];
  if (earlier?.points === points) return;
  const id = crypto.randomUUID();
  write(OWN, { ...own, [place(day, number, item)]: { id, points } });
  keep("mark", "PUT", `/screening-days/${day}/marks/${id}`, { number, item, points, replaces: earlier?.id ?? null, made_at: new Date().toISOString() });
}

/** Note what ends a test at once. */
export const note = (day, number, fault) =>
  keep("mark", "PUT", `/screening-days/${day}/faults/${crypto.randomUUID()}`, { number, fault, made_at: new Date().toISOString() });

/** Marks that the server refused: [{body, message}]. */
export const refused = () => read(REFUSED, "[]");

/** They were seen to. */
export const dismissRefused = () => localStorage.removeItem(REFUSED);

/** Hear of marks that the server took: the candidate as it then is, and on which day. */
export const onTaken = (listener) => onSettled((entry) => {
  if (isMark(entry) && entry.answer) listener(entry.answer, dayIn(entry));
});

onSettled((entry) => {
  if (!isMark(entry) || !entry.problem) return;
  write(REFUSED, [...refused(), { body: entry.body, message: entry.problem.message }]);
  const own = read(OWN, "{}");
  delete own[place(dayIn(entry), entry.body.number, entry.body.item)]; // it stands nowhere
  write(OWN, own);
});
