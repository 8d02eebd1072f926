/** A live list of sightings: fetched whole, then kept by the stream. The officers' page and the coordinators' panel. */

import { all, get } from "./api.js";
import { announce, find } from "./elements.js";
import { announceNew, card, carryOver, inOrder, isOpen, keepTime } from "./sighting_card.js";
import { threadNews } from "./thread.js";

const AGAIN_MS = 3000;
const MOST = 2000; // as many cards as a page can bear
export const LATELY = 200; // as many of the past as anybody looks through

/**
 * Keep `list` showing what `path` lists and `belongs` lets through. Returns {refresh, onEvent}: call `onEvent` with each
 * event of the stream. At most `most` are fetched; they stand in `order`. `shown(sightings)` is called after every change, `arrived(sighting)` for each new one.
 */
export function keepQueue(list, { path, belongs, shown, arrived = () => {}, most = MOST, order = inOrder }) {
  const known = new Map();
  const turns = new Map(); // when what is known of each, or that it is gone, was asked for
  let asked = 0;
  let filled = false;

  /** What was asked for earlier than what is known does not take its place. */
  const isLate = ({ id, version = 0 }, turn) => {
    const newer = version - (known.get(id)?.sighting.version ?? version);
    if (newer < 0 || (newer === 0 && turn < (turns.get(id) ?? 0))) return true;
    turns.set(id, turn);
    return false;
  };
  const put = (sighting, said = "", turn = ++asked) => {
    if (isLate(sighting, turn)) return undefined;
    const before = known.get(sighting.id);
    if (!belongs(sighting) || sighting.linked) return drop(sighting.id, turn);
    const asBefore = before && same(before.sighting, sighting);
    if (asBefore && !said) return undefined;
    const element = card(sighting, { changed: put, gone: drop });
    known.set(sighting.id, { sighting, element });
    place(element, before?.element);
    if (said) tell(element, said);
    if (!before && filled && isOpen(sighting)) {
      announceNew(sighting, element);
      arrived(sighting);
    }
    shown(sightings());
    return element;
  };
  const drop = (id, turn = ++asked) => {
    if (turn < (turns.get(id) ?? 0)) return;
    turns.set(id, turn);
    known.get(id)?.element.remove();
    known.delete(id);
    shown(sightings());
  };
  const place = (element, before) => {
    const active = document.activeElement;
    const held = before?.contains(active);
    if (before) {
      carryOver(before, element);
      before.replaceWith(element);
    }
    const ordered = sightings().map((sighting) => known.get(sighting.id).element);
    ordered.forEach((one, index) => {
      if (list.children[index] !== one) list.insertBefore(one, list.children[index] ?? null);
    });
    if (held) (find(active.name ? `[name="${active.name}"]` : "[data-action], button[aria-expanded]", element) ?? element).focus();
  };
  const sightings = () => [...known.values()].map((entry) => entry.sighting).sort(order);

  const refresh = async () => {
    const turn = ++asked;
    const found = await all(path, most);
    const ids = new Set(found.map((sighting) => sighting.id));
    for (const id of [...known.keys()]) if (!ids.has(id)) drop(id, turn);
    for (const sighting of found) put(sighting, "", turn);
    filled = true;
    shown(sightings());
  };
  const onEvent = async (event) => {
    const { kind, content } = event;
    if (kind !== "sighting") return;
    const turn = ++asked;
    try {
      put(await sightingOf(event), "", turn);
    } catch (error) {
      if (error.status === 404 || error.status === 403) drop(content.id, turn);
      else setTimeout(onEvent, AGAIN_MS, event); // the event comes once: what it told of must not be lost
    }
  };
  keepTime(sightings);
  return { refresh, onEvent };
}

const reads = new WeakMap(); // event → what it tells of, which the lists of a page fetch once for all

function sightingOf(event) {
  const { id } = event.content;
  if (!reads.has(event)) {
    threadNews(id);
    reads.set(event, get(`/sightings/${id}`).finally(() => reads.delete(event)));
  }
  return reads.get(event);
}

const SHOWN = ["version", "corroborations", "same_as", "messages", "unread_messages", "contact_shared"];
const same = (one, other) => one.steps.length === other.steps.length && SHOWN.every((name) => one[name] === other[name]);

function tell(element, text) {
  const line = find(".note", element);
  line.textContent = text;
  line.hidden = false;
  announce(text, { atOnce: true });
}
