// Filters: rows that do not have every word are hidden, and so is a group that has none left.
export function filters() {
  document.addEventListener("input", (event) => event.target.matches("[data-filter]") && apply(event.target));
  document.addEventListener("seed:looked", () => {
    const field = document.querySelector("[data-filter]");
    if (field?.value) apply(field);
  });
}

function apply(field) {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of document.querySelectorAll("[data-row][data-text]")) {
    row.hidden = !words.every((word) => row.dataset.text.includes(word));
    shown += row.hidden ? 0 : 1;
  }
  for (const group of document.querySelectorAll(".group, details.routine")) {
    const rows = [...group.querySelectorAll("[data-row][data-text]")];
    group.hidden = words.length > 0 && rows.every((row) => row.hidden);
    if (group.matches(".routine") && words.length) group.open = !group.hidden;
  }
  const nothing = document.querySelector("[data-nothing]");
  if (nothing) nothing.hidden = shown > 0;
}
