// Put stages in order: by dragging, or by keys and buttons. The order of the rows in the form is what is saved.
// Development stays before staging, and that before production: a row moves among its own kind.
let held = null;

function move(form, item, before) {
  item.parentElement.insertBefore(item, before);
  form.querySelector("[data-unsaved]").hidden = false;
  const names = [...item.parentElement.children].map((one) => one.dataset.name);
  document.getElementById("say").textContent = `${item.dataset.name} is number ${names.indexOf(item.dataset.name) + 1}`;
}

function by(form, item, step) {
  const aim = step < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (aim?.dataset.kind !== item.dataset.kind) return;
  move(form, item, step < 0 ? aim : aim.nextElementSibling);
}

function drag(form) {
  form.addEventListener("dragstart", (event) => {
    held = event.target.closest("li[draggable]");
    held?.classList.add("held");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", held?.dataset.name ?? "");
  });
  form.addEventListener("dragover", (event) => {
    const over = event.target.closest("li[draggable]");
    if (!held || !over || over.dataset.kind !== held.dataset.kind) return;
    event.preventDefault();
    if (over === held) return;
    const below = event.clientY > over.getBoundingClientRect().top + over.offsetHeight / 2;
    move(form, held, below ? over.nextElementSibling : over);
  });
  form.addEventListener("drop", (event) => event.preventDefault());
  form.addEventListener("dragend", () => {
    held?.classList.remove("held");
    held = null;
  });
}

export function order() {
  const form = document.querySelector("form[data-order]");
  if (!form) return;
  drag(form);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-by]");
    if (!button) return;
    by(form, button.closest("li"), Number(button.dataset.by));
    button.focus();
  });
  form.addEventListener("keydown", (event) => {
    const item = event.target.closest("li[draggable]");
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!item || !step) return;
    event.preventDefault();
    by(form, item, step);
    event.target.focus();
  });
}
