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

  // The pressed button says that it is sending, and comes back with the page, or after a while.
  const busy = (form, button) => {
    form.dataset.sent = "1";
    const before = Array.from(button.childNodes), sending = d.createElement("small");
    sending.textContent = words.sending;
    setTimeout(() => { // what is switched off at once would not be sent
      button.style.opacity = .75;
      button.setAttribute("aria-disabled", "true");
      if (button.classList.contains("btn")) button.textContent = "";
      button.append(sending);
    });
    const back = () => {
      delete form.dataset.sent;
      button.style.opacity = "";
      button.removeAttribute("aria-disabled");
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
  let pressed, leave = () => {};
  d.addEventListener("click", (e) => { pressed = e.target.closest && e.target.closest("button"); }, true);
  // One tap, one answer: a form is sent once.
  d.addEventListener("submit", (e) => {
    const form = e.target, button = e.submitter || (pressed && pressed.form === form ? pressed : form.querySelector("button"));
    if (form.method !== "post" || e.defaultPrevented) return;
    if (form.dataset.sent) { e.preventDefault(); return; }
    if (button) busy(form, button);
    if (!form.dataset.next) {
      if (self.phone) self.phone.submitted(form, button);
      else { e.preventDefault(); named(form, button); }
      return;
    }
    // "Next" leads on, and that the lesson is read goes beside it: mostly it arrives first, so that the next page shows the mark.
    e.preventDefault();
    const go = () => location.assign(form.dataset.next);
    acts().then(() => { leave(); read("completed").then(go); setTimeout(go, 1500); }, () => form.submit());
  });

  // Visible time: only while the page is seen, a pause counts 90 seconds at most.
  const read = (verb, more) => act(Object.assign({ kind: "record", lesson: lesson.dataset.lesson, verb }, more));
  if (lesson) {
    let seconds = 0, last = Date.now(), block = 0, ended = false, sent = 0;
    const tick = () => { const now = Date.now(); if (d.visibilityState === "visible") seconds += Math.min((now - last) / 1000, 90); last = now; };
    leave = () => { tick(); const s = Math.round(seconds - sent); if (s > 1) { sent += s; read("suspended", { seconds: s, block }); } };
    ["scroll", "pointerdown", "keydown"].forEach((name) => addEventListener(name, tick, { passive: true }));
    d.addEventListener("visibilitychange", () => { if (d.visibilityState === "hidden") leave(); else last = Date.now(); });
    addEventListener("pagehide", leave);
    const seen = new IntersectionObserver((rows) => rows.forEach((row) => {
      if (!row.isIntersecting) return;
      if (row.target.hasAttribute("data-end")) { if (!ended) { ended = true; leave(); read("completed"); } } else block = Math.max(block, +row.target.id.slice(1));
    }), { threshold: 0.2 });
    lesson.querySelectorAll("[id^=b]").forEach((el) => seen.observe(el));
    // The end counts once it was reached by reading: not in the first seconds.
    setTimeout(() => { const end = d.querySelector("[data-end]"); if (end) seen.observe(end); }, 8000);
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
