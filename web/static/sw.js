/** Shows pushes, also while no page is open. Keeps nothing and answers no requests: pages come from the server. */

const INBOX = "/inbox";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const { id, title, body, urgent } = event.data.json();
  // The same id again, as after a server's crash, takes the place of the first without another sound.
  event.waitUntil(self.registration.showNotification(title, { body, tag: id, requireInteraction: urgent, icon: "/static/icon.svg" }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open());
});

async function open() {
  const pages = await self.clients.matchAll({ type: "window" });
  const inbox = pages.find((page) => new URL(page.url).pathname === INBOX);
  return inbox ? inbox.focus() : self.clients.openWindow(INBOX);
}
