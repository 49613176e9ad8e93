// Switched off by the operator: the worker of before goes, with the pages it kept. What waits to be sent stays on the phone.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (e) => e.waitUntil((async () => {
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
  await self.registration.unregister();
  (await self.clients.matchAll({ type: "window" })).forEach((page) => page.navigate(page.url).catch(() => {}));
})()));
