// Changing and deleting one's own messages, from their menu.
import { act } from "./act.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-edit], [data-delete]");
  if (!button) return;
  button.closest("details").open = false;
  const { ts, in: channel } = button.closest("[data-ts]").dataset;
  if ("delete" in button.dataset) act("delete", { channel, ts });
  else edit(button.dataset.edit, (text) => act("edit", { channel, ts, text }));
});

// edit asks for the new text of a message.
function edit(before, send) {
  const box = document.getElementById("ask");
  box.innerHTML = `<div class="shade"><form class="modal ask" role="dialog" aria-modal="true" aria-labelledby="ask-title">
    <header><h2 id="ask-title">Edit message</h2></header><div class="modal-body"><span class="text"><textarea rows="4" aria-label="Message"></textarea></span></div>
    <footer><button type="button" class="btn">Cancel</button><button type="submit" class="btn primary" data-testid="save">Save</button></footer></form></div>`;
  const form = box.querySelector("form"), text = box.querySelector("textarea");
  const done = () => box.replaceChildren();
  text.value = before;
  text.focus();
  box.querySelector("[type=button]").onclick = done;
  form.onsubmit = (event) => {
    event.preventDefault();
    event.stopPropagation();
    if (text.value.trim()) send(text.value);
    done();
  };
  box.onkeydown = (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    done();
  };
}
