// The page's manners: live without reload, keys, copying, true times. Everything here adds to pages that work
// without it. No markup is ever made from text: the policy of this site forbids it to every script.
import { connect } from "./live.js";
import { keys } from "./keys.js";
import { logs } from "./log.js";
import { filters } from "./filter.js";
import { order } from "./order.js";
import { phases } from "./phases.js";
import { insides } from "./inside.js";

document.documentElement.classList.add("scripted");

function relative(seconds) {
  seconds = Math.max(0, Math.floor(seconds));
  if (seconds < 60) return seconds < 10 ? "just now" : `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  const days = Math.floor(seconds / 86400);
  return `${days} day${days > 1 ? "s" : ""} ago`;
}

function tick() {
  for (const time of document.querySelectorAll("time[datetime]")) {
    const text = relative((Date.now() - Date.parse(time.dateTime)) / 1000);
    if (time.textContent !== text) time.textContent = text;
  }
}

const labels = new WeakMap();

async function copy(button) {
  const from = button.dataset.copyFrom;
  const answer = from && await fetch(from);
  if (answer && !answer.ok) throw new Error(answer.status);
  await navigator.clipboard.writeText(answer ? await answer.text() : button.dataset.copy);
  told(button, "Copied");
}

function told(button, text) {
  if (!labels.has(button)) labels.set(button, button.textContent);
  button.style.minWidth = `${button.offsetWidth}px`; // what stands beside it stays where it is
  button.textContent = text;
  say(text);
  setTimeout(() => { button.textContent = labels.get(button); }, 1200);
}

function say(text) {
  document.getElementById("say").textContent = text;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from]");
  if (button) copy(button).catch(() => told(button, "Not copied"));
  if (event.target.closest("[data-help]")) {
    document.getElementById("me")?.hidePopover?.();
    document.getElementById("help").showModal();
  }
});

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
  setTimeout(() => { delete event.target.dataset.sent; }, 4000);
});

setInterval(tick, 5000);
document.addEventListener("seed:looked", tick);
keys();
filters();
order();
phases();
insides();
logs();
connect(say);
