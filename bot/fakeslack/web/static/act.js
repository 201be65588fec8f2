// Posting what the person does, and saying what went wrong.
import { here, redrawModal, refresh } from "./live.js";

// act posts one deed as the current persona. It returns the answer, or null
// after an error that was shown.
export async function act(name, deed = {}) {
  let answer, body;
  try {
    answer = await fetch("/act/" + name, {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ as: here().as, ...deed }),
    });
    body = await answer.json();
  } catch {
    toast("The demo does not answer. Is it still running?");
    return null;
  }
  if (!answer.ok) {
    toast(body.error ?? "That did not work.");
    return null;
  }
  if (name === "submit") redrawModal();
  if (name !== "suggest" && name !== "state") refresh();
  return body;
}

export function toast(text) {
  const box = document.createElement("p");
  box.className = "toast";
  box.textContent = text;
  document.getElementById("toasts").append(box);
  setTimeout(() => box.remove(), 8000);
}

// busy marks a control while its deed is under way; a second press is not sent.
export async function busy(el, work) {
  if (el.classList.contains("busy")) return;
  el.classList.add("busy");
  el.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    el.classList.remove("busy");
    el.removeAttribute("aria-busy");
  }
}
