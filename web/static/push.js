/** This browser as a device that takes pushes. Permission is asked for by `turnOn` alone, on a press. */

import { get, put, remove } from "./api.js";
import { language, say } from "./words.js";

const WORKER = "/sw.js";
const KEY = `patrol.push.${document.documentElement.dataset.person}`;

const possible = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

/** "impossible" here, "denied" by the browser's settings, "on", or "off". */
export async function pushState() {
  if (!possible) return "impossible";
  if (Notification.permission === "denied") return "denied";
  const subscription = await (await navigator.serviceWorker.getRegistration("/"))?.pushManager.getSubscription();
  return subscription && deviceId() ? "on" : "off";
}

/** Ask for permission, subscribe, and register with the server. `key` is its public key. False when refused. */
export async function turnOn(key) {
  if ((await Notification.requestPermission()) !== "granted") return false;
  await navigator.serviceWorker.register(WORKER);
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
  await register(subscription, deviceId() ?? crypto.randomUUID());
  return true;
}

/** No more pushes here. */
export async function turnOff() {
  const id = deviceId();
  localStorage.removeItem(KEY);
  const subscription = await (await navigator.serviceWorker.getRegistration("/"))?.pushManager.getSubscription();
  await subscription?.unsubscribe();
  if (id) await remove(`/me/devices/${id}`).catch((error) => { if (error.status !== 404) throw error; });
}

/** Browsers change a subscription's address now and then: say where this one is reached, if it was turned on. */
export async function keepRegistered() {
  if ((await pushState()) !== "on") return;
  const registration = await navigator.serviceWorker.getRegistration("/");
  await register(await registration.pushManager.getSubscription(), deviceId());
}

/** The server's public key, or null when it sends no web push. */
export const pushKey = async () => (await get("/me/notifications")).push_key;

export const deviceId = () => localStorage.getItem(KEY);

async function register(subscription, id) {
  const { endpoint, keys } = subscription.toJSON();
  const device = { kind: "web_push", address: endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth }, label: label(), language };
  try {
    await put(`/me/devices/${id}`, device);
    localStorage.setItem(KEY, id);
  } catch (error) {
    if (error.status !== 404) throw error;
    const fresh = crypto.randomUUID(); // the id is somebody else's by now
    await put(`/me/devices/${fresh}`, device);
    localStorage.setItem(KEY, fresh);
  }
}

function label() {
  const browser = ["Edg", "SamsungBrowser", "Firefox", "Chrome", "Safari"].find((name) => navigator.userAgent.includes(name));
  const phone = /Android|iPhone|iPad/.exec(navigator.userAgent)?.[0] ?? say("컴퓨터", "computer");
  return `${{ Edg: "Edge", SamsungBrowser: "Samsung" }[browser] ?? browser ?? say("브라우저", "Browser")} · ${phone}`;
}

function bytes(base64url) {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
