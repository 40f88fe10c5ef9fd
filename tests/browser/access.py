"""What axe does not look for, measured on a drawn page: sizes, overflow, what scripts leave out."""

SMALL = """() => {
  const LEAST = 24;
  const TARGETS = "a[href], button, summary, select, textarea, input:not([type=hidden])";
  const shown = (each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const clipped = (each) => each.closest(".visually-hidden, .dx-skip");
  const boxOf = (each) => {
    const label = each.matches("[type=checkbox], [type=radio]") && each.closest("label");
    const own = each.getBoundingClientRect();
    const wider = label ? label.getBoundingClientRect() : own;
    return wider.width * wider.height > own.width * own.height ? wider : own;
  };
  /* A link among the words of a line keeps the height of its line. */
  const inText = (each) => {
    if (getComputedStyle(each).display !== "inline") return false;
    const words = (node) => node.textContent.replace(/\\s+/g, "").length;
    let around = each.parentElement;
    while (getComputedStyle(around).display === "inline") around = around.parentElement;
    return words(around) > words(each);
  };
  const all = [...document.querySelectorAll(TARGETS)]
    .filter((each) => shown(each) && !clipped(each))
    .map((each) => ({ each, box: boxOf(each) }))
    .filter(({ box }) => box.width > 1 && box.height > 1);
  const small = ({ box }) => box.width < LEAST - 0.5 || box.height < LEAST - 0.5;
  const centre = ({ box }) => [box.left + box.width / 2, box.top + box.height / 2];
  const gap = ([x, y], { box }) =>
    Math.hypot(
      Math.max(box.left - x, 0, x - box.right),
      Math.max(box.top - y, 0, y - box.bottom),
    );
  /* A circle of that width around it touches no other target, nor the circle of a small one. */
  const crowded = (one) =>
    all.some((other) => {
      if (other === one || other.each.contains(one.each) || one.each.contains(other.each))
        return false;
      if (gap(centre(one), other) < LEAST / 2 - 0.5) return true;
      const [x, y] = centre(other);
      const [left, top] = centre(one);
      return small(other) && Math.hypot(x - left, y - top) < LEAST - 0.5;
    });
  return all
    .filter((one) => small(one) && !inText(one.each) && crowded(one))
    .map(({ each, box }) => {
      const size = `${box.width.toFixed()}×${box.height.toFixed()}`;
      return `${size} ${each.cloneNode().outerHTML.slice(0, 120)} ${each.textContent.trim()}`;
    });
}"""

WIDE = """() => {
  const wrong = [];
  const root = document.documentElement;
  const scrolls = (each) => ["auto", "scroll"].includes(getComputedStyle(each).overflowX);
  const scrolled = (each) => {
    const around = each.parentElement;
    return around && (scrolls(around) || scrolled(around));
  };
  if (root.scrollWidth > innerWidth) {
    const out = [...document.querySelectorAll("main *, header *, footer *")].filter(
      (each) =>
        each.getBoundingClientRect().right > innerWidth + 1 &&
        each.checkVisibility() &&
        !scrolled(each),
    );
    wrong.push(`${root.scrollWidth}: ${out[0]?.cloneNode().outerHTML.slice(0, 160)}`);
  }
  for (const area of document.querySelectorAll("body *")) {
    if (area.scrollWidth <= area.clientWidth + 1 || !area.checkVisibility()) continue;
    if (!scrolls(area)) continue;
    if (area.matches("textarea, input, select, dialog")) continue;
    const named = area.getAttribute("aria-label") || area.getAttribute("aria-labelledby");
    const reached = area.tabIndex >= 0 || area.querySelector("a[href], button, input");
    if (!reached || !named) wrong.push(`not reached: ${area.cloneNode().outerHTML.slice(0, 160)}`);
  }
  return wrong;
}"""

HOLES = """() => {
  const shown = (each) => each.checkVisibility() && each.getClientRects().length;
  const full = "svg, img, input, select, textarea, button, iframe, td, th, col, colgroup, i, hr";
  const holes = [...document.querySelectorAll("main *")].filter((each) => {
    const { width, height } = each.getBoundingClientRect();
    if (each.closest("svg") || each.matches(full) || each.querySelector(full)) return false;
    return shown(each) && !each.textContent.trim() && width > 40 && height > 40;
  });
  const dead = [...document.querySelectorAll("button[type=button]")].filter(shown);
  return [...holes, ...dead].map((each) => each.cloneNode().outerHTML.slice(0, 160));
}"""

ZOOMED = {"width": 320, "height": 256}  # 1280 × 1024 at 400 %


def small_targets(page) -> list[str]:
    """Targets under 24 px that stand too near to another one (WCAG 2.5.8)."""
    return page.evaluate(SMALL)


def overflow_when_zoomed(page) -> list[str]:
    """What is wider than the window at 400 %, but areas that scroll, are reached and named."""
    before = page.viewport_size
    page.set_viewport_size(ZOOMED)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))")
    found = page.evaluate(WIDE)
    page.set_viewport_size(before)
    return found


def holes(page) -> list[str]:
    """Empty places and buttons that do nothing, on a page whose scripts do not run."""
    return page.evaluate(HOLES)


LEAVING = """() => {
  const leaving = new Event("beforeunload", { cancelable: true });
  window.dispatchEvent(leaving);
  return leaving.defaultPrevented;
}"""


def warns_who_leaves(page):
    """Would the page ask back, because something typed is not saved?"""
    return page.evaluate(LEAVING)
