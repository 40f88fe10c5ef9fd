"use strict";
/* The entry grid and the table of targets by keyboard. A row saves itself when one leaves it;
   Enter or ↓ goes to the next value at once, Shift+Enter or ↑ to the one before, Esc restores,
   F8 goes to the next row that needs something, Ctrl+Enter to handing in. A block copied from Excel
   opens a preview. What is typed while an answer is on its way is kept. Without scripts there is
   one save button. */
(() => {
  document.documentElement.classList.add("dx-js");
  const FIELDS = "[data-cell], .dx-cmt, .dx-kind, .dx-later input";
  const SAVING = "保存中…";
  const WRONG = ".is-bad, .is-conflict";

  /* Rows and what stands in them. */
  const rowOf = (node) => node.closest?.("tr[data-row]");
  const allRows = () => [...document.querySelectorAll("tr[data-row]")];
  const cellsOf = (row) => [...row.querySelectorAll("[data-cell]")];
  const rows = () => allRows().filter((row) => cellsOf(row).length);
  const fields = (row) => [...row.querySelectorAll(FIELDS)];
  const valueOf = window.dxValue;
  const setValue = (field, value) => {
    if (field.type === "checkbox") field.checked = value === "true";
    else field.value = value;
  };
  /* What the page was drawn with, and what is stored: after a refusal or a conflict the row is
     drawn with what was typed, and Esc still leads back to what is stored. */
  const drawn = window.dxDrawn;
  const stored = (field) => field.dataset.stored ?? drawn(field);
  const changed = (row) => fields(row).some((field) => valueOf(field) !== drawn(field));
  const asStored = (row) => fields(row).every((field) => valueOf(field) === stored(field));
  const open = (row) => changed(row) || row.matches(WRONG);
  const unsaved = () => rows().some(open);
  const say = (row, text) => {
    const place = row.querySelector(".dx-save");
    if (place) place.textContent = text;
    if (text !== SAVING) window.dxTell(row.dataset.about, text);
  };

  /* Saving: one request a row at a time. sent: {row id: what was sent}. */
  const sent = new Map();
  const send = (row) => {
    if (!sent.has(row.id)) window.htmx.trigger(row, "row-save");
  };
  /* After a conflict one chooses: leaving the row does not overwrite what somebody else saved. */
  const save = (row) => {
    if (row.matches(".is-conflict") && !asStored(row)) return;
    if (changed(row)) send(row);
  };

  /* Moving by keyboard. */
  const columnOf = (row) =>
    row.closest("[data-columns]") ? cellsOf(row).indexOf(document.activeElement) : 0;
  const go = (row, step) => {
    const all = rows();
    const next = all[all.findIndex((each) => each.id === row.id) + step];
    if (!next) {
      save(row);
      return;
    }
    const cells = cellsOf(next);
    (cells[columnOf(row)] || cells[0]).focus();
  };
  const needsSomething = (row) =>
    cellsOf(row).length && (row.dataset.attention !== undefined || row.matches(WRONG));
  const nextProblem = (from) => {
    const all = allRows();
    const at = from ? all.indexOf(from) : -1;
    const round = [...all.slice(at + 1), ...all.slice(0, at + 1)];
    const found = round.find(needsSomething);
    if (found) found.querySelector(found.matches(".is-warn") ? ".dx-cmt" : "[data-cell]").focus();
  };

  document.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-cell]")) event.target.select();
  });
  document.addEventListener("focusout", (event) => {
    const row = rowOf(event.target);
    const next = rowOf(event.relatedTarget || document.body);
    if (row && event.target.matches(FIELDS) && next !== row) save(row);
  });
  const anywhere = (event) => {
    if (event.key === "F8") return () => nextProblem(rowOf(event.target));
    if (event.key === "Enter" && event.ctrlKey) return toSubmission;
    return null;
  };
  /* How many rows down a key goes; undefined: it does not move. */
  const stepOf = (event) => {
    if (event.key === "Enter") return event.shiftKey ? -1 : 1;
    if (!event.target.matches("[data-cell]")) return undefined;
    return { ArrowDown: 1, ArrowUp: -1 }[event.key];
  };
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    const act = anywhere(event);
    if (act) {
      event.preventDefault();
      act();
      return;
    }
    if (!field.matches(FIELDS) || event.isComposing) return;
    if (event.key === "Escape") {
      setValue(field, stored(field));
      if (field.matches("[data-cell]")) followNumber(rowOf(field));
      return;
    }
    const step = stepOf(event);
    if (!step) return;
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
    if (event.target.closest("[data-to-submission]")) {
      event.preventDefault();
      toSubmission();
      return;
    }
    const theirs = event.target.closest("[data-use-theirs]");
    if (theirs) {
      event.preventDefault();
      takeTheirs(rowOf(theirs));
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches(".dx-later input")) save(rowOf(event.target));
  });

  /* A number typed into a row with a reason sets the number, and without it the reason comes back.
     A reason's word in the box is read by the server. */
  const followNumber = (row) => {
    const kind = row.querySelector(".dx-kind");
    if (!kind) return;
    const isReason = kind.selectedOptions[0]?.closest("optgroup");
    const typed = cellsOf(row).some((cell) => /[0-9０-９]/.test(cell.value));
    if (typed && isReason) {
      kind.dataset.before = kind.value;
      kind.selectedIndex = 0;
    } else if (!typed && kind.dataset.before) {
      kind.value = kind.dataset.before;
      delete kind.dataset.before;
    }
  };
  document.addEventListener("input", (event) => {
    if (event.target.matches(".dx-kind")) delete event.target.dataset.before;
    if (event.target.matches("tr [data-cell]")) followNumber(rowOf(event.target));
  });

  /* This page as the server shows it now. */
  const pageNow = async () => {
    const headers = { "X-Part": "page", "X-Page-User": document.body.dataset.user };
    const answer = await fetch(location.href, { credentials: "same-origin", headers });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return { ok: answer.ok, page };
  };

  /* The other person's value: the row as it stands on the server now. */
  const takeTheirs = async (row) => {
    const { page } = await pageNow().catch(() => ({}));
    const fresh = page?.getElementById(row.id);
    if (!fresh) {
      say(row, "先の値を読み込めません。入力は残っています。もう一度押してください。");
      return;
    }
    const place = document.importNode(fresh, true);
    row.replaceWith(place);
    window.htmx.process(place);
    place.querySelector("[data-cell]")?.focus();
  };

  document.addEventListener("htmx:beforeRequest", (event) => {
    const row = rowOf(event.target);
    if (!row) return;
    sent.set(row.id, Object.fromEntries(fields(row).map((field) => [field.name, valueOf(field)])));
    say(row, SAVING);
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
  const AROUND = [
    ".dx-progress",
    ".dx-entrybar-due",
    ".dx-entrybar-submit",
    ".dx-entrytools .dx-seg",
    "#submission",
  ];
  const around = () => {
    const tallies = [...document.querySelectorAll("[data-tally]")];
    return [...AROUND, ...tallies.map((each) => `#${each.id}`)];
  };
  const refresh = async () => {
    refreshing = null;
    if (sent.size) return;
    const { ok, page } = await pageNow();
    if (!ok) return;
    for (const part of around()) {
      const old = document.querySelector(part);
      const next = page.querySelector(part);
      if (old && next && !old.contains(document.activeElement))
        old.replaceWith(document.importNode(next, true));
    }
    window.dxFollowOthers?.(page); // the grid alone has such rows
  };

  /* Handing in: what was typed is saved first, then the departments stand over the rows. */
  const handIn = document.getElementById("handin");
  const SUBMIT = "form:has([name=transition][value=submit]) button[type=submit]";
  const allSaved = async () => {
    while (sent.size) await new Promise((wake) => setTimeout(wake, 50));
    clearTimeout(refreshing);
    await refresh();
  };
  const toSubmission = async () => {
    if (!handIn || handIn.open) return;
    const row = rowOf(document.activeElement);
    if (row) save(row);
    if (sent.size || refreshing) await allSaved();
    handIn.prepend(document.getElementById("submission"));
    handIn.showModal();
    handIn.querySelector(`${SUBMIT}, [data-close]`).focus();
  };
  handIn?.addEventListener("close", () => {
    document.querySelector(".dx-entrybar").after(document.getElementById("submission"));
  });

  /* No answer: the row keeps what was typed and shows its button. */
  const lost = (event) => {
    const row = rowOf(event.target);
    if (!row) return;
    sent.delete(row.id);
    if (window.dxHeld.why(event)) return;
    row.classList.add("is-lost");
    say(row, window.dxWhyNotSaved(event));
  };
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"])
    document.addEventListener(name, lost);

  /* Held: the notice of held.js stands below the row and says what was typed. */
  document.addEventListener("dx:held", (event) => {
    const row = rowOf(event.target);
    const place = row?.querySelector(".dx-save");
    if (!place) return;
    const time = document.createElement("small");
    time.textContent = new Date().toTimeString().slice(0, 5);
    const mark = document.getElementById("held-mark").content.cloneNode(true);
    place.className = "dx-save dx-save-bad";
    place.replaceChildren(mark, "未保存", time);
  });
  const moved = (cell) => valueOf(cell) !== stored(cell);
  window.dxSaid = (element) => {
    const row = rowOf(element);
    if (!row) return null;
    const cells = cellsOf(row).filter(moved);
    if (!cells.length) return { typed: "入力", stored: row.dataset.stored };
    const shown = row.dataset.stored === undefined ? cells : cellsOf(row);
    return {
      typed: shown.map((cell) => cell.value || "空欄").join("／"),
      stored: row.dataset.stored ?? shown.map((cell) => stored(cell) || "未設定").join("／"),
    };
  };

  let leaving = false;
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && (unsaved() || sent.size)) event.preventDefault();
  });

  /* A block from Excel: more than one cell opens the preview; one cell is pasted as text. */
  const dialog = document.getElementById("paste");
  const isBlock = (text) => /[\t\n]/.test(text.replace(/\r?\n$/, ""));
  const preview = async (row, text, cell) => {
    const answer = await window.dxHeld.post(
      dialog.dataset.url,
      { text, start: row.id.slice(1), cell },
      "preview",
    );
    return answer ? answer.text() : "";
  };
  document.addEventListener("paste", async (event) => {
    const row = event.target.matches?.("[data-cell]") && rowOf(event.target);
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!row || !dialog || !isBlock(text)) return;
    event.preventDefault();
    let shown = "";
    try {
      shown = await preview(row, text, event.target.name);
    } catch {
      say(row, "つながりません。もう一度貼り付けてください。");
      return;
    }
    if (!shown) {
      say(row, "ログアウトしています。ログインして、もう一度貼り付けてください。");
      return;
    }
    dialog.innerHTML = shown;
    dialog.returnFocus = event.target;
    dialog.showModal();
    (dialog.querySelector("button[name=apply]") || dialog.querySelector("[data-close]")).focus();
  });
  document.addEventListener("click", (event) => {
    const open = event.target.closest("[data-close]")?.closest("#paste, #handin");
    if (!open) return;
    event.preventDefault();
    open.close();
  });
  if (dialog) {
    dialog.addEventListener("close", () => dialog.returnFocus?.focus());
    dialog.addEventListener("submit", () => {
      leaving = !unsaved();
    });
  }
})();
