// Of a long review the first rows come with what is inside them. What is inside the others follows by itself, so that it
// is there when one is opened, and nothing moves then but by who opens it.
import { clear, siftAgain } from "./filter.js";
import { named, page } from "./live.js";

const waiting = new Map();

export function insides() {
  document.addEventListener("toggle", (event) => event.target.open && event.target.matches?.("details.row") && opened(event.target), true);
  document.addEventListener("click", (event) => event.target.closest("[data-expand]") && expand(event.target.closest("[data-expand]")));
  // A link that leads to a row or a panel opens it; its content is there when it is read.
  // Before the browser goes there, so that there is somewhere to go: also where the address has led there already.
  document.addEventListener("click", (event) => event.target.closest('a[href^="#"]') && reveal(event.target.closest("a").hash));
  addEventListener("hashchange", () => reveal(location.hash));
  reveal(location.hash);
  here(document);
  follow();
  document.addEventListener("seed:looked", () => (here(document), follow()));
  for (const kind of ["click", "focusin"]) document.addEventListener(kind, (event) => unfold(event.target.closest(".inside.late")));
}

// What without scripts is on another page will be on this one.
function here(root) {
  for (const link of root.querySelectorAll("a[data-here]")) link.setAttribute("href", link.hash);
}

async function follow() {
  const url = document.querySelector("[data-expand]")?.dataset.expand;
  if (!url || !document.querySelector("[data-inside]")) return;
  try {
    takeAll(await fetched(url));
  } catch { /* what is opened is fetched then */ }
}

function takeAll(found) {
  for (const place of document.querySelectorAll("[data-inside]")) take(place, found, place.parentElement.id);
  siftAgain();
}

function reveal(hash) {
  const there = document.getElementById(named(hash));
  let place = there;
  // What is in a nested stack may not be there yet: then its stack is.
  for (let name = named(hash); !place && name.includes("--");) {
    name = name.slice(0, name.lastIndexOf("--"));
    place = document.getElementById(name);
    place?.scrollIntoView();
  }
  if (!place?.closest("details, .changes")) return;
  if (place.closest("[hidden]")) clear();
  for (let node = place; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
  if (place.matches("details")) fill(place).then(() => there || arrived(named(hash)));
}

// What somebody went to before it was there.
function arrived(name) {
  const row = document.getElementById(name);
  if (!row) return;
  unfold(row.closest(".inside.late"));
  reveal(`#${encodeURIComponent(name)}`);
  row.scrollIntoView();
}

// What is opened by keyboard is brought into sight: there is no hand that scrolls to it.
function opened(row) {
  fill(row);
  if (row.querySelector(":scope > summary:focus-visible")) row.scrollIntoView({ block: "nearest" });
}

async function fill(row) {
  const place = row.querySelector(":scope > [data-inside]");
  if (!place) return;
  try {
    take(place, await fetched(place.querySelector("a").href), row.id);
  } catch { /* the link in it still leads there */ }
}

function fetched(url) {
  if (!waiting.has(url)) {
    const asked = page(url);
    waiting.set(url, asked);
    asked.catch(() => waiting.delete(url));
  }
  return waiting.get(url);
}

function take(place, found, id) {
  const there = found.getElementById(id)?.querySelector(":scope > .inside");
  if (!there || !place.isConnected) return;
  const inside = document.importNode(there, true);
  inside.dataset.keep = "";
  here(inside);
  const row = place.parentElement;
  // Somebody was quicker: what follows below stays where it is, until they want to see all of this.
  if (row.open) {
    inside.classList.add("late");
    row.addEventListener("toggle", () => inside.classList.remove("late"), { once: true });
  }
  place.replaceWith(inside);
}

function unfold(inside) {
  if (!inside) return;
  const scrolled = inside.scrollTop;
  inside.classList.remove("late");
  scrollBy(0, scrolled);
}

async function expand(button) {
  const rows = [...document.querySelectorAll("details.row, details:is(.routine, .beneath):has(.row)")].filter((row) => !row.hidden);
  const open = !rows.every((row) => row.open);
  if (open && button.dataset.expand && document.querySelector("[data-inside]")) {
    button.disabled = true;
    try {
      takeAll(await fetched(button.dataset.expand));
    } finally {
      button.disabled = false;
    }
  }
  for (const row of rows) row.open = open;
  for (const inside of document.querySelectorAll(".inside.late")) inside.classList.remove("late");
  button.textContent = open ? "Collapse all" : "Expand all";
}
