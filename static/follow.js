"use strict";
/* A row of the grid whose numerator is another row's value shows it as it stands on a page that was
   just read; what is typed in the row stays. */
window.dxFollowOthers = (page) => {
  for (const row of document.querySelectorAll("tr[data-follows]")) {
    const next = page.getElementById(row.id);
    for (const part of [".dx-ofother", ".is-res"]) {
      const place = row.querySelector(part);
      const now = next?.querySelector(part);
      if (place && now) place.replaceWith(document.importNode(now, true));
    }
  }
};
