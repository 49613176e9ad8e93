{% load static %}// The worker. It keeps pages that were open, answers when the network does not, and never touches sound,
// video, the desk's exports or a question asked of the API. What waits is in IndexedDB (acts.js), never in a cache.
importScripts("{% static "js/acts.js" %}");
const NAME = "x{{ build }}", KEPT = "kept", MOST = 120, DAY = 864e5, { acts, actOf } = self;
const FRAME = ["{% static "css/look.css" %}", "{% static "sprite.svg" %}", "{% static "js/app.js" %}", "{% static "js/acts.js" %}", "{% static "img/wang-hello.svg" %}"];
const LANGUAGES = ["zh-Hans", "en"], KEEPS = /^\/((lessons|modules)\/([\w-]+\/)?)?$/, WORK = /^\/(admin|supervision|api|classes|media|preview)\/|\.(pdf|csv|json|svg)$/;
const FIND = { ignoreVary: true };

// A page of ours for nobody, in one language. A cookie would bring a name and its own language, so none is sent.
// What comes is made anew: a redirected answer cannot be given to a navigation, and "Vary" would hide it.
const fetchPage = (path, lang, etag) => fetch(path, { credentials: "omit", cache: "no-store", redirect: "error", headers: Object.assign({ "Accept-Language": lang }, etag ? { "If-None-Match": etag } : {}) });
const remade = (html, from, more) => new Response(html, { headers: Object.assign({ "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": from.headers.get("Content-Security-Policy") || "", ETag: from.headers.get("ETag") || "" }, more) });
const key = (path, lang) => `${path}?${lang}`;

const keep = async (path, lang) => {
  const cache = await caches.open(KEPT), old = await cache.match(key(path, lang), FIND);
  if (old && Date.now() - old.headers.get("X-Kept") < DAY && old.headers.get("X-Build") === NAME) return;
  const answer = await fetchPage(path, lang, old && old.headers.get("ETag")), mark = { "X-Kept": String(Date.now()), "X-Build": NAME };
  if (answer.status === 404 || answer.status === 410) return cache.delete(key(path, lang), FIND);
  if (answer.status === 304 && old) return cache.put(key(path, lang), remade(await old.text(), old, mark));
  const html = answer.ok ? await answer.text() : "";
  if (!html.includes('data-who=""')) return; // a portal's page, or somebody's
  await cache.put(key(path, lang), remade(html, answer, mark));
  const all = await cache.keys();
  await Promise.all(all.slice(0, Math.max(0, all.length - MOST)).map((one) => cache.delete(one)));
};

self.addEventListener("install", (e) => e.waitUntil((async () => {
  const cache = await caches.open(NAME);
  await cache.addAll(FRAME);
  await Promise.all(LANGUAGES.map(async (lang) => {
    const answer = await fetchPage("/offline/", lang);
    const html = await answer.text();
    if (!answer.ok || !html.includes('data-who=""')) throw new Error("not our page");
    await cache.put(key("/offline/", lang), remade(html, answer));
  }));
  await self.skipWaiting();
})()));
self.addEventListener("activate", (e) => e.waitUntil((async () => {
  const all = await caches.keys();
  await Promise.all(all.filter((name) => name !== NAME && name !== KEPT).map((name) => caches.delete(name)));
  await self.clients.claim();
})()));
self.addEventListener("message", (e) => {
  e.waitUntil(self.clients.claim()); // a page that was on its way while the worker was installed is not its own yet
  if (!e.data || !e.data.keep || (navigator.connection || {}).saveData) return;
  const one = (path) => KEEPS.test(path) && LANGUAGES.includes(e.data.lang) ? keep(path, e.data.lang).catch(() => {}) : 0;
  e.waitUntil(e.data.keep.reduce((before, path) => before.then(() => one(path)), new Promise((go) => setTimeout(go, 1500)))); // after the page that is open
});
self.addEventListener("sync", (e) => e.waitUntil(acts.flush()));

// A kept page as it is shown: this phone's letters, this build's files, and a sign that it is nobody's.
const shown = (html, mine) => FRAME.reduce((text, file) => {
  const [, stem, end] = file.match(/(\/static\/(?:\w+\/)?[\w-]+)[\w.]*\.(\w+)$/);
  return text.replace(new RegExp(`${stem}(\\.\\w+)?\\.${end}`, "g"), file);
}, html.replace(/<html lang="([\w-]+)"[^>]*>/, `<html lang="$1" class="${/^[ \w]*$/.test(mine.look || "") ? mine.look || "" : ""}">`).replace("<body", "<body data-kept"));
const language = (mine) => LANGUAGES.includes(mine.lang) ? mine.lang : LANGUAGES[0];
const find = async (path) => {
  const cache = await caches.open(KEPT), mine = await acts.me(), lang = language(mine);
  const hit = await cache.match(key(path, lang), FIND) || await cache.match(key(path, LANGUAGES.find((other) => other !== lang)), FIND);
  return hit && remade(shown(await hit.text(), mine), hit);
};

// Our page in place of the browser's. "when" names the words that are true.
const ours = async (when, change) => {
  const cache = await caches.open(NAME), mine = await acts.me(), page = await cache.match(key("/offline/", language(mine)), FIND);
  if (!page) return Response.error();
  const html = shown(await page.text(), mine).replace(' data-when="page"', " hidden").replace(` hidden data-when="${when}"`, "");
  return new Response(change ? change(html) : html, { status: 503, headers: page.headers });
};
const silent = () => navigator.onLine === false ? "away" : "silent";

const within = (ms, answer) => ms ? Promise.race([answer, new Promise((_, no) => setTimeout(no, ms, new Error("silent")))]) : answer;
const alive = (answer) => { if (answer.status > 501 && answer.status < 505) throw new Error("stopped"); return answer; };

// "Back" to what answered a form asks only the browser's cache: nothing is sent then, and nothing may wait because of
// it. Its form is shown again, unless it was this form that could not be sent.
const byBack = (request) => request.cache === "only-if-cached";
const visit = async (e, path) => {
  const coming = fetch(byBack(e.request) ? new Request(e.request, { cache: "no-cache" }) : e.request).then(alive), kept = KEEPS.test(path) ? await find(path).catch(() => undefined) : undefined;
  coming.catch(() => {});
  try { return await within(kept ? 3000 : WORK.test(path) ? 0 : 10000, coming); } catch (error) { return kept || ours(silent(), (html) => html.replace('href="/" data-reload', `href="${text(path)}"`)); }
};

const text = (value) => String(value).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const wayOn = (act) => act.quiz ? `/modules/${act.quiz}/` : act.module ? `/modules/${act.module}/` : act.lesson ? `/lessons/${act.lesson}/` : "/modules/";
// What could not be sent is shown, and can be sent again; passwords, codes and files have to be given anew.
const unsent = (html, path, form, back) => {
  const rows = Array.from(form), plain = rows.every(([name, value]) => typeof value === "string" && !/pass|code|otp/.test(name));
  const words = rows.filter(([name, value]) => typeof value === "string" && value.trim() && /^(text|name|title|reason|note|comment|body)/.test(name)).map(([, value]) => `<blockquote class="panel pre">${text(value)}</blockquote>`).join("");
  const again = plain ? `<form method="post" action="${text(path)}">${rows.map(([name, value]) => `<input type="hidden" name="${text(name)}" value="${text(value)}">`).join("")}` : `<form action="${text(back)}">`;
  return html.replace("<!--typed-->", words).replace("<form data-again>", again);
};
const lost = new Set();
const handIn = async (e, url) => {
  const copy = e.request.clone(), known = !WORK.test(url.pathname) && !url.pathname.startsWith("/accounts/");
  try { const answer = alive(await within(known ? 10000 : WORK.test(url.pathname) ? 0 : 30000, fetch(e.request))); lost.delete(url.pathname + url.search); return answer; } catch (error) {
    const form = await copy.formData().catch(() => new FormData()), act = actOf(url.pathname, form), path = url.pathname + url.search;
    if (byBack(e.request) && !lost.has(path)) return Response.redirect(e.request.referrer || path, 303);
    if (act && !byBack(e.request) && await waits(act, form)) return ours("kept", (html) => html.replace(act.kind === "answer" || act.kind === "review" ? " hidden data-judged" : "<>", "").replace('href="/modules/" data-on', `href="${text(wayOn(act))}"`));
    lost.add(path);
    return ours("unsent", (html) => unsent(html, path, form, e.request.referrer || path));
  }
};
// The page wrote it down before it was sent; if not, it is done now. What once went out is not changed: other words are another act.
const waits = async (act, form) => {
  if (!act.id) delete act.id;
  const [rows, mine] = await Promise.all([acts.all(), acts.me()]), name = form.get("phone_name") || mine.name;
  const before = rows.find((r) => r.n && r.phone === name && Object.keys(act).every((field) => JSON.stringify(r.item[field]) === JSON.stringify(act[field])));
  if (!before && rows.some((r) => r.item.id === act.id)) act.id = acts.uuid();
  const row = before || Object.assign(acts.row(act, mine, mine.now), { phone: name });
  if (!await acts.put(Object.assign(row, { due: 0 }))) return false;
  await acts.tx((_a, _s, _p, drafts) => { drafts.openCursor().onsuccess = (e) => { const one = e.target.result; if (one) { if (one.value.data.id === form.get("id")) one.delete(); one.continue(); } }; }).catch(() => {});
  if (self.registration.sync) self.registration.sync.register("acts").catch(() => {});
  return true;
};

// A form of another site goes past the worker, so that the browser says where it comes from.
const fromHere = (request) => request.referrer && new URL(request.referrer).origin === location.origin;
self.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url), { method, mode } = e.request;
  if (url.origin !== location.origin) return;
  if (mode === "navigate" && method === "POST" && fromHere(e.request)) e.respondWith(handIn(e, url));
  else if (mode === "navigate" && method === "GET" && !url.pathname.startsWith("/media/")) e.respondWith(visit(e, url.pathname));
  else if (method === "GET" && url.pathname.startsWith("/static/")) e.respondWith(caches.match(e.request, FIND).then((hit) => hit || fetch(e.request)));
});
