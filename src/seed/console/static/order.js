// Put stages in order. The order of the rows in the form is what is saved.
// Development stays before staging, and that before production: a row moves among its own kind.
import { movable } from "./movable.js";

function move(form, item, before) {
  item.parentElement.insertBefore(item, before);
  form.querySelector("[data-unsaved]").hidden = false;
  const names = [...item.parentElement.children].map((one) => one.dataset.name);
  document.getElementById("say").textContent = `${item.dataset.name} is number ${names.indexOf(item.dataset.name) + 1}`;
}

export function order() {
  const form = document.querySelector("form[data-order]");
  if (!form) return;
  movable(form, {
    by(item, step) {
      const aim = step < 0 ? item.previousElementSibling : item.nextElementSibling;
      if (aim?.dataset.kind !== item.dataset.kind) return;
      move(form, item, step < 0 ? aim : aim.nextElementSibling);
    },
    over(held, event) {
      const over = event.target.closest("li[draggable]");
      if (over?.dataset.kind !== held.dataset.kind) return false;
      const below = event.clientY > over.getBoundingClientRect().top + over.offsetHeight / 2;
      if (over !== held) move(form, held, below ? over.nextElementSibling : over);
      return true;
    },
  });
}
