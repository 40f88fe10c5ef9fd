"use strict";
/* The menu of groups and the menu of the person signed in. Both are <details> and work without
   this script, which adds: one open at a time in every browser, Esc and a click elsewhere close,
   and on a narrow window the button that shows the menu. No inline code (strict CSP). */
(() => {
  const header = document.querySelector(".dx-header");
  if (!header) return;
  const menus = [...header.querySelectorAll("details")];
  const toggle = header.querySelector("[data-toggle-nav]");
  const narrow = () => toggle?.offsetParent;

  const closeOthers = (kept) => {
    for (const menu of menus) if (menu !== kept) menu.open = false;
  };
  for (const menu of menus) {
    menu.addEventListener("toggle", () => {
      if (menu.open) closeOthers(menu);
    });
    /* Whoever tabs on leaves no open group behind, over what is then in focus. */
    menu.addEventListener("focusout", (event) => {
      const next = event.relatedTarget;
      if (next && !menu.contains(next) && !narrow()) menu.open = false;
    });
  }

  const showNav = (open) => {
    header.classList.toggle("dx-nav-open", open);
    toggle.setAttribute("aria-expanded", String(open));
    const here = header.querySelector(".dx-gnav .is-here");
    if (open && here) here.open = true;
  };
  const navIsOpen = () => header.classList.contains("dx-nav-open");
  toggle?.addEventListener("click", () => showNav(!navIsOpen()));

  document.addEventListener("click", (event) => {
    if (header.contains(event.target)) return;
    closeOthers(null);
    if (navIsOpen()) showNav(false);
  });

  /* 「/」 goes to さがす: the page's own field, else the header's; where letters are typed it is a
     letter, and pages with keys of their own (会議モード) have no such field. */
  const writes = (at) => at.isContentEditable || at.matches("input, textarea, select");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey) return;
    if (writes(document.activeElement)) return;
    const fields = [...document.querySelectorAll("[data-search]")];
    const field = fields.findLast((each) => each.offsetParent);
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
  });

  /* Esc closes and goes back to what opened it. Elsewhere on the page Esc is not ours. */
  const inHeader = () => header.contains(document.activeElement);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !(inHeader() || document.activeElement === document.body)) return;
    const open = menus.find((menu) => menu.open);
    closeOthers(null);
    if (navIsOpen() && narrow()) {
      showNav(false);
      toggle.focus();
    } else if (open) {
      open.querySelector("summary").focus();
    }
  });
})();
