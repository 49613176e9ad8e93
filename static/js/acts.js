// Xiangji: what this phone keeps until the server has it. app.js brings this file when there is something to
// keep; the worker (sw.js) imports it too. Understood by Chromium 78 and iOS 13.

// Acts wait on the phone until the server has them, in the order in which they were made. They belong
// to whoever made them: "who" is the page's short name of the learner, "phone" this phone's own name.
self.acts = (() => {
  "use strict";
  const SYNC = "/api/v1/sync/", MARK = "xiangji-sync", STORES = ["acts", "sent", "phone", "drafts"], HOUR = 36e5;
  const uuid = () => crypto.randomUUID ? crypto.randomUUID() : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));
  const guest = (who) => !who || who[0] === "g", bare = { name: uuid(), now: "" }, spare = [];
  let base, last = Promise.resolve();

  const open = () => base || (base = new Promise((yes, no) => {
    const asked = indexedDB.open("mooc", 1);
    asked.onupgradeneeded = () => STORES.forEach((name, i) => asked.result.createObjectStore(name, i ? i < 2 ? { keyPath: "n" } : {} : { keyPath: "n", autoIncrement: true }));
    asked.onsuccess = () => { asked.result.onversionchange = asked.result.onclose = () => { base = 0; asked.result.close(); }; yes(asked.result); };
    asked.onerror = no;
    setTimeout(no, 3000); // some phones never answer
  }));
  // One transaction over all stores; resolves with what the request "work" returned holds, once it is on the disk.
  const tx = (work, mode) => open().then((db) => new Promise((yes, no) => {
    let t;
    try { t = db.transaction(STORES, mode || "readwrite", { durability: "strict" }); } catch (e) { t = db.transaction(STORES, mode || "readwrite"); }
    const asked = work(...STORES.map((name) => t.objectStore(name)));
    t.oncomplete = () => yes(asked && asked.result);
    t.onabort = () => no(t.error);
  }));

  // This phone: its name, who is on it now, language and letters. Without storage: for this page only.
  const me = (change) => {
    let mine;
    return tx((_a, _s, phone) => {
      phone.get("me").onsuccess = (e) => {
        const was = e.target.result || { name: uuid(), now: "" };
        mine = change ? Object.assign({}, was, change(was)) : was;
        if (JSON.stringify(mine) !== JSON.stringify(e.target.result)) phone.put(mine, "me");
      };
    }).then(() => mine).catch(() => Object.assign(bare, change && change(bare)));
  };
  const all = () => tx((acts) => acts.getAll(), "readonly").catch(() => []).then((rows) => rows.concat(spare));
  // Written before anything is shown or sent. Where nothing can be written the row lives as long as the page.
  // The last word before a page goes has no time to wait for the answer, so it is committed at once.
  const put = (row) => tx((acts) => { const asked = acts.put(row), t = asked.transaction; if (t.commit) t.commit(); return asked; }).then(() => true, () => { spare.push(row); return false; });
  const row = (item, mine, who, due) => ({ item: Object.assign({ id: uuid(), at: new Date().toISOString() }, item), who, phone: mine.name, tried: 0, due: due || 0 });

  // Only an answer with our mark counts: a portal's page, an error and silence leave everything as it is.
  const post = (rows, phone, cookies) => {
    const stop = new AbortController(), body = JSON.stringify({ phone, sent: new Date().toISOString(), items: rows.map((r) => Object.assign({}, r.item, { who: r.who })) });
    const timer = setTimeout(() => stop.abort(), 9000);
    return fetch(SYNC, { method: "POST", body, headers: { "Content-Type": "application/json" }, credentials: cookies ? "same-origin" : "omit", redirect: "error", keepalive: body.length < 2e4, signal: stop.signal })
      .then((r) => r.json().then((said) => said.mark === MARK && said.results ? said : { refused: [400, 413, 422, 500].includes(r.status) }))
      .catch(() => ({})).then((said) => { clearTimeout(timer); return said; });
  };

  // What the list says of each act: stored ones leave the queue and are held until a backup has them;
  // what can never be stored stands aside with the reason; what may go later is tried again, the third time after an hour.
  const settle = (rows, said, cookies) => {
    const by = {};
    said.results.forEach((r) => { by[r.id] = r; });
    const stored = (r) => by[r.item.id] && by[r.item.id].status !== "rejected";
    rows.filter((r) => !r.n).forEach((r) => { if (stored(r)) spare.splice(spare.indexOf(r), 1); else if (by[r.item.id] && by[r.item.id].keep === false) r.lost = by[r.item.id].detail; });
    return tx((acts, sent, phone) => {
      rows.forEach((r) => {
        const one = by[r.item.id];
        if (!r.n) return; // what the list leaves out is tried again like what may go later
        if (stored(r)) { acts.delete(r.n); sent.put(Object.assign({}, r, { server: said.server, high: said.high, due: 0, tried: 0 })); }
        else acts.put(Object.assign({}, r, one && one.keep === false ? { lost: one.detail || one.code } : refused(r)));
      });
      sent.getAll().onsuccess = (e) => e.target.result.forEach((r, i, held) => {
        if (r.server !== said.server) { sent.delete(r.n); acts.put(r); } // another database: it went back to a backup
        else if (r.high <= said.backed_up || i < held.length - 500) sent.delete(r.n);
      });
      if (cookies && said.who) phone.get("me").onsuccess = (e) => { const mine = e.target.result; if (mine && !mine.now) phone.put(Object.assign(mine, { now: said.who }), "me"); };
    }).catch(() => {});
  };
  const refused = (r) => ({ tried: r.tried + 1, due: r.tried > 1 ? Date.now() + HOUR : r.due });

  // Oldest first. Rows of an account go only while it is on; those of a guest by the name of the phone they were made with.
  const next = (rows, mine, done) => {
    // While the cookie of whoever had the phone before is still there, nothing goes with it.
    const ours = (r) => !mine.left && (r.who ? r.who === mine.now : guest(mine.now) && r.phone === mine.name);
    const open = rows.filter((r) => !r.lost && !done.has(r.item.id) && r.due <= Date.now() && (ours(r) || guest(r.who)));
    let size = 0;
    return open.filter((r) => ours(r) === ours(open[0]) && (ours(r) || r.phone === open[0].phone)).slice(0, 100).filter((r) => (size += JSON.stringify(r.item).length) < 6e4 || r === open[0]).map((r) => [r, ours(r)]);
  };
  let usual = 100; // a slow server may not manage a hundred in time
  const send = (at) => {
    const done = new Set();
    let most = usual;
    const step = () => Promise.all([all(), me()]).then(([rows, mine]) => {
      if (at) rows = rows.map((r) => Object.assign(r, { due: 0 }));
      const batch = next(rows, mine, done).slice(0, most), some = batch.map((pair) => pair[0]);
      if (!some.length) return true;
      const cookies = batch[0][1];
      return post(some, some[0].phone, cookies).then((said) => {
        some.forEach((r) => done.add(r.item.id));
        if (said.results) return settle(some, said, cookies).then(step);
        if (!said.refused) { usual = 20; return false; }
        if (some.length > 1) { most = 1; done.clear(); return step(); } // one of them spoils the others: each by itself
        return some[0].n ? tx((acts) => acts.put(Object.assign({}, some[0], refused(some[0])))).then(step) : step();
      });
    });
    return step();
  };
  // One sender at a time on this phone; where there are no locks the server knows what comes twice.
  const flush = (now) => (last = last.then(() => navigator.locks ? navigator.locks.request("acts", () => send(now)) : send(now)).catch(() => false));

  return { uuid, guest, tx, me, all, put, row, flush };
})();

// What was posted by a form, as an act for the list; nothing for forms that are not kept.
self.actOf = (path, form) => {
  const [first, second, third] = path.split("/").slice(1), get = (name) => form.get(name) || "", about = { wish: "wish", complaint: "complaint", report: get("kind") };
  const chosen = form.getAll("choice"), id = get("id"), text = get("text"), lesson = get("lesson"), block = +get("block") || 0, edition = +get("edition") || 0;
  if (first === "lessons" && third === "done") return { kind: "record", lesson: second, verb: "completed" };
  if (first === "quizzes" && third === "answer") return chosen.length ? { kind: "answer", quiz: get("quiz"), attempt: get("attempt"), item: get("item"), edition, chosen } : 0;
  if (/^\/me\/review\/\d+\/answer\/$/.test(path)) return chosen.length ? { kind: "review", card: +third, round: +get("round"), edition, chosen } : 0;
  if (path === "/questions/ask/") return text.trim() ? { kind: "question", id, text, lesson, block } : 0;
  if (first === "feedback" && second === "face") return { kind: "reaction", id, module: third, face: +get("face") };
  if (first === "feedback" && about[second] && (text.trim() || second === "report")) return { kind: "report", id, about: about[second], text, lesson };
  return 0;
};

if (self.document) self.phone = (() => {
  "use strict";
  const d = document, { acts, words } = self, page = d.body.dataset, root = d.documentElement, kept = "kept" in page;
  const cookie = (name) => (d.cookie.match(`(?:^|; )${name}=([^;]*)`) || [])[1] || "";
  let mine = { name: "", now: "" };

  const each = (stores, work) => stores.forEach((store) => { store.openCursor().onsuccess = (e) => { const at = e.target.result; if (at) { work(at); at.continue(); } }; });
  // "All deleted": nothing of whoever was here stays on the phone either, waiting, sent or half written.
  const forget = (stores, drafts) => {
    const { now, name } = before, guest = acts.guest(now);
    each(stores, (at) => { if (guest ? acts.guest(at.value.who) && at.value.phone === name : at.value.who === now) at.delete(); });
    each([drafts], (at) => { if (at.key.startsWith(`${guest ? name : now} `)) at.delete(); });
  };

  // A kept page is nobody's: it belongs to whoever the phone is now. At sign-out, and when a guest became
  // somebody with a name, the phone gets a new name; what waited under the guest goes to the account.
  let before; // who had the phone until this page
  const ready = acts.me((was) => { before = was; return kept ? {} : { now: page.who || "", lang: root.lang, look: root.className }; }).then((m) => {
    const guestWas = cookie("was");
    if (!("clearQueue" in page) && !(guestWas && page.who)) return m;
    return acts.tx((waiting, sent, _p, drafts) => {
      if ("forget" in page) forget([waiting, sent], drafts);
      else if (guestWas) each([waiting, sent], (at) => { const r = at.value; if (r.who === guestWas || (!r.who && r.phone === m.name)) at.update(Object.assign(r, { who: page.who })); });
    }).catch(() => {}).then(() => {
      d.cookie = "was=; max-age=0; path=/; samesite=lax";
      return acts.me(() => ({ name: acts.uuid(), now: page.who || "" }));
    });
  }).then((m) => { mine = m; d.querySelectorAll("form").forEach(sign); return m.left && !kept ? handOver() : takeOver(); });
  // "Somebody else is learning now" was tapped without network: the cookie of the one before goes at the first page with one.
  const handOver = () => {
    const left = mine.left, token = d.querySelector("[name=csrfmiddlewaretoken]");
    if (left !== page.who) return acts.me(() => ({ left: "" }));
    return fetch("/accounts/logout/", { method: "POST", body: new URLSearchParams(token ? { csrfmiddlewaretoken: token.value } : {}), credentials: "same-origin" })
      .then((r) => { if (r.ok) return acts.me(() => ({ left: "", now: "" })).then(() => location.replace("/")); });
  };
  const who = () => kept ? mine.now : page.who || "";

  // Until this version acts waited in another place.
  const takeOver = () => {
    try {
      const old = JSON.parse(localStorage.getItem("acts") || "[]"), verbs = { open: "initialized", leave: "suspended", done: "completed" };
      return Promise.all(old.map(({ url, data, who }) => acts.put(acts.row({ kind: "record", lesson: url.split("/")[2], id: data.id, at: data.at, verb: verbs[data.verb], seconds: +data.seconds || 0, block: +data.block || 0 }, mine, who || "")))).then(() => localStorage.removeItem("acts"));
    } catch (e) { return 0; }
  };

  // The phone's name goes with every form, beside the cookie of the account or the guest.
  const sign = (form) => {
    if (form.method !== "post" || !mine.name) return;
    let field = form.querySelector("[name=phone_name]");
    if (!field) { field = d.createElement("input"); field.type = "hidden"; field.name = "phone_name"; form.append(field); }
    field.value = mine.name;
  };

  const act = (item, due) => ready.then(() => acts.put(acts.row(item, mine, who(), due)));
  let pause = 5000, later;
  const flush = (now) => ready.then(() => acts.flush(now)).then((sent) => {
    clearTimeout(later);
    if (!sent) later = setTimeout(() => flush(), pause = Math.min(pause * 2, 3e5)); // "online" may never come
    return tell(sent).then(() => sent);
  });
  // Rows of whoever is on now; on a phone where nobody signed in, those made under its present name.
  const here = () => acts.all().then((rows) => rows.filter((r) => (r.who && r.who === who()) || (acts.guest(who()) && acts.guest(r.who) && r.phone === mine.name)));
  const shown = (r) => !r.lost && !/^(suspended|initialized)$/.test(r.item.verb);
  const tell = (sent) => here().then((rows) => {
    const lost = rows.filter((r) => r.lost).length, n = lost || rows.filter((r) => shown(r) && (r.due <= Date.now() || r.tried)).length;
    let note = d.getElementById("waits");
    if (note) note.remove();
    if (waiting) list(rows, sent);
    if (!n || waiting) return;
    note = d.createElement("p");
    note.id = "waits"; note.className = "page";
    note.innerHTML = "<a class='note warn block' href='/offline/'></a>";
    note.firstChild.textContent = words[lost ? "lost" : "waits"].replace("0", n);
    d.getElementById("m").prepend(note);
  });
  addEventListener("online", () => flush());
  d.addEventListener("visibilitychange", () => { if (d.visibilityState === "visible") flush(); });

  // Not form.action: that is a field of the form when one is named so.
  const pathOf = (form) => new URL(form.getAttribute("action") || "", location.href).pathname;

  // A form that was sent: answers are written down first and go with the list too, in case the form does not arrive.
  const half = (form) => form.querySelector("textarea[name=text]");
  const submitted = (form, button) => {
    sign(form);
    const path = pathOf(form), data = new FormData(form), field = form.querySelector("[name=id]");
    if (button && button.name) data.append(button.name, button.value);
    const words = JSON.stringify(Array.from(data).filter(([name]) => /^(text|kind|lesson|block|face)$/.test(name)));
    // "Back" brings an old form with its old id: other words are another act.
    if (field && form.dataset.was && form.dataset.was !== words) { field.value = acts.uuid(); data.set("id", field.value); }
    form.dataset.was = words;
    if (half(form)) return draft(form);
    const item = self.actOf(path, data);
    if (item) act(Object.assign(item, item.id ? {} : { id: acts.uuid() }), Date.now() + 30000);
  };

  // What was typed is put back when the tab was killed, for whoever typed it, until the server has it.
  const key = (form) => { const lesson = form.querySelector("[name=lesson]"), to = pathOf(form); return [acts.guest(who()) ? mine.name : who(), to, to === "/feedback/report/" && lesson ? lesson.value : ""].join(" "); };
  const draft = (form) => {
    const data = {}, name = key(form);
    new FormData(form).forEach((value, field) => { if (/^(id|text|kind)$/.test(field)) data[field] = value; });
    return acts.tx((_a, _s, _p, drafts) => data.text.trim() ? drafts.put({ data, at: Date.now() }, name) : drafts.delete(name)).catch(() => {});
  };
  const stored = Array.from(d.querySelectorAll("[data-got]")).map((el) => el.dataset.got);
  const drafts = ready.then(() => acts.tx((_a, _s, _p, drafts) => {
    drafts.openCursor().onsuccess = (e) => {
      const one = e.target.result;
      if (!one) return;
      if (stored.includes(one.value.data.id) || one.value.at < Date.now() - 30 * 864e5) one.delete();
      else d.querySelectorAll("form").forEach((form) => { if (half(form) && key(form) === one.key) restore(form, one.value.data); });
      one.continue();
    };
  })).then(() => d.querySelectorAll("form").forEach((form) => { const box = half(form); if (box && box.value.trim() && box.value !== box.defaultValue) draft(form); })).catch(() => {});
  const restore = (form, data) => {
    const box = half(form), id = form.querySelector("[name=id]"), kind = form.querySelector(`[name=kind][value="${data.kind}"]`);
    if (box.value.trim()) return;
    box.value = data.text;
    if (id && data.id) id.value = data.id;
    if (kind) kind.checked = true;
  };
  let typing;
  d.addEventListener("input", (e) => { const form = e.target.form; if (!form || !half(form)) return; clearTimeout(typing); typing = setTimeout(() => ready.then(() => draft(form)), 300); });

  // The page of what waits.
  const waiting = "waiting" in page, one = (name) => d.querySelector(`[data-${name}]`);
  const entry = (r) => {
    const li = d.createElement("li"), it = d.createElement("div"), text = d.createElement("span"), name = d.createElement("b"), small = d.createElement("small");
    it.className = "item";
    name.textContent = one("waits").dataset[r.item.verb || r.item.kind] || r.item.kind;
    small.textContent = [r.item.text || "", r.lost || ""].filter(Boolean).join(" · ");
    text.append(name, small); it.append(text); li.append(it);
    return li;
  };
  const list = (rows, sent) => [["waits", shown], ["lost", (r) => r.lost]].forEach(([name, which]) => {
    const some = rows.filter(which), box = one(name), ul = box.querySelector("ul");
    box.hidden = !some.length;
    box.querySelector(".number").textContent = some.length;
    ul.textContent = "";
    ul.append(...some.map(entry));
    one("none").hidden = rows.length > 0 || !sent;
  });
  const tap = (name, work) => { const button = one(name); if (button) button.addEventListener("click", () => work(button)); };
  tap("send", (button) => { button.disabled = true; flush(true).then((sent) => { button.disabled = false; one("unsent").hidden = sent; }); });
  tap("read", () => here().then((rows) => acts.tx((store) => { rows.forEach((r) => { if (r.lost) store.delete(r.n); }); })).then(() => tell()));
  tap("other", () => acts.me((was) => ({ name: acts.uuid(), left: was.now, now: "" })).then(() => location.assign("/")));
  // Lessons that the worker kept.
  const readable = async () => {
    const cache = await caches.open("kept"), paths = (await cache.keys()).map((r) => new URL(r.url)).filter((u) => u.pathname.startsWith("/lessons/") && u.search === `?${root.lang}`).slice(-8).reverse();
    const ul = one("kept-pages").querySelector("ul");
    for (const url of paths) {
      const html = await (await cache.match(url.href, { ignoreVary: true })).text(), li = d.createElement("li"), a = d.createElement("a"), name = d.createElement("span"), b = d.createElement("b");
      b.textContent = new DOMParser().parseFromString(html, "text/html").title.split(" · ")[0];
      a.className = "item"; a.href = url.pathname;
      name.append(b); a.append(name); li.append(a); ul.append(li);
    }
    one("kept-pages").hidden = !paths.length;
  };
  if (waiting && self.caches) readable().catch(() => {});
  // Before signing out: what the server does not have yet.
  const unsent = d.querySelector("[data-before-leaving]");
  if (unsent) ready.then(() => acts.flush()).then(here).then((rows) => { const n = rows.filter(shown).length; unsent.hidden = !n; unsent.querySelector("b").textContent = unsent.querySelector("b").textContent.replace("0", n); });

  return { act, flush, ready, submitted, mine: () => mine, drafts };
})();
