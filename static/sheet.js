"use strict";
/* The PDCA sheet: drafts save themselves after a pause, what is chosen by keyboard when one leaves
   the group; what was saved moves the version of every button along. */
(() => {
  const form = document.getElementById("sheet");
  const seenVersion = () => document.querySelector("#saved input[name=seen_version]");
  let dirty = false;
  let sending = false;

  const CHOSEN = "select, [type=radio], [type=checkbox]";
  let pause = null;
  let chosen = ""; // name of a group in which one still moves by keyboard
  const saveAfter = (wait) => {
    clearTimeout(pause);
    pause = setTimeout(() => window.htmx.trigger(form, "save"), wait);
  };
  form.addEventListener("input", (event) => {
    dirty = true;
    if (!event.target.matches(CHOSEN)) saveAfter(1200);
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches(CHOSEN) && window.dxByKey()) chosen = event.target.name;
    else saveAfter(400);
  });
  form.addEventListener("focusout", (event) => {
    if (!chosen || event.relatedTarget?.name === chosen) return;
    chosen = "";
    saveAfter(0);
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target !== form) return;
    clearTimeout(pause);
    sending = true;
    dirty = false;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target !== form) return;
    sending = false;
    if (!event.detail.successful) dirty = true;
  });
  document.addEventListener("htmx:afterSwap", () => {
    const version = seenVersion();
    if (!version || version.value === "-1") return;
    document.querySelectorAll("[data-follow]").forEach((field) => {
      field.value = version.value;
    });
  });

  /* A fact is copied into the text beside it. */
  const insert = (button) => {
    const field = document.getElementById(button.dataset.into);
    const text = document.getElementById(button.dataset.insert).textContent.trim();
    field.value = field.value ? `${field.value}\n${text}` : text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  };
  /* Somebody else saved meanwhile, and this text is to replace theirs. */
  const overwrite = (button) => {
    seenVersion().value = button.dataset.overwrite;
    window.htmx.trigger(form, "save");
  };
  document.addEventListener("click", (event) => {
    const inserting = event.target.closest("[data-insert]");
    if (inserting) insert(inserting);
    const overwriting = event.target.closest("[data-overwrite]");
    if (!overwriting) return;
    event.preventDefault();
    overwrite(overwriting);
  });

  /* Handing in waits for what is still being typed, and for nothing else: a draft that was refused,
     met a conflict or is held is not handed in. */
  document.addEventListener("submit", (event) => {
    if (!event.target.querySelector("[data-transition]") || !(dirty || sending)) return;
    event.preventDefault();
    const go = () => {
      if (document.querySelector("#saved .dx-save-ok")) event.target.requestSubmit();
    };
    document.addEventListener("htmx:afterSettle", go, { once: true });
    const stay = () => document.removeEventListener("htmx:afterSettle", go);
    document.addEventListener("dx:held", stay, { once: true });
    if (!sending) window.htmx.trigger(form, "save");
  });
  /* The stored text is printed, laid out so that no date is cut; else what is typed, as it is. */
  window.addEventListener("beforeprint", () => {
    form.classList.toggle("is-typed", dirty || sending);
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
})();
