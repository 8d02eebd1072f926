/** Maps drawn from our own streets: no tiles, one canvas. Leaflet comes as the global `L` before the modules run. */

import { get } from "./api.js";
import { say } from "./words.js";

/* global L */

const MAJOR = new Set(["motorway", "trunk", "primary", "secondary", "tertiary"]);
const CREDIT = '© <a href="https://www.openstreetmap.org/copyright" rel="noreferrer">OpenStreetMap</a>';

/** A colour of the page's own set, as it is now (day or night). */
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** [lon, lat] as GeoJSON has it → Leaflet's [lat, lon]; of nested lists too. */
export const flip = (coordinates) =>
  typeof coordinates[0] === "number" ? [coordinates[1], coordinates[0]] : coordinates.map(flip);

/** Call back when the page turns from day to night. */
export const onTheme = (redraw) =>
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => requestAnimationFrame(redraw));

let asked = null;

/** The city's streets as [{major, lines}], fetched once a page; none where the city has none. */
export function streets() {
  asked ??= get("/streets").then(
    (found) => found.features.map(({ properties, geometry }) => ({ major: MAJOR.has(properties.class), lines: geometry.coordinates })),
    () => {
      asked = null; // asked again for the next map
      return [];
    },
  );
  return asked;
}

/** A map on `element`, showing `bbox` [west, south, east, north], with streets at the bottom. */
export function makeMap(element, { bbox, label }) {
  const map = L.map(element, { preferCanvas: true, zoomSnap: 0.25, zoomControl: false, maxZoom: 20, minZoom: 10 });
  L.control.zoom({ position: "bottomright", zoomInTitle: say("확대", "Zoom in"), zoomOutTitle: say("축소", "Zoom out") }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);
  map.attributionControl.setPrefix(false).addAttribution(CREDIT);
  element.setAttribute("role", "region");
  element.setAttribute("aria-label", label);
  if (bbox) map.fitBounds([[bbox[1], bbox[0]], [bbox[3], bbox[2]]]);
  else map.setView([35.16, 129.06], 14);
  const layer = L.layerGroup().addTo(map);
  const draw = async () => {
    const found = await streets();
    layer.clearLayers();
    for (const major of [false, true]) {
      const lines = found.filter((group) => group.major === major).flatMap((group) => flip(group.lines));
      if (lines.length === 0) continue;
      L.polyline(lines, { color: colour(major ? "map-street-major" : "map-street"), weight: major ? 3 : 1.25, interactive: false, smoothFactor: 1.5 })
        .addTo(layer)
        .bringToBack();
    }
  };
  draw();
  onTheme(draw);
  return { map, streets: layer };
}

/** A round mark with a number or sign in it. */
export function pin(at, text, { kind = "", size = 24, title = "", interactive = false } = {}) {
  const icon = L.divIcon({ className: `pin ${kind}`, html: text, iconSize: [size, size] });
  return L.marker(flip(at), { icon, interactive, keyboard: interactive, title, alt: title });
}

/** Of pins that would cover each other only the first is shown; all of them come out as the map is drawn nearer. */
export function spread(map, pins, apart = 22) {
  const kept = [];
  for (const one of pins) {
    const at = map.latLngToContainerPoint(one.getLatLng());
    const free = kept.every((other) => other.distanceTo(at) >= apart);
    if (free) kept.push(at);
    one.getElement()?.classList.toggle("covered", !free);
  }
}

/** Colour of a block by its weight of 1 to 10, in five steps. */
export const weightColour = (weight) => colour(`weight-${Math.min(5, Math.max(1, Math.ceil(weight / 2)))}`);

/** A block's shape: its stretch of street, or a disc at a hot spot. */
export function blockShape(geometry, weight, options = {}) {
  const style = { color: weightColour(weight), weight: 4 + weight / 2, opacity: 0.85, lineCap: "round", ...options };
  return geometry.type === "Point"
    ? L.circleMarker(flip(geometry.coordinates), { ...style, radius: 7, weight: 3, fillOpacity: 0.7 })
    : L.polyline(flip(geometry.coordinates), style);
}

/**
 * A colour for route number `index`: far from its neighbours' and from the blocks' yellows and browns, of even strength
 * (OKLCH), dark by day and light by night.
 */
export function routeColour(index) {
  const hue = (130 + ((index * 0.618034) % 1) * 255) % 360;
  const lightness = Number(colour("route-light")) + ((index % 3) - 1) * 0.07;
  return `oklch(${lightness.toFixed(2)} 0.17 ${hue.toFixed(0)})`;
}

/** A word that follows the pointer along a line. */
export const tip = (layer, text) => layer.bindTooltip(text, { sticky: true, direction: "top", offset: [0, -6] });

/**
 * A small still map around a place, drawn on `canvas`: streets within about `metres`, the place in the middle.
 * Costs nothing but a few lines each, so that every card of a long list can have one.
 */
export async function drawPlace(canvas, [lon, lat], { metres = 160, mark = "accent" } = {}) {
  const groups = await streets();
  const ratio = devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  const perMetre = Math.min(width, height) / (2 * metres);
  const eastM = 111_320 * Math.cos((lat * Math.PI) / 180);
  const x = (point) => width / 2 + (point[0] - lon) * eastM * perMetre;
  const y = (point) => height / 2 - (point[1] - lat) * 110_574 * perMetre;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  for (const { major, lines } of groups) {
    pen.strokeStyle = colour(major ? "map-street-major" : "map-street");
    pen.lineWidth = major ? 5 : 2.5;
    pen.beginPath();
    for (const line of lines) {
      if (!line.some((point) => Math.abs(x(point) - width / 2) < width && Math.abs(y(point) - height / 2) < height)) continue;
      line.forEach((point, index) => (index ? pen.lineTo(x(point), y(point)) : pen.moveTo(x(point), y(point))));
    }
    pen.stroke();
  }
  pen.beginPath();
  pen.arc(width / 2, height / 2, 8, 0, 2 * Math.PI);
  pen.fillStyle = colour(mark);
  pen.strokeStyle = colour("sheet");
  pen.lineWidth = 3;
  pen.fill();
  pen.stroke();
}
