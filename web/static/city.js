/** The caller's city, fetched once a page: its bounds, kinds of sighting, hotlines. */

import { get } from "./api.js";

let asked = null;

export function city() {
  asked ??= get("/city").catch((error) => {
    asked = null; // asked again the next time
    throw error;
  });
  return asked;
}
