// Xiangji: what works better with a script. Every page works without it.
(() => {
  "use strict";
  const d = document, who = d.body.dataset.who || "", lesson = d.querySelector("[data-lesson]");
  const KEY = "acts", read = () => { try { return JSON.parse(localStorage.getItem(KEY)) || []; } catch { return []; } };
  const write = (rows) => { try { localStorage.setItem(KEY, JSON.stringify(rows.slice(-100))); } catch { /* full or refused: acts are sent at once only */ } };
  const uuid = () => crypto.randomUUID ? crypto.randomUUID() : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));
  if ("clearQueue" in d.body.dataset) write([]);
  // Signing up made the guest of this phone somebody with a name: what waits is theirs.
  const was = (d.cookie.match(/(?:^|; )was=(g[0-9a-f]{12})/) || [])[1];
  if (was && who) {
    write(read().map((row) => row.who === was || !row.who ? { ...row, who } : row));
    d.cookie = "was=; max-age=0; path=/; samesite=lax";
  }

  // Acts wait on the phone until the server has them. They belong to whoever made them.
  const token = () => (d.querySelector("[name=csrfmiddlewaretoken]") || {}).value;
  const send = (row) => {
    const body = new URLSearchParams(row.data);
    if (token()) body.set("csrfmiddlewaretoken", token());
    return fetch(row.url, { method: "POST", body, keepalive: true, credentials: "same-origin" })
      .then((r) => { if (r.ok || r.status === 404 || r.status === 422) write(read().filter((x) => x.data.id !== row.data.id)); })
      .catch(() => {});
  };
  const act = (data) => {
    const row = { who, url: `/lessons/${lesson.dataset.lesson}/acts/`, data: { id: uuid(), at: new Date().toISOString(), ...data } };
    write(read().concat(row));
    return send(row);
  };
  // A phone's first page does not know its guest yet ("g…"): what it left is the guest's.
  const flush = () => read().filter((row) => row.who === who || (!row.who && who[0] === "g")).reduce((before, row) => before.then(() => send(row)), Promise.resolve());
  addEventListener("online", flush);

  // Visible time: only while the page is seen, a pause counts 90 seconds at most.
  if (lesson) {
    let seconds = 0, last = Date.now(), block = 0, ended = false, sent = 0;
    const tick = () => { const now = Date.now(); if (d.visibilityState === "visible") seconds += Math.min((now - last) / 1000, 90); last = now; };
    const leave = () => { tick(); const s = Math.round(seconds - sent); if (s > 1) { sent += s; act({ verb: "leave", seconds: s, block }); } };
    ["scroll", "pointerdown", "keydown"].forEach((name) => addEventListener(name, tick, { passive: true }));
    d.addEventListener("visibilitychange", () => { if (d.visibilityState === "hidden") leave(); else last = Date.now(); });
    addEventListener("pagehide", leave);
    const seen = new IntersectionObserver((rows) => rows.forEach((row) => {
      if (!row.isIntersecting) return;
      if (row.target.hasAttribute("data-end")) { if (!ended) { ended = true; tick(); act({ verb: "done" }); } } else block = Math.max(block, +row.target.id.slice(1));
    }), { threshold: 0.2 });
    lesson.querySelectorAll("[id^=b]").forEach((el) => seen.observe(el));
    // The end counts once it was reached by reading: not in the first seconds.
    setTimeout(() => { const end = d.querySelector("[data-end]"); if (end) seen.observe(end); }, 8000);
    flush().then(() => act({ verb: "open" }));
  } else flush();

  // A speaker button only where the phone has a voice for this language.
  const say = d.querySelectorAll("[data-say]"), synth = window.speechSynthesis;
  if (say.length && synth) {
    const lang = d.documentElement.lang.slice(0, 2);
    const show = () => { if (synth.getVoices().some((v) => v.lang.slice(0, 2).toLowerCase() === lang)) say.forEach((b) => { b.hidden = false; }); };
    show();
    synth.addEventListener && synth.addEventListener("voiceschanged", show);
    d.addEventListener("click", (e) => {
      const button = e.target.closest && e.target.closest("[data-say]");
      if (!button) return;
      const busy = synth.speaking;
      synth.cancel();
      if (busy) return;
      const part = button.closest("section,figure,[data-spoken]").cloneNode(true);
      part.querySelectorAll("button,.vh").forEach((el) => el.remove());
      const img = part.querySelector("img"), speech = new SpeechSynthesisUtterance(`${img ? img.alt + ". " : ""}${part.textContent}`);
      speech.lang = d.documentElement.lang === "en" ? "en" : "zh-CN";
      synth.speak(speech);
    });
  }

  // Media load only after the tap.
  d.querySelectorAll("[data-play]").forEach((link) => link.addEventListener("click", (e) => {
    e.preventDefault();
    const player = d.createElement(link.dataset.play);
    player.controls = player.autoplay = true;
    player.src = link.href;
    link.replaceWith(player);
  }));

  // One tap, one answer: a form is sent once.
  d.addEventListener("submit", (e) => {
    if (e.target.dataset.sent) e.preventDefault();
    e.target.dataset.sent = "1";
    setTimeout(() => delete e.target.dataset.sent, 4000);
  });

  // Older browsers do not unfold the part that an address names.
  const named = location.hash && d.getElementById(location.hash.slice(1)), fold = named && named.closest("details");
  if (fold && !fold.open) { fold.open = true; named.scrollIntoView(); }

  // Offline page: from the second page on, so that the first visit stays small.
  if ("serviceWorker" in navigator && isSecureContext) {
    try { if (sessionStorage.getItem("seen")) navigator.serviceWorker.register("/sw.js"); sessionStorage.setItem("seen", "1"); } catch { /* no storage: no offline page */ }
  }
})();
