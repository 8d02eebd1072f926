/**
 * Reports that are not sent: put aside by their walker, or refused by the server with what is wrong. Kept on the phone,
 * for each person apart.
 */

import { keep } from "./outbox.js";

const KEY = `patrol.drafts.${document.documentElement.dataset.person}`;
const PHOTOS = `patrol.photos.${document.documentElement.dataset.person}`;
const LONGEST_SIDE = 1280;

/** Every draft, newest first: {id, kind, text, direction, bite, position, seen_at, called_at, walk, photos, problem}. */
export const drafts = () => JSON.parse(localStorage.getItem(KEY) ?? "[]");

/** Put a draft aside, in place of the one with its id. Throws where the phone's memory is full. */
export function putAside(draft) {
  localStorage.setItem(KEY, JSON.stringify([draft, ...drafts().filter((other) => other.id !== draft.id)]));
}

/** Forget a draft. */
export function discard(id) {
  localStorage.setItem(KEY, JSON.stringify(drafts().filter((draft) => draft.id !== id)));
}

/** Send a draft: kept until the server has it, its photos after it. Throws where the phone's memory is full. */
export function send({ id, position: { lon, lat, accuracy_m = null }, photos, problem, ...said }) {
  discard(id);
  keep("sighting", "PUT", `/sightings/${id}`, { ...said, lon, lat, accuracy_m });
  for (const photo of photos) keep("photo", "PUT", `/sightings/${id}/photos/${photo.id}`, { image: photo.image });
}

/** What the server refused, as a draft again with what was wrong; under a new id where that one was taken. */
export function refused(id, { lon, lat, accuracy_m, ...said }, problem) {
  const own = problem.type === "id-taken" ? crypto.randomUUID() : id;
  putAside({ ...said, id: own, position: { lon, lat, accuracy_m }, photos: [], problem: problem.errors.map(({ detail }) => detail).join(" ") || problem.message });
}

/** Photos that the server refused: [{path, body, message}]. */
export const refusedPhotos = () => JSON.parse(localStorage.getItem(PHOTOS) ?? "[]");

/** Keep a refused photo until its walker sends it again or gives it up. */
export function keepRefused({ path, body }, { message }) {
  localStorage.setItem(PHOTOS, JSON.stringify([...refusedPhotos().filter((other) => other.path !== path), { path, body, message }]));
}

/** Give a refused photo up. */
export function giveUp(path) {
  localStorage.setItem(PHOTOS, JSON.stringify(refusedPhotos().filter((photo) => photo.path !== path)));
}

/** Send a refused photo again. */
export function sendAgain({ path, body }) {
  giveUp(path);
  keep("photo", "PUT", path, body);
}

/** A chosen picture as a JPEG that a phone can keep: smaller, and without what its file said. Throws for no picture. */
export async function picture(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return { id: crypto.randomUUID(), image: canvas.toDataURL("image/jpeg", 0.75) };
}
