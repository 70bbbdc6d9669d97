// Filters: rows that do not have every word, or none of the pressed chips of a field, are hidden; so is a group that has
// none left. A nested stack that fits shows all that is in it; one with something in it that fits shows that, and opens.
// What is asked for stands in the address, so that a view can be sent to somebody.
import { visible } from "./keys.js";

const ROWS = "[data-row][data-text]";
const GROUPS = ":is(.group, details.routine:not(.accepted, .alike, .row), details.beneath)"; // one of outputs alone has no row that fits
const FOLDS = ".routine, .beneath";
const opened = new Set(); // what was opened to show what fits, and is closed again after
const lines = (row) => row.dataset.text.split("\n"); // its words; of a nested stack also those of what is in it
const around = (node) => node.parentElement.closest(ROWS); // the nested stack that it is in, or none
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
      [...document.querySelectorAll(ROWS)].find(visible)?.querySelector("summary")?.focus();
    }
  });
  // A row that arrived meanwhile is sifted too.
  document.addEventListener("seed:looked", siftAgain);
  recall();
}

function asked() {
  return Boolean(document.querySelector("[data-filter]")?.value || document.querySelector("[data-kinds]")?.value || pressed().length);
}

function apply() {
  const field = document.querySelector("[data-filter]");
  if (!field) return;
  const kind = document.querySelector("[data-kinds]")?.value, sifting = asked();
  const rows = [...document.querySelectorAll(ROWS)], { own, inside } = fitting(rows, wanted(field.value, kind));
  const whole = new Set();
  for (const row of rows) {
    const all = whole.has(around(row)) || (own.has(row) && !inside.get(row));
    if (all) whole.add(row);
    row.hidden = !all && !own.has(row) && !inside.get(row);
    if (sifting && !all && inside.get(row) && row.querySelector(ROWS)) show(row);
  }
  for (const group of document.querySelectorAll(GROUPS)) {
    group.hidden = sifting && !whole.has(around(group)) && [...group.querySelectorAll(ROWS)].every((row) => row.hidden);
    if (sifting && !group.hidden && !whole.has(around(group)) && group.matches(FOLDS)) show(group);
  }
  for (const group of document.querySelectorAll(GROUPS)) count(group, sifting, whole.has(around(group)));
  if (!sifting) restore();
  tell(sifting, inside.get(null) ?? 0, rows.reduce((sum, row) => sum + (around(row) ? 0 : lines(row).length), 0));
  remember(field.value, kind);
}

// Which rows fit by themselves, and how many fit in each: under `null`, how many in all.
function fitting(rows, fits) {
  const own = new Set(), inside = new Map();
  for (const row of [...rows].reverse()) {
    const [itself, ...within] = lines(row);
    if (fits(row, itself)) own.add(row);
    // Of what has not arrived yet the words are known.
    if (within.length && !row.querySelector(ROWS)) inside.set(row, within.filter((words) => fits(null, words)).length);
    const stack = around(row), number = (inside.get(row) ?? 0) + (own.has(row) ? 1 : 0);
    inside.set(stack, (inside.get(stack) ?? 0) + number);
  }
  return { own, inside };
}

function tell(sifting, number, of) {
  const nothing = document.querySelector("[data-nothing]"), count = document.querySelector("[data-shown]");
  if (nothing) nothing.hidden = number > 0;
  if (count) count.textContent = sifting ? `${number} of ${of}` : "";
}

// A heading and a fold have the number of what is seen beneath them: `2 of 12`. Of a row that belongs to another, that one.
function count(group, sifting, all) {
  const place = group.querySelector(":scope > :is(h4, summary) [data-count]");
  for (const lines of group.matches("details") ? group.querySelectorAll(":scope > .properties") : []) lines.hidden = sifting && !all;
  if (!place) return;
  place.dataset.count ||= place.textContent;
  const seen = [...group.children].filter((row) => row.matches(ROWS) && (!row.hidden || row.nextElementSibling?.matches(".beneath:not([hidden])"))).length;
  place.textContent = sifting && !all && String(seen) !== place.dataset.count ? `${seen} of ${place.dataset.count}` : place.dataset.count;
}

// Whether a row fits what is asked for, by its words; without the row only the words are known.
function wanted(text, kind) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean), chips = grouped(pressed());
  const chosen = (row) => (!kind || row.dataset.kind === kind) && chips.every(([name, values]) => values.has(row.dataset[name]));
  return (row, line) => words.every((word) => line.includes(word)) && (row ? chosen(row) : !kind && !chips.length);
}

function show(fold) {
  if (!fold.open) opened.add(fold);
  fold.open = true;
}

function restore() {
  for (const fold of opened) fold.open = false;
  opened.clear();
}

export function siftAgain() {
  if (asked()) apply();
}

function grouped(chips) {
  const found = new Map();
  for (const { dataset: { chip: name, value } } of chips) found.set(name, (found.get(name) ?? new Set()).add(value));
  return [...found];
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
