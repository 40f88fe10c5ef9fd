"use strict";
/* Meeting mode by keyboard: ← → screens, I instruction, K decision, Ctrl+Enter records, Esc ends.
   Keys rest inside fields. */
(() => {
  const TYPED = "textarea, input, select";
  const PLACES = {
    ArrowRight: "[data-next]",
    ArrowLeft: "[data-previous]",
    PageDown: "[data-next]",
    PageUp: "[data-previous]",
  };
  const KINDS = { i: "action", I: "action", k: "decision", K: "decision" };
  const form = document.querySelector("[data-record]");

  const choose = (kind) => {
    const field = form?.querySelector(`[name=kind][value=${kind}]`);
    if (!field) return;
    field.checked = true;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    form.querySelector("textarea").focus();
  };
  const leave = (field) => {
    if (field.matches(TYPED)) field.blur();
    else document.querySelector("[data-end]").click();
  };

  form?.addEventListener("change", (event) => {
    if (event.target.name === "kind")
      form.querySelector("[data-action-only]").hidden = event.target.value === "decision";
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter" && form?.contains(event.target)) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (event.key === "Escape") {
      leave(event.target);
      return;
    }
    if (event.target.matches(TYPED) || event.ctrlKey || event.altKey || event.metaKey) return;
    const place = PLACES[event.key];
    const kind = KINDS[event.key];
    if (!place && !kind) return;
    event.preventDefault();
    if (place) document.querySelector(place)?.click();
    else choose(kind);
  });
})();
