"use strict";
/* The list of milestones: focus follows what opens and closes; 完了 fills today's date;
   Esc closes without saving. */
(() => {
  document.addEventListener("htmx:afterSwap", (event) => {
    const body = document.getElementById(event.detail.target?.id || "");
    if (!body?.matches("tbody[id^='m']")) return;
    const wrong = body.querySelector(".is-invalid");
    (
      wrong ||
      body.querySelector("input[name=state]:checked") ||
      body.querySelector("a.btn")
    )?.focus();
  });
  document.addEventListener("change", (event) => {
    if (event.target.name !== "state" || !event.target.closest(".dx-quick")) return;
    const done = event.target.closest("form").querySelector("[name=completed_on]");
    if (event.target.value === "completed" && !done.value) done.value = done.dataset.today;
    else if (event.target.value !== "completed") done.value = "";
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.(".dx-quick");
    if (form && event.key === "Escape") {
      event.preventDefault();
      form.querySelector("[data-cancel]").click();
    }
  });
})();
