// Filters: rows that do not have every word, or none of the pressed chips of a field, are hidden; so is a group that has
// none left. What is asked for stands in the address, so that a view can be sent to somebody.
const ROWS = "[data-row][data-text]:not(.nested *)"; // what is inside a nested stack comes and goes with it
const GROUPS = ":is(.group, details.routine:not(.accepted, .alike, .row), details.beneath)"; // one of outputs alone has no row that fits
const pressed = () => [...document.querySelectorAll('[data-chip][aria-pressed="true"]')];

export function filters() {
  document.addEventListener("input", (event) => event.target.matches("[data-filter], [data-kinds]") && apply());
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-chip]");
    if (!chip) return;
    chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
    apply();
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("[data-chip]")) move(event);
    else if (event.key === "Escape" && event.target.matches("[data-filter]")) clear();
    else if ((event.key === "Enter" || event.key === "ArrowDown") && event.target.matches(".sieve [data-filter]")) {
      event.preventDefault();
      [...document.querySelectorAll(ROWS)].find((row) => row.getClientRects().length)?.querySelector("summary")?.focus();
    }
  });
  // A row that arrived meanwhile is sifted too.
  document.addEventListener("seed:looked", () => asked() && apply());
  recall();
}

function asked() {
  return Boolean(document.querySelector("[data-filter]")?.value || document.querySelector("[data-kinds]")?.value || pressed().length);
}

function apply() {
  const field = document.querySelector("[data-filter]");
  if (!field) return;
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean), kind = document.querySelector("[data-kinds]")?.value;
  const wanted = Object.groupBy ? Object.groupBy(pressed(), (chip) => chip.dataset.chip) : grouped(pressed());
  const fields = Object.entries(wanted).map(([name, chips]) => [name, new Set(chips.map((chip) => chip.dataset.value))]);
  const rows = document.querySelectorAll(ROWS);
  let shown = 0;
  for (const row of rows) {
    const fits = words.every((word) => row.dataset.text.includes(word)) && (!kind || row.dataset.kind === kind)
      && fields.every(([name, values]) => values.has(row.dataset[name]));
    row.hidden = !fits;
    shown += fits ? 1 : 0;
  }
  const sifting = asked();
  for (const group of document.querySelectorAll(`${GROUPS}:not(.nested *)`)) {
    const own = [...group.querySelectorAll(ROWS)];
    group.hidden = sifting && own.every((row) => row.hidden);
    if (group.matches(".routine, .beneath") && sifting) group.open = !group.hidden;
  }
  const nothing = document.querySelector("[data-nothing]"), count = document.querySelector("[data-shown]");
  if (nothing) nothing.hidden = shown > 0;
  if (count) count.textContent = sifting ? `${shown} of ${rows.length}` : "";
  remember(field.value, kind);
}

function grouped(chips) {
  const found = {};
  for (const chip of chips) (found[chip.dataset.chip] ??= []).push(chip);
  return found;
}

function move(event) {
  const chips = [...document.querySelectorAll("[data-chip]")], at = chips.indexOf(event.target);
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (by) chips[(at + by + chips.length) % chips.length].focus();
}

export function clear() {
  const field = document.querySelector("[data-filter]"), kinds = document.querySelector("[data-kinds]");
  field.value = "";
  if (kinds) kinds.value = "";
  for (const chip of pressed()) chip.setAttribute("aria-pressed", "false");
  apply();
}

function remember(text, kind) {
  if (!document.querySelector(".sieve")) return;
  const url = new URL(location.href);
  const values = { q: text, kind: kind ?? "", only: pressed().map((chip) => chip.dataset.value).join(",") };
  for (const [name, value] of Object.entries(values)) value ? url.searchParams.set(name, value) : url.searchParams.delete(name);
  if (url.href !== location.href) history.replaceState(history.state, "", url);
}

function recall() {
  const asks = new URLSearchParams(location.search), field = document.querySelector(".sieve [data-filter]");
  if (!field) return;
  field.value = asks.get("q") ?? "";
  const kinds = document.querySelector("[data-kinds]"), only = (asks.get("only") ?? "").split(",");
  if ([...kinds.options].some((option) => option.value === asks.get("kind"))) kinds.value = asks.get("kind");
  for (const chip of document.querySelectorAll("[data-chip]")) chip.setAttribute("aria-pressed", String(only.includes(chip.dataset.value)));
  if (asked()) apply();
}
