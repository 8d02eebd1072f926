/** Distances on the ground, good for a city. Points are [lon, lat], distances metres. */

const EARTH_M = 6_371_008.8;
const radians = (degrees) => (degrees * Math.PI) / 180;

/** Great-circle distance (haversine). */
export function metresBetween([lon, lat], [otherLon, otherLat]) {
  const half = Math.sin(radians(otherLat - lat) / 2) ** 2 + Math.cos(radians(lat)) * Math.cos(radians(otherLat)) * Math.sin(radians(otherLon - lon) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.sqrt(half));
}

/** The nearest point of a line: {away (metres from it), along (metres from its beginning)}, at `from` metres or later. */
export function nearestOn(line, point, from = 0) {
  const east = EARTH_M * radians(1) * Math.cos(radians(point[1]));
  const north = EARTH_M * radians(1);
  const flat = ([lon, lat]) => [(lon - point[0]) * east, (lat - point[1]) * north];
  let best = { away: Infinity, along: from };
  let gone = 0;
  for (let index = 1; index < line.length; index++) {
    const [ax, ay] = flat(line[index - 1]);
    const [bx, by] = flat(line[index]);
    const length = Math.hypot(bx - ax, by - ay);
    const share = length ? Math.min(1, Math.max(0, -(ax * (bx - ax) + ay * (by - ay)) / length ** 2)) : 0;
    const away = Math.hypot(ax + share * (bx - ax), ay + share * (by - ay));
    const along = gone + share * length;
    if (along >= from && away < best.away) best = { away, along };
    gone += length;
  }
  return best;
}

/** Metres from a point to a block: its nearest end while it is still ahead. */
export function metresTo(geometry, point) {
  const ends = geometry.type === "Point" ? [geometry.coordinates] : [geometry.coordinates[0], geometry.coordinates.at(-1)];
  return Math.min(...ends.map((end) => metresBetween(point, end)));
}
