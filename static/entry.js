"use strict";
/* The entry grid by keyboard: Enter saves and goes to the next value, Shift+Enter to the one before, Esc restores. */
(() => {
  const cells = () => [...document.querySelectorAll("[data-cell]")];
  const firsts = () => cells().filter((cell) => cell === cell.closest("tr").querySelector("[data-cell]"));
  let goTo = null;
  const codes = () => firsts().map((cell) => cell.closest("tr").id);

  document.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-cell]")) { event.target.dataset.before ??= event.target.value; event.target.select(); }
  });
  document.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (!cell.matches("[data-cell], .dx-cmt, .dx-kind")) return;
    if (event.key === "Escape" && cell.dataset.before !== undefined) { cell.value = cell.dataset.before; return; }
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    const rows = codes();
    goTo = rows[rows.indexOf(cell.closest("tr").id) + (event.shiftKey ? -1 : 1)] || null;
    cell.form.requestSubmit();
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const save = event.target.closest("tr")?.querySelector(".dx-save");
    if (save) save.textContent = "保存中…";
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const row = event.target.closest?.("tr");
    const stay = row && row.querySelector(".dx-rownote");
    const target = stay ? row : goTo && document.getElementById(goTo);
    goTo = null;
    target?.querySelector("[data-cell]")?.focus();
  });
  const lost = (event) => {
    const save = event.target.closest("tr")?.querySelector(".dx-save");
    if (save) save.textContent = "つながりません。入力は残っています。もう一度「保存」を押してください。";
  };
  document.addEventListener("htmx:sendError", lost);
  document.addEventListener("htmx:timeout", lost);
})();
