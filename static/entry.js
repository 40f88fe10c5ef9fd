"use strict";
/* The entry grid by keyboard. A row saves itself when one leaves it; Enter goes to the next value at once, Shift+Enter to
   the one before, Esc restores. What is typed while an answer is on its way is kept. Without scripts each row has its button. */
(() => {
  const FIELDS = "[data-cell], .dx-cmt, .dx-kind";
  const rowOf = (node) => node.closest?.("tr[id^='k']");
  const fields = (row) => [...row.querySelectorAll(FIELDS)];
  const rows = () => [...document.querySelectorAll("tr[id^='k']")].filter((row) => row.querySelector("[data-cell]"));
  const stored = (field) => {
    if (!field.options) return field.defaultValue;
    return ([...field.options].find((option) => option.defaultSelected) || field.options[0]).value;
  };
  const changed = (row) => fields(row).some((field) => field.value !== stored(field));
  const unsaved = () => rows().some((row) => changed(row) || row.matches(".is-bad, .is-conflict"));
  const say = (row, text) => { const place = row.querySelector(".dx-save"); if (place) place.textContent = text; };
  const sent = new Map();

  const save = (row) => {
    if (!changed(row) || sent.has(row.id)) return;
    row.querySelector("form").requestSubmit();
  };
  const go = (row, step) => {
    const all = rows();
    const next = all[all.findIndex((each) => each.id === row.id) + step];
    if (next) next.querySelector("[data-cell]").focus(); else save(row);
  };

  document.addEventListener("focusin", (event) => { if (event.target.matches("[data-cell]")) event.target.select(); });
  document.addEventListener("focusout", (event) => {
    const row = rowOf(event.target);
    if (row && event.target.matches(FIELDS) && rowOf(event.relatedTarget || document.body) !== row) save(row);
  });
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.matches(FIELDS) || event.isComposing) return;
    if (event.key === "Escape") { field.value = stored(field); return; }
    if (event.key !== "Enter") return;
    event.preventDefault();
    go(rowOf(field), event.shiftKey ? -1 : 1);
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const row = rowOf(event.target);
    if (!row) return;
    sent.set(row.id, Object.fromEntries(fields(row).map((field) => [field.name, field.value])));
    say(row, "保存中…");
  });
  /* Somebody may already be typing in the row again: that text and the caret survive the answer. */
  let kept = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const row = rowOf(event.target);
    if (!row) return;
    const before = sent.get(row.id) || {};
    sent.delete(row.id);
    const active = document.activeElement;
    kept = {
      id: row.id,
      focus: row.contains(active) ? active.name : null,
      values: fields(row).filter((field) => field.value !== before[field.name]).map((field) => [field.name, field.value]),
    };
  });
  document.addEventListener("htmx:afterSwap", () => {
    const row = kept && document.getElementById(kept.id);
    if (!row) return;
    for (const [name, value] of kept.values) { const field = row.querySelector(`[name="${name}"]`); if (field) field.value = value; }
    if (kept.focus) row.querySelector(`[name="${kept.focus}"]`)?.focus();
    kept = null;
    clearTimeout(refreshing);
    refreshing = setTimeout(refresh, 600);
  });
  /* What stands around the rows (progress, submission) follows shortly after the last save. */
  let refreshing = null;
  const refresh = async () => {
    if (sent.size) return;
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of [".dx-progress", "#submission"]) {
      const old = document.querySelector(part), next = fresh.querySelector(part);
      if (old && next && !old.contains(document.activeElement)) old.replaceWith(document.importNode(next, true));
    }
  };
  const lost = (event) => {
    const row = rowOf(event.target);
    if (!row) return;
    sent.delete(row.id);
    say(row, "つながりません。入力は残っています。「保存」を押してください。");
  };
  document.addEventListener("htmx:sendError", lost);
  document.addEventListener("htmx:timeout", lost);
  document.addEventListener("htmx:responseError", lost);
  window.addEventListener("beforeunload", (event) => { if (unsaved() || sent.size) event.preventDefault(); });
})();
