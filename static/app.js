"use strict";
/* What was typed too early, unsaved-input warning, idle warning, scroll areas by keyboard, what was
   saved said aloud. No inline code anywhere (strict CSP). */
(() => {
  /* What a field was drawn with, in the words of its value; a tick as "true" or "false". */
  const ticks = (field) => field.matches("[type=radio], [type=checkbox]");
  window.dxValue = (field) => (ticks(field) ? String(field.checked) : field.value);
  window.dxDrawn = (field) => {
    if (ticks(field)) return String(field.defaultChecked);
    if (!field.options) return field.defaultValue;
    const chosen = [...field.options].find((option) => option.defaultSelected);
    return (chosen || field.options[0])?.value ?? "";
  };

  /* On a slow computer one types before the scripts are there, and a browser that goes back fills
     in what was typed: once all scripts listen, it is told to them as if it were typed now. */
  document.addEventListener("DOMContentLoaded", () => {
    for (const field of document.querySelectorAll("main :is(input, textarea, select)")) {
      if (window.dxValue(field) === window.dxDrawn(field)) continue;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });

  document
    .querySelectorAll("[data-print]")
    .forEach((button) => button.addEventListener("click", () => window.print()));

  /* At the foot of each printed page: what it is, as of when, and when it was printed. */
  const era = new Intl.DateTimeFormat("ja-JP-u-ca-japanese", {
    dateStyle: "long",
    timeStyle: "short",
  });
  const { dataset } = document.documentElement;
  const { paper } = dataset;
  window.addEventListener("beforeprint", () => {
    dataset.paper = `${document.title.split(" | ")[0].trim()}　${paper}`;
    dataset.printed = `${era.format(new Date())} 印刷`;
  });

  /* The town's network may serve plain http, where the clipboard API is closed. */
  const copyBySelection = (source) => {
    if (source.select) {
      source.select();
      document.execCommand("copy");
      return;
    }
    const range = document.createRange();
    range.selectNodeContents(source);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    document.execCommand("copy");
  };
  const copy = async (button) => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
    } catch {
      copyBySelection(source);
    }
    button.textContent = "コピーしました";
  };
  document
    .querySelectorAll("[data-copy]")
    .forEach((button) => button.addEventListener("click", () => copy(button)));

  /* A table wider than the window can be scrolled by keyboard (WCAG 2.1.1). */
  const nameOf = (table) => table?.getAttribute("aria-label") || table?.caption?.textContent.trim();
  const scrolled = (area) => ({
    tabindex: "0",
    role: "group",
    "aria-label": `横に送れる表：${nameOf(area.querySelector("table")) || ""}`,
  });
  const reach = () => {
    for (const area of document.querySelectorAll(".dx-wide")) {
      const wide = area.scrollWidth > area.clientWidth;
      for (const [name, value] of Object.entries(scrolled(area))) {
        if (wide) area.setAttribute(name, value);
        else area.removeAttribute(name);
      }
    }
  };
  reach();
  window.addEventListener("resize", reach);

  /* What is chosen by arrow keys is passed through, choice by choice: it is not yet meant. Whoever
     acts upon a choice asks this, and waits until one leaves it. */
  let byKey = false;
  document.addEventListener("keydown", () => (byKey = true), true);
  document.addEventListener("pointerdown", () => (byKey = false), true);
  window.dxByKey = () => byKey;

  /* A list of choices that filters the page: at once by pointer; by keyboard with Enter, or with
     the button that then appears beside it. */
  const filterNow = (event) => {
    const { form } = event.target;
    if (byKey) form.classList.add("is-waiting");
    else form.requestSubmit();
  };
  for (const select of document.querySelectorAll("[data-auto] select")) {
    select.addEventListener("change", filterNow);
    select.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      select.form.requestSubmit();
    });
  }

  /* What was saved or not is said aloud with the row it is about: by a region that stands from the
     start, for a part that arrives with its words in it is not heard. */
  const told = document.querySelector("[data-told]");
  window.dxTell = (about, text) => {
    if (!text) return;
    const line = document.createElement("p");
    line.textContent = [about, text].filter(Boolean).join("：");
    told.append(line);
    while (told.childElementCount > 5) told.firstElementChild.remove();
  };
  const plain = (part) => part?.textContent.replace(/\s+/g, " ").trim();
  document.addEventListener("htmx:afterSettle", (event) => {
    const part = document.getElementById(event.detail.target?.id || "");
    if (!part?.dataset.about) return;
    window.dxTell(part.dataset.about, plain(part.querySelector(".dx-save, .dx-notice h2")));
  });
  window.addEventListener("load", () => {
    const answers = document.querySelectorAll(".dx-messages .dx-notice");
    setTimeout(() => answers.forEach((each) => window.dxTell("", plain(each))), 500);
  });

  /* Leaving a form with unsaved input warns. */
  let dirty = false;
  document.addEventListener("input", (event) => {
    if (event.target.closest("form[data-guard]")) dirty = true;
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) dirty = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });

  /* An answer without a fragment: the page stays as typed, and says why nothing was saved.
     Which answers carry one is told to htmx in base.html. */
  const REASONS = {
    403: "保存する権限がなくなりました。入力は残っています。事務局に確かめてください。",
    404: "保存する先が見つかりません。入力は残っています。画面を読み込み直して確かめてください。",
    413: "内容が大きすぎて保存できませんでした。入力は残っています。短くするか分けてください。",
    500: "ポータルの不具合で保存できませんでした。入力は残っています。事務局に知らせてください。",
    503: "混み合っていて保存できませんでした。入力は残っています。もう一度保存してください。",
    507: "保存先に書き込めず、保存できませんでした。入力は残っています。事務局に知らせてください。",
  };
  const GONE = "データベースにつながらず、保存できませんでした。入力は残っています。";
  const LOST = "つながりません。入力は残っています。「保存」を押してください。";
  const UNSURE =
    "保存できたかどうか分かりません。入力は残っています。" +
    "もう一度保存しても、重ねては保存しません。";
  window.dxWhyNotSaved = ({ detail: { xhr } }) => {
    if (xhr?.getResponseHeader("X-Unsure")) return UNSURE;
    if (xhr?.getResponseHeader("X-Why") === "database") return GONE;
    return REASONS[xhr?.status] || LOST;
  };

  /* Two minutes before the session ends: a warning.
     What was typed stays, even when the session has ended. */
  const limit = Number(document.body.dataset.idleSeconds || 0);
  const box = document.querySelector("[data-idle-warning]");
  if (!limit || !box) return;
  let last = Date.now();
  let typed = 0;
  const show = (state) => {
    if (state === "ended" && document.querySelector(".dx-heldnote")) return; // said there
    for (const name of ["soon", "ended", "lost"]) {
      box.querySelector(`[data-idle-${name}]`).hidden = name !== state;
    }
    box.hidden = false;
  };
  const touch = async () => {
    try {
      const now = await window.dxHeld.standing();
      if (!now.person) {
        show("ended");
        return;
      }
      last = Date.now();
      box.hidden = true;
    } catch {
      show("lost");
    }
  };
  window.dxSayLost = () => show("lost");
  document.addEventListener("dx:signed-in", () => {
    last = Date.now();
    box.hidden = true;
  });
  document.addEventListener("dx:held", () => {
    box.hidden = true;
  });
  document.addEventListener("input", () => {
    if (Date.now() - typed > 60000) {
      typed = Date.now();
      touch();
    }
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) last = Date.now();
  });
  box.querySelector("[data-idle-continue]").addEventListener("click", window.dxHeld.settle);
  setInterval(() => {
    const idle = (Date.now() - last) / 1000;
    if (idle > limit) show("ended");
    else if (idle > limit - 120) show("soon");
  }, 15000);
})();
