"use strict";
/* The PDCA sheet: drafts save themselves after a pause; what was saved moves the version of every
   button along. */
(() => {
  const form = document.getElementById("sheet");
  let dirty = false,
    sending = false;
  const place = () => document.querySelector("#saved input[name=seen_version]");
  form.addEventListener("input", () => {
    dirty = true;
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target === form) {
      sending = true;
      dirty = false;
    }
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target === form) {
      sending = false;
      if (!event.detail.successful) dirty = true;
    }
  });
  document.addEventListener("htmx:afterSwap", () => {
    const version = place();
    if (version && version.value !== "-1")
      document.querySelectorAll("[data-follow]").forEach((field) => {
        field.value = version.value;
      });
  });
  for (const name of ["htmx:sendError", "htmx:timeout"])
    document.addEventListener(name, () => {
      document
        .querySelector("#saved .dx-save")
        ?.replaceChildren(
          "つながりません。入力は残っています。「下書きを保存する」を押してください。",
        );
    });
  document.addEventListener("click", (event) => {
    const insert = event.target.closest("[data-insert]");
    if (insert) {
      const field = document.getElementById(insert.dataset.into),
        text = document.getElementById(insert.dataset.insert).textContent.trim();
      field.value = field.value ? `${field.value}\n${text}` : text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
    }
    const over = event.target.closest("[data-overwrite]");
    if (over) {
      event.preventDefault();
      place().value = over.dataset.overwrite;
      window.htmx.trigger(form, "save");
    }
  });
  /* Handing in waits for what is still being typed. */
  document.addEventListener("submit", (event) => {
    if (!event.target.querySelector("[data-transition]") || !(dirty || sending)) return;
    event.preventDefault();
    const go = () => event.target.requestSubmit();
    document.addEventListener("htmx:afterSettle", go, { once: true });
    if (!sending) window.htmx.trigger(form, "save");
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
})();
