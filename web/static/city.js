/** The caller's city, fetched once a page: its bounds, kinds of sighting, hotlines. */

import { get } from "./api.js";

let asked = null;

export const city = () => (asked ??= get("/city"));
