{% load static %}// Offline: the frame and the "no network" page stay on the phone; pages come from the network first.
const NAME = "x{{ build }}";
const FRAME = ["/offline/", "{% static "look.css" %}", "{% static "sprite.svg" %}", "{% static "app.js" %}"];
self.addEventListener("install", (e) => e.waitUntil(caches.open(NAME).then((c) => c.addAll(FRAME)).then(() => self.skipWaiting())));
self.addEventListener("activate", (e) => e.waitUntil(caches.keys().then((all) => Promise.all(all.filter((k) => k !== NAME).map((k) => caches.delete(k)))).then(() => self.clients.claim())));
self.addEventListener("fetch", (e) => {
  if (e.request.method !== "GET") return;
  const url = new URL(e.request.url);
  if (url.origin !== location.origin) return;
  if (e.request.mode === "navigate") e.respondWith(fetch(e.request).catch(() => caches.match("/offline/")));
  else if (url.pathname.startsWith("/static/")) e.respondWith(caches.match(e.request).then((hit) => hit || fetch(e.request)));
});
