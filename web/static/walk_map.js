/** The walker's map: the way, its numbered blocks, the door, and where the phone is. */

import { city } from "./city.js";
import { blockShape, colour, flip, makeMap, onTheme, pin, spread } from "./map.js";
import { say } from "./words.js";

/** A map on `element`: draw(route, done) and here(position or null). */
export async function makeWalkMap(element) {
  const { bbox } = await city();
  const { map } = makeMap(element, { bbox, label: say("경로 지도", "Map of the route") });
  const layer = L.layerGroup().addTo(map);
  let shown = null;
  let latest = [];
  let me = null;
  let pins = [];
  map.on("zoomend", () => spread(map, pins));

  function draw(route, done) {
    latest = [route, done];
    layer.clearLayers();
    const line = flip(route.line.coordinates);
    for (const stop of route.stops) blockShape(stop.geometry, stop.weight, { weight: 11, opacity: done.has(stop.block) ? 0.25 : 0.7, interactive: false }).addTo(layer);
    L.polyline(line, { color: colour("accent"), weight: 4, interactive: false }).addTo(layer);
    pin(route.line.coordinates[0], "⌂", { kind: "door", size: 24, title: say("출발과 도착", "Start and finish") }).addTo(layer);
    const next = route.stops.find((stop) => !done.has(stop.block));
    pins = [];
    for (const stop of route.stops) {
      const finished = done.has(stop.block);
      const mark = pin(middle(stop.geometry), finished ? "✓" : String(stop.position), { kind: finished ? "done" : stop === next ? "next" : "", size: 24, title: stop.street }).addTo(layer);
      if (stop === next) pins.unshift(mark);
      else pins.push(mark);
    }
    if (shown !== route) {
      map.invalidateSize();
      map.fitBounds(L.latLngBounds(line), { padding: [28, 28] });
      shown = route;
    }
    spread(map, pins);
  }

  function here(position) {
    if (!position) {
      me?.remove();
      me = null;
      return;
    }
    const place = [position.lat, position.lon];
    me ??= pin([position.lon, position.lat], "", { kind: "me", size: 20, title: say("지금 여기", "You are here") }).addTo(map);
    me.setLatLng(place).setZIndexOffset(1000);
    if (!map.getBounds().pad(-0.2).contains(place)) map.panTo(place);
  }

  onTheme(() => latest.length && draw(...latest));
  return { draw, here };
}

const middle = ({ type, coordinates }) => (type === "Point" ? coordinates : coordinates[Math.floor(coordinates.length / 2)]);
