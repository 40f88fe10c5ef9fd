"use strict";
/* A table that is saved as a whole: Enter goes down a column, Shift+Enter up, Esc restores a box; a
   block copied from Excel is read by the server onto the boxes from the one where it was pasted,
   with all that was typed. */
(() => {
  const form = document.querySelector("form:has([data-row])");
  if (!form) return;
  const cellOf = (node) => node.closest?.("[data-cell]");
  const column = (cell) => [...form.querySelectorAll(`[data-cell="${cell.dataset.cell}"]`)];

  const go = (cell, step) => {
    const boxes = column(cell);
    boxes[boxes.indexOf(cell) + step]?.focus();
  };
  const restore = (cell) => {
    cell.value = cell.dataset.stored;
  };
  form.addEventListener("focusin", (event) => {
    const cell = cellOf(event.target);
    if (cell && !cell.options) cell.select();
  });
  form.addEventListener("keydown", (event) => {
    const cell = cellOf(event.target);
    if (!cell || event.isComposing) return;
    if (event.key === "Escape") restore(cell);
    if (event.key !== "Enter" || event.ctrlKey) return;
    event.preventDefault();
    go(cell, event.shiftKey ? -1 : 1);
  });

  /* Rows that are ticked to be settled: typing into one ticks it, one button ticks all or none, and
     the press says how many. */
  const ticks = [...form.querySelectorAll("[name=ticked]")];
  const press = form.querySelector("[data-press]");
  const all = form.querySelector("[data-tick-all]");
  const count = () => {
    const ticked = ticks.filter((tick) => tick.checked).length;
    press.textContent = `印を付けた${ticked}件を確認済にする`;
  };
  if (press && all) {
    all.hidden = ticks.length < 2;
    all.addEventListener("click", () => {
      const none = ticks.every((tick) => !tick.checked);
      ticks.forEach((tick) => {
        tick.checked = none;
      });
      count();
    });
    form.addEventListener("input", (event) => {
      const tick = cellOf(event.target)?.closest("tr").querySelector("[name=ticked]");
      if (tick) tick.checked = true;
      count();
    });
  }

  const isBlock = (text) => /[\t\n]/.test(text.replace(/\r?\n$/, ""));
  const read = (row, cell, text) => {
    form.elements.start.value = row;
    form.elements.column.value = cell;
    form.elements.block.value = text;
    form.querySelector("[name=act][value=read]").click();
  };
  /* A list of choices is no place for text: the event then comes from the page. */
  document.addEventListener("paste", (event) => {
    const cell = cellOf(document.activeElement);
    const text = event.clipboardData?.getData("text/plain") || "";
    const takes = cell && form.contains(cell) && form.elements.block;
    if (!takes || (!cell.options && !isBlock(text))) return;
    event.preventDefault();
    read(cell.closest("[data-row]").dataset.row, cell.dataset.cell, text);
  });
})();
