// Things of a form that are moved: dragged, or by keys and buttons that say the step. Where they may go, and what a
// move is, says who calls.

export function movable(form, { by, over, drop = () => {}, end = () => {} }) {
  dragged(form, over, drop, end);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-by]");
    if (!button) return;
    by(button.closest("li"), Number(button.dataset.by));
    button.focus();
  });
  form.addEventListener("keydown", (event) => {
    const item = event.target.closest("li[draggable]");
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!item || !step) return;
    event.preventDefault();
    by(item, step);
    event.target.focus();
  });
}

// `over` answers whether what is held may be dropped there.
function dragged(form, over, drop, end) {
  let held = null;
  form.addEventListener("dragstart", (event) => {
    held = event.target.closest("li[draggable]");
    held?.classList.add("held");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", held?.dataset.name ?? "");
  });
  form.addEventListener("dragover", (event) => {
    if (held && over(held, event)) event.preventDefault();
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (held) drop(held, event);
  });
  form.addEventListener("dragend", () => {
    held?.classList.remove("held");
    held = null;
    end();
  });
}
