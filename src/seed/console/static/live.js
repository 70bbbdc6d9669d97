// Live pages. The server says "look": the page asks for itself again and takes over what is different, so that
// what a person has opened, typed or scrolled stays as it was.
import { append, cursor } from "./log.js";

const QUIET = 150;
let source = null, busy = false, again = false, say = () => {};

export function connect(teller) {
  say = teller;
  open();
  // A hidden tab holds no connection: a browser has few for each site.
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => event.persisted && open());
}

function open() {
  const { stream, topics } = document.body.dataset;
  if (source || document.hidden || !(stream || topics)) return;
  source = new EventSource(stream ? `${stream.split("?")[0]}?after=${cursor()}` : `/live?topics=${topics}`);
  source.addEventListener("look", look);
  source.addEventListener("lines", (event) => append(JSON.parse(event.data)));
  // What happened between the page and its stream, or while the stream was broken, is looked at now.
  source.addEventListener("open", look);
}

function close() {
  source?.close();
  source = null;
}

async function look() {
  if (busy) { again = true; return; }
  busy = true;
  try {
    take(await page(location.pathname + location.search));
  } catch { /* the next ring tries again */ }
  setTimeout(() => {
    busy = false;
    if (again) { again = false; look(); }
  }, QUIET);
}

// The id that the end of an address names; a name may have a % in it.
export function named(hash) {
  try { return decodeURIComponent(hash.slice(1)); } catch { return hash.slice(1); }
}

// XMLHttpRequest parses a page without running anything of it, and without the right to make markup from text.
export function page(url) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("GET", url);
    request.responseType = "document";
    request.setRequestHeader("Seed-Live", "1");
    request.onload = () => {
      if (request.responseURL.includes("/sign-in")) location.reload();
      else if (request.status === 200 && request.response) done(request.response);
      else failed(new Error(String(request.status)));
    };
    request.onerror = () => failed(new Error("network"));
    request.send();
  });
}

function take(found) {
  const here = document.getElementById("main"), there = found.getElementById("main");
  if (!there) return;
  const before = here.dataset.said, logs = document.querySelectorAll("[data-log]").length;
  morph(here, there);
  document.title = found.title;
  const icon = document.querySelector("link[rel=icon]"), newer = found.querySelector("link[rel=icon]");
  if (icon.href !== newer.href) icon.href = newer.href;
  if (here.dataset.said && here.dataset.said !== before) say(here.dataset.said);
  const topics = found.body.dataset.topics ?? "";
  // Another thing to hear of, or another log to follow.
  if (document.body.dataset.topics !== topics || document.querySelectorAll("[data-log]").length !== logs) {
    document.body.dataset.topics = topics;
    if (!document.body.dataset.stream && found.body.dataset.stream) document.body.dataset.stream = found.body.dataset.stream;
    close();
    open();
  }
  document.dispatchEvent(new CustomEvent("seed:looked"));
}

// Make `from` look like `to`. A node with an id stays the same node wherever it moves; others stay by place and name.
export function morph(from, to) {
  if (from.dataset?.keep !== undefined && to.dataset?.keep !== undefined) return;
  attributes(from, to);
  let place = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const match = find(place, wanted);
    if (!match) {
      from.insertBefore(document.importNode(wanted, true), place);
      continue;
    }
    if (match === place) place = place.nextSibling;
    else from.insertBefore(match, place);
    if (match.nodeType === Node.ELEMENT_NODE) morph(match, wanted);
    else if (match.data !== wanted.data) match.data = wanted.data;
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

function find(place, wanted) {
  if (wanted.id) {
    for (let node = place; node; node = node.nextSibling) if (node.id === wanted.id && node.nodeName === wanted.nodeName) return node;
    return null;
  }
  let node = place;
  // Between two elements there is only the white space of the template.
  while (node?.nodeType === Node.TEXT_NODE && wanted.nodeType !== Node.TEXT_NODE) node = node.nextSibling;
  return node && node.nodeName === wanted.nodeName && !node.id ? node : null;
}

// What a person did to a thing is theirs: whether it is open, what is typed in it.
const THEIRS = new Set(["open", "data-sent", "aria-pressed"]);

function attributes(from, to) {
  for (const { name, value } of [...to.attributes]) {
    if (!THEIRS.has(name) && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  for (const { name } of [...from.attributes]) {
    if (!THEIRS.has(name) && !to.hasAttribute(name)) from.removeAttribute(name);
  }
}
