"use strict";
/* The entry grid and the table of targets by keyboard. A row saves itself when one leaves it;
   Enter or ↓ goes to the next value at once, Shift+Enter or ↑ to the one before, Esc restores,
   F8 goes to the next row that needs something, Ctrl+Enter to handing in. A block copied from Excel
   opens a preview. What is typed while an answer is on its way is kept. Without scripts there is
   one save button. */
(() => {
  document.documentElement.classList.add("dx-js");
  const FIELDS = "[data-cell], .dx-cmt, .dx-kind, .dx-later input";
  const rowOf = (node) => node.closest?.("tr[data-row]");
  const fields = (row) => [...row.querySelectorAll(FIELDS)];
  const rows = () =>
    [...document.querySelectorAll("tr[data-row]")].filter((row) =>
      row.querySelector("[data-cell]"),
    );
  const valueOf = (field) => (field.type === "checkbox" ? String(field.checked) : field.value);
  const setValue = (field, value) => {
    if (field.type === "checkbox") field.checked = value === "true";
    else field.value = value;
  };
  const stored = (field) => {
    if (field.type === "checkbox") return String(field.defaultChecked);
    if (!field.options) return field.defaultValue;
    return ([...field.options].find((option) => option.defaultSelected) || field.options[0]).value;
  };
  const changed = (row) => fields(row).some((field) => valueOf(field) !== stored(field));
  const open = (row) => changed(row) || row.matches(".is-bad, .is-conflict");
  const unsaved = () => rows().some(open);
  const say = (row, text) => {
    const place = row.querySelector(".dx-save");
    if (place) place.textContent = text;
  };
  const sent = new Map();

  const send = (row) => {
    if (!sent.has(row.id)) window.htmx.trigger(row, "row-save");
  };
  const save = (row) => {
    if (changed(row)) send(row);
  };
  const go = (row, step) => {
    const all = rows();
    const next = all[all.findIndex((each) => each.id === row.id) + step];
    if (!next) {
      save(row);
      return;
    }
    const cells = [...next.querySelectorAll("[data-cell]")];
    const column = row.closest("[data-columns]")
      ? [...row.querySelectorAll("[data-cell]")].indexOf(document.activeElement)
      : 0;
    (cells[column] || cells[0]).focus();
  };
  const nextProblem = (from) => {
    const all = [...document.querySelectorAll("tr[data-row]")];
    const at = from ? all.indexOf(from) : -1;
    const round = [...all.slice(at + 1), ...all.slice(0, at + 1)];
    const found = round.find(
      (row) =>
        row.querySelector("[data-cell]") &&
        (row.dataset.attention !== undefined || row.matches(".is-bad, .is-conflict")),
    );
    if (found) found.querySelector(found.matches(".is-warn") ? ".dx-cmt" : "[data-cell]").focus();
  };
  const toSubmission = () => {
    const place = document.getElementById("submission");
    if (!place) return;
    const target = place.querySelector("button[type=submit]") || place.querySelector("h2");
    if (target.tagName === "H2") target.tabIndex = -1;
    place.scrollIntoView({ block: "center" });
    target.focus();
  };

  document.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-cell]")) event.target.select();
  });
  document.addEventListener("focusout", (event) => {
    const row = rowOf(event.target);
    if (row && event.target.matches(FIELDS) && rowOf(event.relatedTarget || document.body) !== row)
      save(row);
  });
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key === "F8") {
      event.preventDefault();
      nextProblem(rowOf(field));
      return;
    }
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      toSubmission();
      return;
    }
    if (!field.matches(FIELDS) || event.isComposing) return;
    if (event.key === "Escape") {
      setValue(field, stored(field));
      return;
    }
    const step =
      event.key === "Enter" ? (event.shiftKey ? -1 : 1) : { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || (event.key !== "Enter" && !field.matches("[data-cell]"))) return;
    event.preventDefault();
    go(rowOf(field), step);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-save]");
    if (button) {
      event.preventDefault();
      send(rowOf(button));
      return;
    }
    const theirs = event.target.closest("[data-use-theirs]");
    if (theirs) {
      event.preventDefault();
      takeTheirs(rowOf(theirs));
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches(".dx-later input, .dx-kind")) save(rowOf(event.target));
  });

  /* The other person's value: the row as it stands on the server now. */
  const takeTheirs = async (row) => {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    const fresh = new DOMParser()
      .parseFromString(await answer.text(), "text/html")
      .getElementById(row.id);
    if (!fresh) return;
    const place = document.importNode(fresh, true);
    row.replaceWith(place);
    window.htmx.process(place);
    place.querySelector("[data-cell]")?.focus();
  };

  document.addEventListener("htmx:beforeRequest", (event) => {
    const row = rowOf(event.target);
    if (!row) return;
    sent.set(row.id, Object.fromEntries(fields(row).map((field) => [field.name, valueOf(field)])));
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
      values: fields(row)
        .filter((field) => valueOf(field) !== before[field.name])
        .map((field) => [field.name, valueOf(field)]),
    };
  });
  document.addEventListener("htmx:afterSwap", () => {
    const row = kept && document.getElementById(kept.id);
    if (!row) return;
    for (const [name, value] of kept.values) {
      const field = row.querySelector(`[name="${name}"]`);
      if (field) setValue(field, value);
    }
    if (kept.focus) row.querySelector(`[name="${kept.focus}"]`)?.focus();
    kept = null;
    clearTimeout(refreshing);
    refreshing = setTimeout(refresh, 600);
  });
  /* What stands around the rows (progress, filters, submission) follows
     shortly after the last save. */
  let refreshing = null;
  const refresh = async () => {
    if (sent.size) return;
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of [".dx-progress", ".dx-entrytools .dx-seg", "#submission"]) {
      const old = document.querySelector(part),
        next = fresh.querySelector(part);
      if (old && next && !old.contains(document.activeElement))
        old.replaceWith(document.importNode(next, true));
    }
  };
  const lost = (event) => {
    const row = rowOf(event.target);
    if (!row) return;
    sent.delete(row.id);
    row.classList.add("is-lost");
    say(row, "つながりません。入力は残っています。「保存」を押してください。");
  };
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"])
    document.addEventListener(name, lost);
  let leaving = false;
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && (unsaved() || sent.size)) event.preventDefault();
  });

  /* A block from Excel: more than one cell opens the preview; one cell is pasted as text. */
  const dialog = document.getElementById("paste");
  document.addEventListener("paste", async (event) => {
    const row = event.target.matches?.("[data-cell]") && rowOf(event.target);
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!row || !dialog || !/[\t\n]/.test(text.replace(/\r?\n$/, ""))) return;
    event.preventDefault();
    const token = row.querySelector("[name=csrfmiddlewaretoken]").value;
    const body = new URLSearchParams({ csrfmiddlewaretoken: token, text, start: row.id.slice(1) });
    try {
      const answer = await fetch(dialog.dataset.url, {
        method: "POST",
        body,
        credentials: "same-origin",
        headers: { "X-Part": "preview" },
      });
      dialog.innerHTML = await answer.text();
    } catch {
      say(row, "つながりません。もう一度貼り付けてください。");
      return;
    }
    dialog.returnFocus = event.target;
    dialog.showModal();
    (dialog.querySelector("button[name=apply]") || dialog.querySelector("[data-close]")).focus();
  });
  if (dialog) {
    dialog.addEventListener("click", (event) => {
      if (event.target.closest("[data-close]")) {
        event.preventDefault();
        dialog.close();
      }
    });
    dialog.addEventListener("close", () => dialog.returnFocus?.focus());
    dialog.addEventListener("submit", () => {
      leaving = !unsaved();
    });
  }
  document
    .querySelectorAll("[data-auto] select")
    .forEach((field) => field.addEventListener("change", () => field.form.requestSubmit()));
})();
