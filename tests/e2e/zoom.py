"""A page made larger: at 200 % and 400 % all of it is there, below itself and not beside (WCAG 1.4.4, 1.4.10).

To a page, a window of 1280 px zoomed to 200 % is one of 640 px, and to 400 % one of 320.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from playwright.sync_api import Page

WINDOW = {"200 %": 640, "400 %": 320}
# what a narrow page hides is hidden by the time of the next frame
LAID_OUT = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"""


def resize(page: Page, width: int, height: int = 740) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(LAID_OUT)


TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const wide = [...document.querySelectorAll("body *")].filter((each) => each.getBoundingClientRect().right > room + 1);
  return wide.slice(-2).map((each) => `${each.outerHTML.slice(0, 120)} ends at ${each.getBoundingClientRect().right}`);
}"""

# Each line of text, against what cuts it off and against the others. What lies over the page on purpose (a dialog,
# suggestions, what sticks to an edge) is a layer of its own; what scrolls by itself, like a wide table, may be wider.
CUT_OR_COVERED = """() => {
  const styles = new Map();
  const style = (each) => {
    if (!styles.has(each)) styles.set(each, getComputedStyle(each));
    return styles.get(each);
  };
  const lines = [], found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const home = node.parentElement;
    if (!node.textContent.trim() || !home.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (home.closest("script, style, noscript, option, .visually-hidden")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 2 && box.height > 2);
    let layer = document.body, cut = false, gone = false;
    let clipped = true;
    for (let above = home; above && above !== document.body; above = above.parentElement) {
      const { position, overflowX, overflowY } = style(above);
      const box = above.getBoundingClientRect();
      if (box.width <= 2 || box.height <= 2) gone = style(above).overflowX !== "visible" || gone;
      if (/auto|scroll/.test(overflowX + overflowY)) clipped = false;
      if (clipped && /hidden|clip/.test(overflowX))
        cut ||= boxes.some((text) => text.right > box.right + 1 || text.left < box.left - 1);
      if (clipped && /hidden|clip/.test(overflowY))
        cut ||= boxes.some((text) => text.bottom > box.bottom + text.height / 4 || text.top < box.top - text.height / 4);
      if (layer === document.body && (/fixed|sticky/.test(position) || above.matches("dialog, [popover], [role=listbox]")))
        layer = above;
    }
    if (gone) continue;
    if (cut) found.push(`cut off: ${node.textContent.trim().slice(0, 60)} in ${home.outerHTML.slice(0, 120)}`);
    for (const box of boxes) lines.push({ box, home, layer, said: node.textContent.trim().slice(0, 40) });
  }
  lines.sort((one, other) => one.box.top - other.box.top);
  lines.forEach((one, at) => {
    for (const other of lines.slice(at + 1)) {
      if (other.box.top >= one.box.bottom) break;
      if (one.layer !== other.layer || one.home.contains(other.home) || other.home.contains(one.home)) continue;
      const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const high = Math.min(one.box.bottom, other.box.bottom) - other.box.top;
      if (wide > 4 && high > 0.4 * Math.min(one.box.height, other.box.height))
        found.push(`one over the other: ${one.said} / ${other.said} in ${other.home.outerHTML.slice(0, 120)}`);
    }
  });
  return found.slice(0, 6);
}"""


def problems(page: Page, zooms: Iterable[str] = tuple(WINDOW)) -> Iterator[str]:
    for zoom in zooms:
        resize(page, WINDOW[zoom])
        for what in page.evaluate(TOO_WIDE):
            yield f"scrolls sideways at {zoom}: {what}"
        for what in page.evaluate(CUT_OR_COVERED):
            yield f"at {zoom} {what}"
