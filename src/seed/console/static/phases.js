// Arrange services in phases: by dragging, or by keys with a service's buttons. The numbers in the form are what is
// saved; without this script they are typed.
let held = null;

function renumber(form) {
  const phases = [...form.querySelectorAll(".phase")];
  for (const [index, phase] of phases.entries()) {
    phase.querySelector("h3").textContent = `Phase ${index + 1}`;
    for (const input of phase.querySelectorAll("input[name=phase]")) input.value = String(index + 1);
  }
  form.querySelector("[data-unsaved]").hidden = false;
}

function emptyPhase(form) {
  const phase = form.querySelector("template").content.firstElementChild.cloneNode(true);
  return phase;
}

// There is always one empty phase at the end to put things into, and never an empty one before it.
function tidy(form) {
  const list = form.querySelector(".phases");
  for (const phase of list.querySelectorAll(".phase")) if (!phase.querySelector("li")) phase.remove();
  list.append(emptyPhase(form));
  renumber(form);
}

function place(form, item, phase) {
  phase.querySelector("ul").append(item);
  tidy(form);
  const number = item.querySelector("input[name=phase]").value;
  document.getElementById("say").textContent = `${item.dataset.name} is in phase ${number}`;
}

function by(form, item, step) {
  const phase = item.closest(".phase");
  const aim = step < 0 ? phase.previousElementSibling : phase.nextElementSibling;
  if (aim) return place(form, item, aim);
  if (step < 0 && phase.querySelectorAll("li").length > 1) {
    const made = emptyPhase(form);
    phase.before(made);
    place(form, item, made);
  }
}

function drag(form) {
  form.addEventListener("dragstart", (event) => {
    held = event.target.closest("li[draggable]");
    held?.classList.add("held");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", held?.dataset.name ?? "");
  });
  form.addEventListener("dragover", (event) => {
    const phase = event.target.closest(".phase");
    if (!held || !phase) return;
    event.preventDefault();
    for (const one of form.querySelectorAll(".phase")) one.classList.toggle("over", one === phase);
  });
  form.addEventListener("drop", (event) => {
    const phase = event.target.closest(".phase");
    if (!held || !phase) return;
    event.preventDefault();
    place(form, held, phase);
  });
  form.addEventListener("dragend", () => {
    held?.classList.remove("held");
    held = null;
    for (const one of form.querySelectorAll(".phase.over")) one.classList.remove("over");
  });
}

export function phases() {
  const form = document.querySelector("form[data-phases]");
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
  tidy(form);
  form.querySelector("[data-unsaved]").hidden = true;
}
