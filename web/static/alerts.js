/** The officer's page: sightings of their box, live. */

import { keepCalls } from "./drills.js";
import { busy, find, ready } from "./elements.js";
import { shows } from "./link_state.js";
import { follow } from "./live.js";
import { keepNotices, offerWriting } from "./notices.js";
import { offerPush } from "./push_offer.js";
import { keepQueue, LATELY } from "./queue_view.js";
import { isNew, isOpen, newestFirst } from "./sighting_card.js";
import { makeSound } from "./sound.js";
import { say } from "./words.js";

const title = document.title;
const sound = makeSound(find("#sound"));
const problem = find("#problem");

const resolved = { belongs: (sighting) => !isOpen(sighting), most: LATELY, order: newestFirst };
const queues = [["open", "/sightings", { belongs: isOpen }], ["resolved", "/sightings?state=resolved", resolved]].map(
  ([name, path, kept]) => {
    const panel = find(`#${name}`);
    const queue = keepQueue(find(".queue", panel), {
      ...kept,
      path,
      shown: (sightings) => {
        find(".empty", panel).hidden = sightings.length > 0;
        if (name === "open") count(sightings);
      },
      arrived: (sighting) => name === "open" && sound(sighting.urgency),
    });
    return { name, panel, tab: find(`[data-shows="${name}"]`), ...queue };
  },
);

function count(sightings) {
  const fresh = sightings.filter(isNew).length;
  document.title = fresh ? `(${fresh}) ${title}` : title;
  find("#count").textContent = sightings.length
    ? say(`열린 신고 ${sightings.length}건 · 미확인 ${fresh}건`, `${sightings.length} open · ${fresh} not acknowledged`)
    : "";
}

for (const { name, tab } of queues) {
  ready(tab, "click", () => {
    for (const other of queues) {
      other.panel.hidden = other.name !== name;
      other.tab.setAttribute("aria-pressed", String(other.name === name));
    }
    refresh();
  });
}

const refresh = () => busy(find("#refresh"), () => Promise.all([...queues.map((queue) => queue.refresh()), refreshNotices(), refreshCalls()]), { problem });
ready(find("#refresh"), "click", refresh);

const refreshNotices = keepNotices(find("#notices"));
offerWriting(find("#write-notice"), find("#notice-form"), { written: refreshNotices });
const refreshCalls = keepCalls(find("#calls"));
refreshCalls().catch(() => {}); // the next refresh shows them
refreshNotices().catch(() => {}); // the same

follow({
  onState: shows(find("#link")),
  onEvent: (event) => {
    if (event.kind === "reset") refresh();
    else if (event.content.kind === "alert_exercise") refreshCalls().catch(() => {});
    else queues.forEach((queue) => queue.onEvent(event));
  },
});
offerPush().catch(() => {}); // an offer: the page does without
