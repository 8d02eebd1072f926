/** Where the phone is during a walk: shown at once, sent in batches under the phone's own ids. */

import { keep } from "./outbox.js";

const KEY = `patrol.track.${document.documentElement.dataset.person}`;
const BATCH = 10;
const BATCH_MS = 20_000;
const MOST = 500;

/** Begin to follow the phone for `walk` {id, started_at}. Returns {stop, pause, resume, last}. */
export function track(walk, { onFix, onTrouble }) {
  const since = Date.parse(walk.started_at);
  let last = null;
  let watch = null;
  let awake = null;

  function take({ coords, timestamp }) {
    last = { at: new Date(timestamp).toISOString(), lon: coords.longitude, lat: coords.latitude, accuracy_m: coords.accuracy };
    const positions = buffered(walk.id);
    if (timestamp >= since && positions.at(-1)?.at !== last.at) hold([...positions, last]);
    onFix(last);
  }

  function hold(positions) {
    localStorage.setItem(KEY, JSON.stringify({ walk: walk.id, positions }));
    const waited = positions.length ? Date.now() - Date.parse(positions[0].at) : 0;
    if (positions.length >= BATCH || waited > BATCH_MS) send();
  }

  function send() {
    const positions = buffered(walk.id);
    localStorage.removeItem(KEY);
    for (let from = 0; from < positions.length; from += MOST) {
      keep("positions", "PUT", `/walks/${walk.id}/positions/${crypto.randomUUID()}`, { positions: positions.slice(from, from + MOST) });
    }
  }

  function resume() {
    if (watch !== null) return;
    if (!navigator.geolocation) return onTrouble("none");
    watch = navigator.geolocation.watchPosition(take, (error) => onTrouble(error.code === error.PERMISSION_DENIED ? "denied" : "none"), {
      enableHighAccuracy: true,
      maximumAge: 0,
      timeout: 30_000,
    });
    stayAwake();
  }

  function pause() {
    if (watch !== null) navigator.geolocation.clearWatch(watch);
    watch = null;
    send();
    awake?.release();
    awake = null;
  }

  // A phone whose screen goes dark stops telling where it is.
  async function stayAwake() {
    try {
      awake = await navigator.wakeLock?.request("screen");
    } catch {
      awake = null;
    }
  }

  const shown = () => {
    if (document.visibilityState === "hidden") send();
    else if (watch !== null) stayAwake();
  };
  document.addEventListener("visibilitychange", shown);
  resume();
  return {
    pause,
    resume,
    last: () => last,
    stop() {
      document.removeEventListener("visibilitychange", shown);
      pause();
    },
  };
}

function buffered(walk) {
  const kept = JSON.parse(localStorage.getItem(KEY) ?? "null");
  return kept?.walk === walk ? kept.positions : [];
}
