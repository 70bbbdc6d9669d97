// Logs: lines are added as they come; the end is followed until a person scrolls up.
import { named, page } from "./live.js";

const MOST = 6000, LONGEST = 20000, NEAR = 32, TRIES = 30;
const FULL = 500; // lines of a block; of a longer one the browser would lay all out again for each that comes

export function cursor() {
  return [...document.querySelectorAll("[data-log]")].map((log) => `${log.dataset.log}:${log.dataset.last}`).join(",");
}

export function append({ log: key, lines }) {
  const log = document.querySelector(`[data-log="${CSS.escape(key)}"]`);
  if (!log) return;
  const fresh = lines.filter(([number]) => number > Number(log.dataset.last));
  if (!fresh.length) return;
  const box = log.querySelector(".lines"), added = document.createDocumentFragment();
  let step = [...box.querySelectorAll(".step")].at(-1);
  for (const line of fresh) {
    const begins = step?.dataset.step !== line[2];
    if (begins || step.childElementCount > FULL) {
      step = block(line[2], begins);
      added.append(step);
    }
    step.append(row(line, log.dataset.anchor));
  }
  box.append(added);
  box.querySelector(".none").hidden = true;
  log.dataset.last = fresh.at(-1)[0];
  trim(box, following(log) ? MOST : LONGEST);
  if (following(log)) box.scrollTop = box.scrollHeight;
}

function block(name, begins) {
  const step = document.createElement("div");
  step.className = "step";
  step.dataset.step = name;
  if (name && begins) {
    const title = document.createElement("p");
    title.className = "step-name";
    title.textContent = name;
    step.append(title);
  }
  return step;
}

function row([number, at, , text], anchor) {
  const line = document.createElement("div"), link = document.createElement("a"), said = document.createElement("span");
  line.className = "l";
  line.id = `${anchor}-L${number}`;
  link.href = `#${line.id}`;
  link.tabIndex = -1;
  link.title = at.slice(11, 23);
  link.textContent = number;
  if (typeof text === "string") said.textContent = text;
  else for (const [style, part] of text) said.append(style ? coloured(style, part) : part);
  line.append(link, said);
  return line;
}

function coloured(style, text) {
  const part = document.createElement("i");
  part.className = style;
  part.textContent = text;
  return part;
}

// A page holds so many lines; the oldest go, and "Earlier lines" brings them back. Who reads above the end keeps more.
function trim(box, most) {
  const rows = box.getElementsByClassName("l");
  if (rows.length <= most) return;
  for (const old of [...rows].slice(0, rows.length - most * 0.75)) old.remove();
  for (const step of box.querySelectorAll(".step")) if (!step.querySelector(".l")) step.remove();
  mark(box, numberOf(rows[0]));
}

function numberOf(line) {
  return Number(line.id.match(/\d+$/)[0]);
}

function mark(box, number) {
  const link = box.querySelector("a[data-earlier]");
  const url = new URL(link.href);
  url.searchParams.set("before", number);
  link.href = url;
  link.parentElement.hidden = number <= 1;
}

async function earlier(link) {
  const box = link.closest(".lines"), found = await page(link.href);
  const came = found.querySelector("[data-block]");
  const first = box.querySelector(".step"), height = box.scrollHeight;
  for (const step of [...came.querySelectorAll(".step")]) box.insertBefore(document.importNode(step, true), first);
  mark(box, Number(came.dataset.earlier) || 1);
  box.scrollTop += box.scrollHeight - height;
}

function following(log) {
  return log.querySelector("[data-follow]")?.getAttribute("aria-pressed") === "true";
}

function follow(log, yes) {
  log.querySelector("[data-follow]")?.setAttribute("aria-pressed", String(yes));
  const box = log.querySelector(".lines");
  if (yes) box.scrollTop = box.scrollHeight;
}

function watch(log) {
  if (log.dataset.watched) return;
  log.dataset.watched = "yes";
  const box = log.querySelector(".lines");
  let top = 0;
  follow(log, true);
  box.addEventListener("scroll", () => {
    const near = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    if (box.scrollTop < top - 2 && !near) follow(log, false);
    else if (near && !following(log)) follow(log, true);
    top = box.scrollTop;
  }, { passive: true });
  log.closest("details")?.addEventListener("toggle", () => following(log) && follow(log, true));
}

// A link to a line opens its log, and fetches as far back as it must.
async function reveal() {
  const id = named(location.hash);
  const [, anchor, number] = id.match(/^(.+)-L(\d+)$/) ?? [];
  if (!anchor) return openTo(document.getElementById(id));
  const log = document.querySelector(`[data-anchor="${CSS.escape(anchor)}"]`);
  if (!log) return;
  follow(log, false);
  openTo(log);
  const link = log.querySelector("a[data-earlier]");
  for (let tries = 0; tries < TRIES && !document.getElementById(id); tries += 1) {
    if (link.parentElement.hidden || Number(number) > Number(log.dataset.last)) return;
    await earlier(link);
  }
  const line = document.getElementById(id);
  if (!line) return;
  const box = log.querySelector(".lines");
  for (const old of box.querySelectorAll(".here")) old.classList.remove("here");
  line.classList.add("here");
  box.scrollTop += line.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
  log.scrollIntoView({ block: "nearest" });
}

function openTo(element) {
  for (let node = element; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
  if (element) element.scrollIntoView({ block: "nearest" });
}

export function logs() {
  const all = () => document.querySelectorAll("[data-log]").forEach(watch);
  all();
  document.addEventListener("seed:looked", all);
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-follow]");
    if (button) follow(button.closest(".log"), button.getAttribute("aria-pressed") !== "true");
    const link = event.target.closest(".lines a[data-earlier]");
    if (link) {
      event.preventDefault();
      follow(link.closest(".log"), false);
      earlier(link);
    }
  });
}
