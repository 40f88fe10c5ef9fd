"use strict";
/* The form of a milestone, in its row or on its page: the focus follows what opens, what was chosen
   and what is wrong; Enter saves from a sentence; Esc closes a row without saving; under a day that
   is read stands its slip and whether the next step is touched. It works without scripts, too. */
(() => {
  const DAY = 86400000;

  const firstField = (form) =>
    form.querySelector(".is-invalid") ||
    form.querySelector("input[name=answer]:checked") ||
    form.querySelector("input[name=keep]:checked") ||
    form.querySelector("input[name=answer]:not([type=hidden], :disabled)");

  /* Settled, not swapped: until then htmx lends a box with the same id its former class. */
  document.addEventListener("htmx:afterSettle", (event) => {
    const body = document.getElementById(event.detail.target?.id || "");
    if (!body?.matches("tbody[id^='m']")) return;
    const form = body.querySelector(".dx-msf");
    (form ? firstField(form) : body.querySelector("a.btn"))?.focus();
    form?.querySelector(".dx-msf-foot").scrollIntoView({ block: "nearest" });
  });

  /* A pressed answer leads to the box that it needs; arrow keys only walk along the answers. */
  document.addEventListener("click", (event) => {
    const radio = event.target;
    if (!radio.matches?.(".dx-msf input[name=answer]")) return;
    if (!window.matchMedia("(pointer: fine)").matches) return;
    const boxes = { moves: "[name=forecast_on]", cancelled: "[name=reason]" };
    const box = boxes[radio.value] && radio.form.querySelector(boxes[radio.value]);
    if (event.detail === 0 || !box) return;
    box.focus();
    box.select();
  });

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.(".dx-msf");
    if (!form) return;
    const cancel = form.querySelector("[data-cancel]");
    if (event.key === "Escape" && cancel) {
      event.preventDefault();
      cancel.click();
    }
    const writing = event.target.matches("textarea") && !event.isComposing;
    if (event.key === "Enter" && writing && !event.shiftKey) {
      event.preventDefault();
      form.requestSubmit();
    }
  });

  /* What dates.js has read in a box (data-day): its slip, and the gap to the next step. */
  const days = (later, earlier) => Math.round((Date.parse(later) - Date.parse(earlier)) / DAY);
  const signed = (count) => (count > 0 ? `＋${count}` : count < 0 ? `−${-count}` : "±0");
  const slip = (box) => {
    const shown = box.parentElement.querySelector("[data-slip]");
    const count = box.dataset.day && days(box.dataset.day, box.dataset.against);
    shown.textContent = box.dataset.day ? `${signed(count)}日` : "";
    shown.classList.toggle("dx-bad", count > 0);
  };
  const effect = (box) => {
    const line = box.form.querySelector("[data-begins]");
    if (box.name !== "forecast_on" || !line || !box.dataset.day) return;
    const { step, begins, beginsWords } = line.dataset;
    const gap = days(begins, box.dataset.day);
    const rest = gap > 0 ? `まで${gap}日あり、変わりません。` : "に入り込みます。保存の後に、動かすかを確かめます。";
    line.querySelector("[data-effect]").textContent = `後の工程：${step}（${beginsWords}から）${rest}`;
  };
  document.addEventListener("dx:day-read", (event) => {
    if (!event.target.dataset.against) return;
    slip(event.target);
    effect(event.target);
  });
})();
