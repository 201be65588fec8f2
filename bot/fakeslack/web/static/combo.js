// Type-ahead selects: the app (or the workspace) is asked at every keystroke.
import { act } from "./act.js";
import { changed } from "./blocks.js";
import { placeOf } from "./fields.js";

let asked = 0; // the newest question; older answers are dropped

const comboOf = (el) => el.closest?.(".combo");
const listOf = (combo) => combo.querySelector(".list");

document.addEventListener("input", (event) => {
  const combo = comboOf(event.target);
  if (combo) suggest(combo, event.target.value);
});

document.addEventListener("focusin", (event) => {
  const combo = comboOf(event.target);
  if (!combo || event.target.tagName !== "INPUT") return;
  event.target.select();
});

document.addEventListener("click", (event) => {
  const combo = comboOf(event.target);
  if (combo && event.target.tagName === "INPUT" && listOf(combo).hidden) suggest(combo, "");
});

document.addEventListener("focusout", (event) => {
  const combo = comboOf(event.target);
  if (!combo || combo.contains(event.relatedTarget)) return;
  fold(combo);
  event.target.value = event.target.value === "" ? "" : combo.dataset.label;
  if (event.target.value === "" && combo.dataset.chosen) choose(combo, "", "");
});

async function suggest(combo, query) {
  const min = combo.dataset.type === "external_select" ? Number(combo.dataset.min) : 0;
  if (query.trim().length < min) {
    note(combo, `Type ${min === 1 ? "a letter" : min + " letters"} to search`);
    return;
  }
  const mine = ++asked;
  const { blockId, actionId, type } = combo.dataset;
  const answer = await act("suggest", { ...placeOf(combo), block: blockId, action: actionId, kind: type, query });
  if (mine !== asked || !answer || !combo.contains(document.activeElement)) return;
  if (answer.result.length === 0) {
    note(combo, "No results");
    return;
  }
  show(combo, answer.result);
}

function show(combo, options) {
  const list = listOf(combo);
  list.replaceChildren(...options.map((o, i) => {
    const row = document.createElement("span");
    row.setAttribute("role", "option");
    row.id = list.id + "-" + i;
    row.dataset.value = o.Value;
    row.dataset.label = o.Text;
    row.append(o.Text);
    if (o.Description) {
      const small = document.createElement("small");
      small.textContent = o.Description;
      row.append(small);
    }
    row.onmousedown = (event) => { event.preventDefault(); choose(combo, o.Value, o.Text); };
    return row;
  }));
  unfold(combo);
  light(combo, 0);
}

function note(combo, text) {
  const row = document.createElement("span");
  row.className = "none";
  row.textContent = text;
  listOf(combo).replaceChildren(row);
  unfold(combo);
}

function unfold(combo) {
  listOf(combo).hidden = false;
  combo.querySelector("input").setAttribute("aria-expanded", "true");
}

function fold(combo) {
  listOf(combo).hidden = true;
  const input = combo.querySelector("input");
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function light(combo, index) {
  const rows = [...combo.querySelectorAll("[role=option]")];
  rows.forEach((row, i) => row.setAttribute("aria-selected", String(i === index)));
  rows[index]?.scrollIntoView({ block: "nearest" });
  if (rows[index]) combo.querySelector("input").setAttribute("aria-activedescendant", rows[index].id);
}

function choose(combo, value, label) {
  const same = combo.dataset.chosen === value;
  combo.dataset.chosen = value;
  combo.dataset.label = label;
  combo.querySelector("input").value = label;
  fold(combo);
  if (!same) changed(combo);
}

document.addEventListener("keydown", (event) => {
  const combo = comboOf(event.target);
  if (!combo) return;
  const rows = [...combo.querySelectorAll("[role=option]")], open = !listOf(combo).hidden;
  const at = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (!open) suggest(combo, "");
    else light(combo, (at + (event.key === "ArrowDown" ? 1 : -1) + rows.length) % rows.length);
  } else if (event.key === "Enter") {
    event.preventDefault(); // never sends the form
    if (open && rows[at]) choose(combo, rows[at].dataset.value, rows[at].dataset.label);
  } else if (event.key === "Escape" && open) {
    event.preventDefault(); // closes the list, not the modal
    event.stopPropagation();
    fold(combo);
  }
}, true);
