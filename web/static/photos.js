/** Photos of a sighting: small in a list, whole when pressed. */

import { openDialog } from "./dialog.js";
import { h } from "./elements.js";
import { say } from "./words.js";

/** Small pictures of what the sighting's photos show, "" where there are none. */
export function thumbnails(sighting) {
  if (!sighting.photos?.length) return "";
  return h("div", { class: "photos" }, sighting.photos.map((photo, number) => {
    const path = `/api/v1/sightings/${sighting.id}/photos/${photo.id}`;
    const name = say(`사진 ${number + 1}`, `Photo ${number + 1}`);
    const whole = () => openDialog(name, h("img", { class: "photo", src: `${path}?purpose=answer`, alt: name, width: photo.width, height: photo.height }));
    return h("button", { class: "thumbnail", type: "button", "aria-label": say(`${name} 크게 보기`, `Enlarge ${name.toLowerCase()}`), onclick: whole },
      h("img", { src: `${path}?size=thumbnail`, alt: "", loading: "lazy" }));
  }));
}
