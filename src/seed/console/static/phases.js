// Arrange services in phases. The numbers in the form are what is saved; without this script they are typed.
import { movable } from "./movable.js";

function renumber(form) {
  const phases = [...form.querySelectorAll(".phase")];
  for (const [index, phase] of phases.entries()) {
    phase.querySelector("h3").textContent = `Phase ${index + 1}`;
    for (const input of phase.querySelectorAll("input[name=phase]")) input.value = String(index + 1);
  }
  form.querySelector("[data-unsaved]").hidden = false;
}

function emptyPhase(form) {
  return form.querySelector("template").content.firstElementChild.cloneNode(true);
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

export function phases() {
  const form = document.querySelector("form[data-phases]");
  if (!form) return;
  movable(form, {
    by: (item, step) => by(form, item, step),
    over(_held, event) {
      const phase = event.target.closest(".phase");
      if (phase) for (const one of form.querySelectorAll(".phase")) one.classList.toggle("over", one === phase);
      return Boolean(phase);
    },
    drop(held, event) {
      const phase = event.target.closest(".phase");
      if (phase) place(form, held, phase);
    },
    end() {
      for (const one of form.querySelectorAll(".phase.over")) one.classList.remove("over");
    },
  });
  tidy(form);
  form.querySelector("[data-unsaved]").hidden = true;
}
