/** A map on which a handler says where walks begin. */

import { city } from "./city.js";
import { find, ready, toast } from "./elements.js";
import { makeMap, pin } from "./map.js";
import { say } from "./words.js";

/**
 * Make the map in `field` work. Gives {place: {lon, lat} or null, stated()}; stated() asks for it where it is missing.
 */
export async function chooseDoor(field) {
  const { bbox } = await city();
  const ground = find(".map", field);
  const state = find("[data-state]", field);
  const { map } = makeMap(ground, { bbox, label: say("출발하는 곳을 고르는 지도", "Map to choose where walks begin") });
  const door = {
    place: null,
    stated() {
      if (this.place) return true;
      state.textContent = say("지도를 눌러 출발하는 곳을 정해 주세요.", "Tap the map to say where walks begin.");
      ground.scrollIntoView({ block: "center" });
      return false;
    },
  };
  let mark = null;
  const set = (lon, lat) => {
    door.place = { lon, lat };
    mark ??= pin([lon, lat], "⌂", { kind: "door", size: 28 }).addTo(map);
    mark.setLatLng([lat, lon]);
    state.textContent = say("표시했습니다.", "Marked.");
  };
  map.on("click", ({ latlng }) => set(latlng.lng, latlng.lat));
  ready(find("[data-here]", field), "click", () =>
    navigator.geolocation?.getCurrentPosition(
      ({ coords }) => {
        set(coords.longitude, coords.latitude);
        map.setView([coords.latitude, coords.longitude], 17);
      },
      () => toast(say("위치를 알 수 없습니다. 지도를 눌러 주세요.", "Your position is not known; tap the map.")),
    ));
  return door;
}
