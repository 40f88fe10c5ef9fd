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
