// Reading and writing what Block Kit inputs hold. Every input stands in an
// element with data-field, data-block-id and data-action-id.

export const fieldsOf = (root) => [...root.querySelectorAll("[data-field]")];

export function readField(field) {
  if (field.classList.contains("combo")) {
    const typed = field.querySelector("input").value;
    const chosen = typed === field.dataset.label ? field.dataset.chosen : "";
    return { value: chosen, label: chosen ? field.dataset.label : "" };
  }
  if (field.classList.contains("options")) {
    const on = [...field.querySelectorAll("input:checked")].map((i) => i.value);
    return field.dataset.type === "radio_buttons" ? { value: on[0] ?? "" } : { values: on };
  }
  return { value: field.querySelector("input, select, textarea").value };
}

// readValues is block id → action id → what the input holds.
export function readValues(root) {
  const out = {};
  for (const field of fieldsOf(root)) {
    (out[field.dataset.blockId] ??= {})[field.dataset.actionId] = readField(field);
  }
  return out;
}

// restoreValues fills in again what a new drawing still offers.
export function restoreValues(root, values) {
  for (const field of fieldsOf(root)) {
    const held = values[field.dataset.blockId]?.[field.dataset.actionId];
    if (held) writeField(field, held);
  }
}

function writeField(field, held) {
  if (field.classList.contains("combo")) {
    if (!held.value) return;
    field.dataset.chosen = held.value;
    field.dataset.label = field.querySelector("input").value = held.label;
    return;
  }
  if (field.classList.contains("options")) {
    const on = new Set(held.values ?? [held.value]);
    const inputs = [...field.querySelectorAll("input")];
    if (![...on].some((v) => inputs.some((i) => i.value === v))) return;
    for (const input of inputs) input.checked = on.has(input.value);
    return;
  }
  const input = field.querySelector("input, select, textarea");
  if (input.tagName === "SELECT") {
    if (held.value && [...input.options].some((o) => o.value === held.value)) input.value = held.value;
    return;
  }
  input.value = held.value;
}

// selectedOf is a choice as one string, a list separated by commas.
export function selectedOf(field) {
  const held = readField(field);
  return held.values ? held.values.join(",") : held.value;
}

// placeOf says where an element stands, and what else its view holds.
export function placeOf(el) {
  const view = el.closest("[data-view]");
  if (view) return { view: view.dataset.view, home: "home" in view.dataset, values: readValues(view) };
  const message = el.closest("[data-ts]");
  return { channel: message?.dataset.in ?? "", ts: message?.dataset.ts ?? "" };
}
