/* A workbook takes seconds to be made, and a month to be closed: what was pressed says so and
   counts them; a second press does nothing. Without this script links and buttons work as ever. */
(() => {
  const running = new Map(); // what was pressed → how to make it what it was

  const count = (place, words) => {
    const label = [...place.childNodes];
    const seconds = document.createElement("span");
    const said = document.createElement("span");
    const started = Date.now();
    const tick = () => {
      seconds.textContent = ` ${Math.floor((Date.now() - started) / 1000)}秒`;
    };
    said.setAttribute("role", "status");
    said.textContent = words;
    seconds.setAttribute("aria-hidden", "true"); // read once, not every second
    tick();
    place.replaceChildren(said, seconds);
    place.setAttribute("aria-disabled", "true");
    const timer = setInterval(tick, 1000);
    running.set(place, () => {
      clearInterval(timer);
      place.replaceChildren(...label);
      place.removeAttribute("aria-disabled");
      running.delete(place);
    });
  };

  const nameOf = (answer) => {
    const said = answer.headers.get("Content-Disposition") || "";
    const coded = /filename\*=utf-8''([^;]+)/i.exec(said);
    if (coded) return decodeURIComponent(coded[1]);
    return /filename="([^"]+)"/i.exec(said)?.[1];
  };

  const take = async (link) => {
    const answer = await fetch(link.href);
    const name = nameOf(answer);
    if (!answer.ok || !name) throw new Error("no file"); // a page that says why, or the sign-in
    const file = document.createElement("a");
    file.href = URL.createObjectURL(await answer.blob());
    file.download = name;
    file.click();
    setTimeout(() => URL.revokeObjectURL(file.href), 60000);
  };

  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-making]");
    if (!link || event.ctrlKey || event.shiftKey || event.metaKey) return;
    event.preventDefault();
    if (running.has(link)) return;
    count(link, "作成中…");
    try {
      await take(link);
    } catch {
      location.assign(link.href);
    } finally {
      running.get(link)?.();
    }
  });

  document.addEventListener("submit", (event) => {
    const button = event.target.closest("form[data-making]")?.querySelector("[type=submit]");
    if (!button) return;
    if (running.has(button)) event.preventDefault();
    else if (!event.defaultPrevented) count(button, "作成中…");
  });

  /* Who comes back with the browser's button finds the page as it was. */
  addEventListener("pageshow", () => {
    for (const end of [...running.values()]) end();
  });
})();
