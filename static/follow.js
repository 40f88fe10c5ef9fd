"use strict";
/* A row of the grid whose numerator is another row's value shows it as it stands on a page that was
   just read; what is typed in it stays, and what is said of it while one types. */
window.dxFollowOthers = (page) => {
  for (const row of document.querySelectorAll("tr[data-follows]")) {
    const next = page.getElementById(row.id);
    const typing = row.contains(document.activeElement) || row.querySelector(".dx-save-bad");
    for (const part of [".dx-ofother", ".is-res", ...(typing ? [] : [".dx-save"])]) {
      const place = row.querySelector(part);
      const now = next?.querySelector(part);
      if (place && now) place.replaceWith(document.importNode(now, true));
    }
  }
};
