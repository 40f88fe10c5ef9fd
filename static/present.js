"use strict";
/* Meeting mode by keyboard and with a presenter: ← → (PageUp, PageDown) screens, 1–4 grades,
   I instruction, K decision, E the next exception, ↑ ↓ rows, Esc closes or ends.
   Keys rest inside fields; there Enter records, Shift+Enter breaks the line. */
(() => {
  const TYPED = "textarea, input, select";
  const DOORS = {
    ArrowRight: "[data-next]",
    PageDown: "[data-next]",
    ArrowLeft: "[data-previous]",
    PageUp: "[data-previous]",
    k: "[data-decide]",
    e: "[data-exception]",
  };
  const STEPS = { ArrowDown: 1, ArrowUp: -1 };
  const form = document.querySelector("[data-record]");

  const isOpen = () => location.hash === "#order";
  const close = () => {
    location.hash = "main";
    document.activeElement?.blur();
  };
  const order = () => {
    if (!form) return;
    location.hash = "order";
    form.querySelector("textarea").focus();
  };
  const move = (step) => {
    const rows = [...document.querySelectorAll("[data-row]")];
    const place = rows.indexOf(document.activeElement);
    const next = place < 0 ? 0 : Math.min(Math.max(place + step, 0), rows.length - 1);
    rows[next]?.focus();
  };
  const leave = () => {
    if (isOpen()) close();
    else document.querySelector("[data-end]").click();
  };

  form?.addEventListener("keydown", (event) => {
    const records = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (!records || !event.target.matches("textarea")) return;
    event.preventDefault();
    form.requestSubmit();
  });
  document.querySelector("[data-order]")?.addEventListener("click", (event) => {
    event.preventDefault();
    order();
  });
  document.querySelector("[data-close]")?.addEventListener("click", (event) => {
    event.preventDefault();
    close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") {
      leave();
      return;
    }
    if (event.target.matches(TYPED)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const grade = /^[1-4]$/.test(key) ? document.querySelector(`[data-grade="${key}"]`) : null;
    const door = grade ?? (DOORS[key] ? document.querySelector(DOORS[key]) : null);
    if (door) door.click();
    else if (key === "i") order();
    else if (STEPS[key]) move(STEPS[key]);
    else return;
    event.preventDefault();
  });
})();
