// What happens when the person uses Block Kit: buttons, choices, confirmation
// dialogs, and sending or closing a modal.
import { act, busy } from "./act.js";
import { placeOf, readValues, selectedOf } from "./fields.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-click]");
  if (button) press(button);
  const close = event.target.closest("[data-close]");
  if (close) act("close", { view: close.closest("[data-view]").dataset.view });
  for (const menu of document.querySelectorAll("details.overflow[open]")) {
    if (!menu.contains(event.target) || button) menu.open = false;
  }
});

async function press(button) {
  if (!(await confirmed(button))) return;
  const { blockId, actionId, value, selected, url } = button.dataset;
  if (url) window.open(url, "_blank", "noopener");
  busy(button, () => act("click", { ...placeOf(button), block: blockId, action: actionId, value, selected }));
}

document.addEventListener("change", (event) => {
  const field = event.target.closest("[data-field]");
  if (field && !field.classList.contains("combo")) changed(field);
});

// changed keeps a view's state, and tells the app where it asked to be told.
export async function changed(field) {
  const place = placeOf(field);
  if (!("dispatch" in field.dataset) && place.view && !place.home) {
    act("state", place);
    return;
  }
  if (!(await confirmed(field))) return;
  const chosen = selectedOf(field), { blockId, actionId, type } = field.dataset;
  if (chosen === "" && type.endsWith("select")) return;
  const text = type.endsWith("_input");
  busy(field, () => act("click", {
    ...place, block: blockId, action: actionId, kind: type,
    value: text ? chosen : "", selected: text ? "" : chosen,
  }));
}

// An error goes while the field is being corrected. Not when the field is
// left: the layout would move under the pointer that is about to press Submit.
document.addEventListener("input", (event) => event.target.closest(".b-input")?.classList.remove("invalid"));

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form.modal");
  if (!form) return;
  event.preventDefault();
  const send = form.querySelector("[type=submit]");
  if (!send) return;
  busy(send, () => act("submit", { view: form.dataset.view, values: readValues(form) }));
});

// confirmed asks first where the app wants it.
function confirmed(el) {
  if (!el.dataset.confirm) return Promise.resolve(true);
  const ask = JSON.parse(el.dataset.confirm);
  const box = document.getElementById("ask"), before = document.activeElement;
  box.innerHTML = `<div class="shade"><div class="modal ask" role="alertdialog" aria-modal="true" aria-labelledby="ask-title" aria-describedby="ask-text">
    <header><h2 id="ask-title"></h2></header><div class="modal-body" id="ask-text"></div>
    <footer><button type="button" class="btn" data-answer="no" data-testid="deny"></button><button type="button" class="btn" data-answer="yes" data-testid="confirm"></button></footer></div></div>`;
  box.querySelector("#ask-title").textContent = ask.title;
  box.querySelector("#ask-text").innerHTML = ask.text; // drawn and escaped by the server
  const [no, yes] = box.querySelectorAll("button");
  no.textContent = ask.deny || "Cancel";
  yes.textContent = ask.confirm || "Yes";
  yes.classList.add(ask.style === "danger" ? "danger-fill" : "primary");
  yes.focus();
  return new Promise((resolve) => {
    const done = (answer) => {
      box.replaceChildren();
      before?.focus();
      resolve(answer);
    };
    no.onclick = () => done(false);
    yes.onclick = () => done(true);
    box.onkeydown = (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      done(false);
    };
  });
}

document.addEventListener("keydown", (event) => {
  const open = document.querySelector("#ask .modal") ?? document.querySelector("#modal .modal");
  if (event.key === "Escape") {
    if (open?.dataset.view && !event.defaultPrevented) act("close", { view: open.dataset.view });
    for (const menu of document.querySelectorAll("details.overflow[open]")) menu.open = false;
  }
  if (event.key === "Tab" && open) hold(open, event);
  if (event.key === "Enter" && event.target.matches("[data-field][data-dispatch] input[type=text]:not([role])")) {
    event.preventDefault();
    changed(event.target.closest("[data-field]"));
  }
});

// hold keeps the focus inside an open dialog.
function hold(dialog, event) {
  const all = [...dialog.querySelectorAll("a[href], button, input, select, textarea, summary")].filter((el) => el.offsetParent);
  const first = all[0], last = all.at(-1), at = document.activeElement;
  if (event.shiftKey && (at === first || !dialog.contains(at))) { event.preventDefault(); last?.focus(); }
  else if (!event.shiftKey && (at === last || !dialog.contains(at))) { event.preventDefault(); first?.focus(); }
}

