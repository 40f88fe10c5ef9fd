"use strict";
/* A row of the grid whose save was lost — no connection, a database that is gone, a disk that is
   full — is sent again by itself: one row now and then, and once that one is saved, all others.
   What was typed stays; 「保存」 can be pressed at any time. A row in which somebody types again is
   left alone: it is saved when one leaves it. */
(() => {
  const SOON = 3000;
  const LATE = 30000;
  const LOST = [0, 502, 503, 504, 507];
  const waiting = new Set(); // ids of rows
  let pause = SOON;
  let timer = null;

  const rowOf = (node) => node.closest?.("tr[data-row]");
  const send = (id) => document.getElementById(id)?.querySelector("[data-save]")?.click();
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const [first] = waiting;
      if (first) send(first);
    }, pause);
    pause = Math.min(2 * pause, LATE);
  };
  const sayThatItComes = (row) => {
    const place = row.querySelector(".dx-save");
    const more = document.createElement("small");
    more.textContent = "自動でも、もう一度保存します。";
    place?.append(more);
  };

  const lost = (event) => {
    const row = rowOf(event.target);
    if (!row?.matches(".is-lost") || window.dxHeld.why(event)) return;
    if (!LOST.includes(event.detail.xhr?.status || 0)) {
      waiting.delete(row.id);
      return;
    }
    waiting.add(row.id);
    sayThatItComes(row);
    later();
  };
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"])
    document.addEventListener(name, lost);

  document.addEventListener("input", (event) => {
    const row = rowOf(event.target);
    if (row) waiting.delete(row.id);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const row = rowOf(event.target);
    if (!row || !event.detail.shouldSwap) return;
    waiting.delete(row.id);
    pause = SOON;
    const others = [...waiting];
    waiting.clear();
    others.forEach(send);
  });
})();
