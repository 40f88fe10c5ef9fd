"use strict";
/* Under a box for a date or a month: what the portal reads in the typed text, before it is saved.
   The portal itself reads it (data-reading-address); without scripts the boxes work as before. */
(() => {
  const address = document.body.dataset.readingAddress;
  if (!address) return;

  const PAUSE = 250;
  const waiting = new WeakMap();

  const lineUnder = (box) => {
    const there = box.parentElement.querySelector(":scope > .dx-read");
    if (there) return there;
    const line = document.createElement("small");
    line.className = "dx-read";
    line.setAttribute("role", "status");
    box.after(line);
    return line;
  };

  const say = (box, answer) => {
    const line = lineUnder(box);
    line.textContent = answer.words || answer.refused || "";
    line.classList.toggle("is-refused", Boolean(answer.refused));
    box.dataset.day = answer.day || "";
    box.dispatchEvent(new CustomEvent("dx:day-read", { bubbles: true }));
  };

  const question = (box) => {
    const { reads, near, first, last } = box.dataset;
    const asked = { text: box.value, kind: reads, near, first, last };
    const known = Object.entries(asked).filter(([, value]) => value);
    return `${address}?${new URLSearchParams(known)}`;
  };

  const read = async (box) => {
    const typed = box.value;
    if (!typed.trim()) return say(box, {});
    try {
      const answer = await fetch(question(box), { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) return;
      const told = await answer.json();
      if (box.value === typed) say(box, told);
    } catch {
      /* No connection: saving will say so. */
    }
  };

  document.addEventListener("input", (event) => {
    const box = event.target;
    if (!box.matches("input[data-reads]")) return;
    clearTimeout(waiting.get(box));
    waiting.set(box, setTimeout(() => read(box), PAUSE));
  });
})();
