"use strict";
/* Rows of a decision: typing a date ticks the row, 「見込日を使う」 writes the forecast.
   Without scripts a ticked row without a date takes its forecast. */
(() => {
  const rowOf = (element) => element.closest("[data-moves] tr");

  const tick = (row, on) => {
    const box = row && row.querySelector("input[type=checkbox]");
    if (box) box.checked = on;
  };

  const count = () => {
    const ticked = document.querySelectorAll("[data-moves] input[type=checkbox]:checked");
    for (const place of document.querySelectorAll("[data-ticked]")) {
      place.textContent = String(ticked.length);
    }
  };

  for (const button of document.querySelectorAll("[data-fill]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const box = document.getElementById(button.dataset.into);
      box.value = button.dataset.fill;
      box.dispatchEvent(new Event("input", { bubbles: true }));
      box.focus();
    });
  }

  document.addEventListener("input", (event) => {
    const row = rowOf(event.target);
    if (!row) return;
    if (event.target.type !== "checkbox") {
      const boxes = [...row.querySelectorAll("input:not([type=checkbox])")];
      tick(row, boxes.some((box) => box.value.trim() !== ""));
    }
    count();
  });
  count();
})();
