// The keyboard. Elements name their key: data-key is pressed, data-go is reached by `g` and it, data-row is stepped through.
const GO_WITHIN = 1200;
let gone = 0;

// What is in a closed fold has a place on the page, and cannot be reached all the same.
export const visible = (element) => element?.checkVisibility() ?? false;
const first = (where, what) => [...where.querySelectorAll(what)].find(visible);

function typing(element) {
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
}

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")].filter(visible);
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? (by > 0 ? 0 : rows.length - 1) : at + by))];
  const aim = row.querySelector(":scope > summary") ?? row.querySelector("a, button") ?? row;
  aim.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function promote() {
  const row = document.activeElement.closest("[data-row]");
  const own = row && first(row, "button");
  (own ?? first(document, '[data-key="p"]'))?.focus();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  p: promote,
  c: () => first(document, "[data-confirm]")?.focus(),
  x: () => first(document, '[data-key="x"]')?.click(),
  m: () => first(document, '[data-key="m"]')?.click(),
  f: () => first(document, "[data-follow]")?.click(),
  "/": () => first(document, "[data-filter]")?.select(),
  "?": () => document.getElementById("help")?.showModal(),
};

export function keys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) {
      if (event.key === "Escape" && typing(event.target)) event.target.blur();
      return;
    }
    if (Date.now() - gone < GO_WITHIN) {
      gone = 0;
      const aim = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      if (aim) {
        event.preventDefault();
        aim.click();
      }
    } else if (event.key === "g") {
      gone = Date.now();
    } else if (Object.hasOwn(KEYS, event.key)) {
      event.preventDefault();
      KEYS[event.key]();
    }
  });
}
