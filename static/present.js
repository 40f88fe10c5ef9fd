"use strict";
/* Meeting mode by keyboard: ← → screens, I instruction, K decision, Ctrl+Enter records, Esc ends.
   Keys rest inside fields. */
(() => {
  const form = document.querySelector("[data-record]");
  const kind = (value) => {
    const field = form?.querySelector(`[name=kind][value=${value}]`);
    if (field) {
      field.checked = true;
      field.dispatchEvent(new Event("change", { bubbles: true }));
      form.querySelector("textarea").focus();
    }
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
      if (event.target.matches("textarea, input, select")) event.target.blur();
      else document.querySelector("[data-end]").click();
      return;
    }
    if (
      event.target.matches("textarea, input, select") ||
      event.ctrlKey ||
      event.altKey ||
      event.metaKey
    )
      return;
    const go = {
      ArrowRight: "[data-next]",
      ArrowLeft: "[data-previous]",
      PageDown: "[data-next]",
      PageUp: "[data-previous]",
    }[event.key];
    if (go) {
      event.preventDefault();
      document.querySelector(go)?.click();
    }
    if (event.key === "i" || event.key === "I") {
      event.preventDefault();
      kind("action");
    }
    if (event.key === "k" || event.key === "K") {
      event.preventDefault();
      kind("decision");
    }
  });
})();
