// Xiangji: what works better with a script. Every page works without it.
// Understood by Chromium 78 and iOS 13. What has to be kept and sent is in acts.js, which comes when it is needed.
(() => {
  "use strict";
  const d = document, words = self.words = d.currentScript.dataset, page = d.body.dataset, lesson = d.querySelector("[data-lesson]");
  const storage = (name, work) => { try { return work(self[name]); } catch (e) { return null; } }; // a web view may refuse it

  let coming;
  const acts = () => coming || (coming = new Promise((yes, no) => {
    const script = d.createElement("script");
    script.src = words.acts;
    script.onload = () => { storage("localStorage", (s) => s.setItem("known", "1")); self.phone.ready.then(() => yes(self.phone)); };
    script.onerror = () => { coming = 0; script.remove(); no(); };
    d.body.append(script);
  }));
  const act = (item) => { item.at = new Date().toISOString(); return acts().then((phone) => phone.act(item).then(() => phone.flush())).catch(() => {}); };

  // The pressed button says that it is sending (a link: opening), and comes back with the page, or after a while.
  const busy = (form, button) => {
    form.dataset.sent = "1";
    const before = Array.from(button.childNodes), sending = d.createElement("small");
    sending.textContent = button.href ? words.opening : words.sending;
    setTimeout(() => { // what is switched off at once would not be sent
      button.setAttribute("aria-busy", "true");
      button.setAttribute("aria-disabled", "true");
      if (!/\b(option|chip)\b/.test(button.className)) button.textContent = "";
      button.append(sending);
    });
    const back = () => {
      delete form.dataset.sent;
      ["aria-busy", "aria-disabled"].forEach((name) => button.removeAttribute(name));
      button.textContent = "";
      button.append(...before);
    };
    setTimeout(back, 4500);
    addEventListener("pageshow", (e) => { if (e.persisted) back(); });
  };
  // A form sent before acts.js came waits for it a moment: the phone's name goes with the first act already.
  const named = (form, button) => {
    let gone;
    const go = () => {
      if (gone) return;
      gone = d.createElement("input");
      gone.type = "hidden";
      if (button) { gone.name = button.name; gone.value = button.value; }
      form.append(gone);
      if (self.phone) self.phone.submitted(form);
      form.submit();
      gone.remove();
    };
    acts().then(go, go);
    setTimeout(go, 1500);
  };
  let pressed, ended, leave = () => {};
  d.addEventListener("click", (e) => { pressed = e.target.closest && e.target.closest("button"); }, true);
  // One tap, one answer: a form is sent once.
  d.addEventListener("submit", (e) => {
    const form = e.target, button = e.submitter || (pressed && pressed.form === form ? pressed : form.querySelector("button"));
    if (e.defaultPrevented) return;
    if (form.dataset.sent) { e.preventDefault(); return; }
    if (button) busy(form, button);
    if (form.method !== "post") return; // a search
    if (self.phone) self.phone.submitted(form, button);
    else { e.preventDefault(); named(form, button); }
  });

  // A number that two steps have is said before it is sent: without network nobody else could say it in time.
  const places = Array.from(d.querySelectorAll("select.place")), own = () => places.forEach((one) => one.setCustomValidity(one.selectedIndex && places.some((other) => other !== one && other.selectedIndex === one.selectedIndex) ? one.form.querySelector("[data-own]").dataset.own : ""));
  places.forEach((one) => one.addEventListener("change", own));
  if (places.length) { addEventListener("pageshow", own); own(); }

  // "Next" is a link once this script is here, and that the lesson is read goes beside it: mostly it arrives first, so
  // that the next page shows it. Before that, and without script, the form it stands in says so.
  d.querySelectorAll("form[data-next]").forEach((form) => {
    const link = d.createElement("a"), button = form.querySelector("button"), next = form.dataset.next;
    link.className = button.className;
    link.href = next;
    link.append(...button.childNodes);
    button.replaceWith(link);
    link.addEventListener("click", (e) => {
      if (e.button || e.ctrlKey || e.metaKey || e.shiftKey) { read("completed"); return; } // opened beside this page
      e.preventDefault();
      if (form.dataset.sent) return;
      busy(form, link);
      let gone;
      const once = (way) => { if (!gone) { gone = 1; way(); } }, go = () => once(() => location.assign(next)), carry = () => once(() => form.submit());
      acts().then(() => { leave(); ended = true; read("completed").then(go); setTimeout(go, /^\/modules\/[\w-]+\/$/.test(next) ? 5000 : 1500); }, carry);
      setTimeout(() => { if (!self.phone) carry(); }, 4000); // what keeps acts did not come: the form takes it along
    });
  });

  // Visible time: only while the page is seen, a pause counts 90 seconds at most.
  const read = (verb, more) => act(Object.assign({ kind: "record", lesson: lesson.dataset.lesson, verb }, more));
  if (lesson) {
    // The block on the screen: the first of which half is still there, or a quarter of the screen.
    const place = (at) => storage("sessionStorage", (s) => s.setItem("place", at));
    const blocks = Array.from(lesson.querySelectorAll("[id^=b]")), end = lesson.querySelector("[data-end]");
    const where = () => { const here = blocks.find((el) => { const { bottom, height } = el.getBoundingClientRect(); return bottom > Math.min(height / 2, innerHeight / 4); }) || blocks[blocks.length - 1]; return here ? +here.id.slice(1) : 0; };
    let seconds = 0, last = Date.now(), told = where(), sent = 0;
    const tick = () => { const now = Date.now(); if (d.visibilityState === "visible") seconds += Math.min((now - last) / 1000, 90); last = now; };
    leave = () => { tick(); const s = Math.round(seconds - sent), block = where(); if (s > 1 || block !== told) { sent += s; told = block; read("suspended", { seconds: s, block }); } place(ended ? "" : location.pathname + (block > 2 ? `#b${block}` : "")); };
    ["scroll", "pointerdown", "keydown"].forEach((name) => addEventListener(name, tick, { passive: true }));
    // A question from here is about the block on the screen.
    d.addEventListener("click", (e) => { const link = e.target.closest && e.target.closest("a[href^='/questions/ask/?lesson=']"), block = where(); if (link && block) link.search = link.search.replace(/&block=\d+|$/, `&block=${block}`); }, true);
    d.addEventListener("visibilitychange", () => { if (d.visibilityState === "hidden") leave(); else last = Date.now(); });
    addEventListener("pagehide", leave);
    const seen = new IntersectionObserver((rows) => rows.forEach((row) => { if (row.isIntersecting && !ended) { leave(); ended = true; read("completed"); } }), { threshold: 0.2 });
    // The end counts once it was reached by reading: not in the first seconds.
    if (end) setTimeout(() => seen.observe(end), 8000);
  } else {
    // The server hears of it after it made this page: what leads back to the lesson just left leads to its place.
    const left = storage("sessionStorage", (s) => s.getItem("place"));
    if (left) d.querySelectorAll("main a.button").forEach((a) => { if (a.pathname === left.split("#")[0]) a.href = left; });
  }

  // The first page of a phone stays small: there acts.js comes with the first touch, or after a while where something is noted.
  const opened = Date.now(), pages = storage("sessionStorage", (s) => JSON.parse(s.getItem("pages") || "[]"));
  let begun;
  const begin = () => {
    if (begun) return;
    begun = 1;
    acts().then((phone) => { if (lesson) return phone.act({ kind: "record", lesson: lesson.dataset.lesson, verb: "initialized", at: new Date(opened).toISOString() }).then(() => phone.flush()); phone.flush(); }).catch(() => { begun = 0; });
  };
  if (pages && pages.length || (navigator.serviceWorker || {}).controller || storage("localStorage", (s) => s.getItem("known") || s.getItem("acts")) || "clearQueue" in page || "waiting" in page || /(^|; )was=/.test(d.cookie)) begin();
  else if (lesson || d.querySelector("form[method=post]")) { setTimeout(begin, 3000); ["pointerdown", "keydown", "scroll"].forEach((name) => addEventListener(name, begin, { once: true, passive: true })); }

  // A speaker button only where the phone has a voice for the language of the text.
  const say = d.querySelectorAll("[data-say]"), synth = window.speechSynthesis;
  if (say.length && synth) {
    const part = (button) => button.closest("section,figure,[data-spoken]"); // its text may be in the other language
    const lang = (button) => (part(button).querySelector("[lang]") || part(button).closest("[lang]")).lang.slice(0, 2);
    const show = () => { const voices = synth.getVoices().map((v) => v.lang.slice(0, 2).toLowerCase()); say.forEach((b) => { if (voices.includes(lang(b))) b.hidden = false; }); };
    show();
    synth.addEventListener && synth.addEventListener("voiceschanged", show);
    d.addEventListener("click", (e) => {
      const button = e.target.closest && e.target.closest("[data-say]");
      if (!button) return;
      const busy = synth.speaking;
      synth.cancel();
      if (busy) return;
      const spoken = part(button).cloneNode(true);
      spoken.querySelectorAll("button,.unseen").forEach((el) => el.remove());
      const img = spoken.querySelector("img"), speech = new SpeechSynthesisUtterance(`${img ? img.alt + ". " : ""}${spoken.textContent}`);
      speech.lang = lang(button) === "en" ? "en" : "zh-CN";
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

  // Older browsers do not unfold the part that an address names.
  const part = location.hash && d.getElementById(location.hash.slice(1)), fold = part && part.closest("details");
  if (fold && !fold.open) { fold.open = true; part.scrollIntoView(); }

  // From the second page on the worker keeps the pages that were open, to be read again without network.
  if (pages && !("kept" in page)) {
    const open = pages.filter((path) => path !== location.pathname).concat(location.pathname).slice(-9);
    storage("sessionStorage", (s) => s.setItem("pages", JSON.stringify(open)));
    const sw = navigator.serviceWorker;
    if (pages.length && sw && words.worker) sw.register(words.worker).then(() => sw.ready).then((worker) => worker.active.postMessage({ keep: open, lang: d.documentElement.lang })).catch(() => {});
  }
})();
