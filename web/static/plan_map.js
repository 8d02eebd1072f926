/** What the coordinators' map shows over the streets: target blocks, police boxes and the plan's routes. */

import { h } from "./elements.js";
import { blockShape, colour, flip, pin, routeColour, spread, tip } from "./map.js";
import { HELPED } from "./route_list.js";
import { metres, reason, said, say, street } from "./words.js";

/** Blocks by weight, the heaviest on top. */
export function drawBlocks(layer, blocks, { popup }) {
  layer.clearLayers();
  for (const block of [...blocks].sort((one, other) => one.weight - other.weight)) {
    const shape = tip(blockShape(block.geometry, block.weight), `${block.code} · ${street(block.street)} · ${block.weight}`);
    shape.bindPopup(() => popup(block), { maxWidth: 280 }).on("popupopen", () => shape.closeTooltip());
    shape.addTo(layer);
  }
}

/** Let the blocks stand back while one route is looked at. */
export const fadeBlocks = (layer, faded) => layer.eachLayer((block) => block.setStyle({ opacity: faded ? 0.25 : 0.85 }));

/** What is to know of a block: street, weight, why, and who walks it or why nobody does. */
export function blockPopup(block, { routes, leftOut, teams }, pins) {
  const walked = routes.filter((route) => route.blocks.includes(block.id));
  const out = leftOut.find((one) => one.block === block.id);
  const size = block.kind === "point" ? say(`${Math.round(block.dwell_s / 60)}분 머물기`, `stay ${Math.round(block.dwell_s / 60)} min`) : metres(block.length_m);
  return h("div", { class: "stack tight" },
    h("strong", {}, street(block.street)),
    h("span", {}, say(`${block.code} · 중요도 ${block.weight} · ${size}`, `${block.code} · weight ${block.weight} · ${size}`)),
    h("ul", {}, block.reasons.map((one) => h("li", {}, `${reason(one.code)} ${one.points}`))),
    ...walked.map((route) => h("div", { class: "row" },
      h("span", {}, say(`순찰: ${route.team.code}`, `Planned for ${route.team.code}`)), pins.buttons(block, route.team))),
    out ? h("span", {}, said(out.sentence)) : null,
    out && HELPED.has(out.reason) ? pins.chooser(block, teams) : null,
  );
}

/** Police boxes as small squares with their name. */
export function drawBoxes(layer, boxes) {
  layer.clearLayers();
  for (const box of boxes) pin([box.lon, box.lat], "P", { kind: "box", size: 22, title: box.name, interactive: true }).bindTooltip(box.name, { direction: "top", offset: [0, -10] }).addTo(layer);
}

/** Number these blocks on the map in their order, and bring them into view; nothing for null. */
export function drawOffer(map, layer, ids, blocks) {
  layer.clearLayers();
  const found = (ids ?? []).map((id) => blocks.get(id)).filter(Boolean);
  found.forEach((block, index) => {
    blockShape(block.geometry, block.weight, { weight: 9 }).addTo(layer);
    pin([block.lon, block.lat], String(index + 1), { kind: "next", title: block.code }).addTo(layer);
  });
  if (found.length) map.fitBounds(L.latLngBounds(found.map((block) => [block.lat, block.lon])), { padding: [64, 64], maxZoom: 17 });
}

/** Routes, each in its own colour. Returns what brings one out: choose(key or null), near(key or null), boundsOf(team), spread(). */
export function drawRoutes(map, layer, routes, { blocks, onChoose, onNear }) {
  layer.clearLayers();
  const numbers = L.layerGroup().addTo(layer);
  const lines = new Map(routes.map((route) => {
    const line = flip(route.line.coordinates);
    const casing = L.polyline(line, { color: colour("map-ground"), weight: 7, opacity: 0.9, interactive: false }).addTo(layer);
    const top = tip(L.polyline(line, { color: routeColour(route.index), weight: 4, opacity: 0.95 }), route.team.code).addTo(layer);
    top.on({ click: () => onChoose(route.key), mouseover: () => onNear(route.key), mouseout: () => onNear(null) });
    return [route.key, { route, casing, top }];
  }));
  let chosen = null;

  function style(near) {
    for (const [key, { casing, top }] of lines) {
      const out = chosen ? key === chosen : !near || key === near;
      top.setStyle({ opacity: out ? 0.95 : 0.18, weight: key === (chosen ?? near) ? 6 : 4 });
      casing.setStyle({ opacity: out ? 0.9 : 0 });
      if (key === (chosen ?? near)) { casing.bringToFront(); top.bringToFront(); }
    }
  }

  return {
    near: style,
    choose(key) {
      chosen = key;
      numbers.clearLayers();
      lines.get(key)?.route.blocks.forEach((id, index) => {
        const block = blocks.get(id);
        if (block) pin([block.lon, block.lat], String(index + 1), { title: block.code }).addTo(numbers);
      });
      spread(map, numbers.getLayers());
      style(null);
    },
    boundsOf: (key) => lines.get(key).top.getBounds(),
    spread: () => spread(map, numbers.getLayers()),
  };
}
