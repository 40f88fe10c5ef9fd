"use strict";
/* Menu, unsaved-input warning, idle warning, CSRF for htmx. No inline code anywhere (strict CSP). */
(() => {
  const toggle = document.querySelector("[data-toggle-nav]");
  if (toggle) {
    toggle.addEventListener("click", () => {
      const open = toggle.closest(".dx-header").classList.toggle("dx-nav-open");
      toggle.setAttribute("aria-expanded", String(open));
    });
  }

  /* Leaving a form with unsaved input warns. */
  let dirty = false;
  document.addEventListener("input", (event) => { if (event.target.closest("form[data-guard]")) dirty = true; });
  document.addEventListener("submit", () => { dirty = false; });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });

  /* Answers that carry a row with errors are swapped in too. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    if ([409, 422].includes(event.detail.xhr.status)) { event.detail.shouldSwap = true; event.detail.isError = false; }
  });

  /* Two minutes before the session ends: a warning; what was typed stays. */
  const limit = Number(document.body.dataset.idleSeconds || 0);
  const box = document.querySelector("[data-idle-warning]");
  if (limit && box) {
    let last = Date.now();
    const touch = () => fetch(document.body.dataset.keepalive, { credentials: "same-origin" }).then(() => { last = Date.now(); box.hidden = true; });
    let typed = 0;
    document.addEventListener("input", () => { if (Date.now() - typed > 60000) { typed = Date.now(); touch(); } });
    box.querySelector("[data-idle-continue]").addEventListener("click", touch);
    setInterval(() => { if (Date.now() - last > (limit - 120) * 1000) box.hidden = false; }, 15000);
  }
})();
