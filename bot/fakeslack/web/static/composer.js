// Writing: messages, slash commands with their list, mentions, replies.
import { act } from "./act.js";
import { here } from "./live.js";

const form = document.getElementById("composer"), text = document.getElementById("text");
const offers = document.getElementById("offers");
const sources = { "/": document.getElementById("commands"), "@": document.getElementById("people") };
const drafts = new Map(); // what stands in the composer of the other conversations

const placeKey = () => here().as + " " + here().c;
let current = placeKey();

document.addEventListener("drawn", (event) => {
  const { said, c } = event.detail;
  form.hidden = c === "home";
  text.placeholder = said;
  text.setAttribute("aria-label", said);
  if (placeKey() === current) return;
  drafts.set(current, text.value);
  current = placeKey();
  text.value = drafts.get(current) ?? "";
  fit(text);
  fold();
});

async function send() {
  const typed = text.value.trim();
  if (!typed) return;
  text.value = "";
  fit(text);
  fold();
  const deed = { channel: here().c, text: typed };
  const sent = await act(typed.startsWith("/") ? "command" : "say", deed);
  if (!sent && text.value === "") text.value = typed; // nothing is lost on an error
}

form.addEventListener("submit", (event) => { event.preventDefault(); send(); });

text.addEventListener("input", () => { fit(text); offer(); });
text.addEventListener("blur", () => setTimeout(fold, 150));

// word is what is being typed that a list could complete: a command at the
// start, or a mention anywhere.
function word() {
  const before = text.value.slice(0, text.selectionStart);
  const found = before.match(/^(\/\S*)$/) ?? before.match(/(?:^|\s)(@[\w.-]*)$/);
  return found ? found[1] : "";
}

function offer() {
  const typed = word().toLowerCase();
  if (!typed) return fold();
  const rows = [...sources[typed[0]].children].filter((row) => {
    const whole = row.textContent.toLowerCase();
    return typed[0] === "/" ? row.dataset.insert.startsWith(typed) : whole.includes(typed.slice(1));
  }).slice(0, 8);
  offers.replaceChildren(...rows.map((row, i) => {
    const option = document.createElement("div");
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", String(i === 0));
    option.dataset.insert = row.dataset.insert;
    option.append(...row.cloneNode(true).childNodes);
    option.onmousedown = (event) => { event.preventDefault(); take(option); };
    return option;
  }));
  offers.hidden = rows.length === 0;
}

function fold() { offers.hidden = true; }

function take(option) {
  const at = text.selectionStart, start = at - word().length;
  text.setRangeText(option.dataset.insert, start, at, "end");
  fold();
  text.focus();
  fit(text);
}

function open(mark) {
  text.focus();
  const gap = mark === "@" && text.value && !/\s$/.test(text.value) ? " " : "";
  if (mark === "/") text.value = "/";
  else text.setRangeText(gap + mark, text.selectionStart, text.selectionEnd, "end");
  offer();
}
document.getElementById("slash").onclick = () => open("/");
document.getElementById("at").onclick = () => open("@");

text.addEventListener("keydown", (event) => {
  const rows = [...offers.children], at = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
  if (!offers.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    const next = (at + (event.key === "ArrowDown" ? 1 : -1) + rows.length) % rows.length;
    rows.forEach((row, i) => row.setAttribute("aria-selected", String(i === next)));
  } else if (!offers.hidden && event.key === "Escape") {
    event.preventDefault();
    fold();
  } else if (!offers.hidden && (event.key === "Tab" || event.key === "Enter") && rows[at] &&
      rows[at].dataset.insert.trim() !== text.value.trim()) {
    event.preventDefault();
    take(rows[at]);
  } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send();
  }
});

// Some input methods insert the line break that Enter stands for although the
// key was taken above.
let shift = false;
for (const kind of ["keydown", "keyup"]) document.addEventListener(kind, (event) => { shift = event.shiftKey; }, true);
document.addEventListener("beforeinput", (event) => {
  if (event.inputType === "insertLineBreak" && !shift && event.target.closest(".write")) event.preventDefault();
});

// Replies are written in the thread, which is drawn again and again.
const thread = document.getElementById("thread");
thread.addEventListener("submit", (event) => {
  event.preventDefault();
  reply(event.target);
});
thread.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("textarea")) return;
  const write = event.target.closest("[data-reply]");
  if (!write) return;
  event.preventDefault();
  reply(write);
});
thread.addEventListener("input", (event) => { if (event.target.matches("[data-reply] textarea")) fit(event.target); });

async function reply(write) {
  const box = write.querySelector("textarea"), typed = box.value.trim();
  if (!typed) return;
  box.value = "";
  const sent = await act("say", { channel: here().c, thread: write.dataset.reply, text: typed });
  if (!sent && box.value === "") box.value = typed;
}

// fit makes a text box as high as its text, up to ten lines.
function fit(box) {
  box.rows = Math.min(10, box.value.split("\n").length);
}
