// The page's script: live regions, moving about, the clock and the tour.
import { act, toast } from "./act.js";
import { here, listen, refresh } from "./live.js";
import "./blocks.js";
import "./combo.js";
import "./composer.js";
import "./own.js";

// The address says who one is and what one looks at, so reloading, the back
// button and sending somebody the address all work.
async function go(url) {
  history.pushState(null, "", url);
  await refresh();
  opened();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-go]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  go(link.getAttribute("href"));
});
window.addEventListener("popstate", async () => { await refresh(); opened(); });

// opened tells the app when somebody opens its Home.
function opened() {
  if (here().c === "home") act("home");
}

document.addEventListener("click", (event) => {
  const jump = event.target.closest("[data-advance]");
  if (jump) act("advance", { seconds: Number(jump.dataset.advance) });
  const press = event.target.closest("[data-press]");
  if (press) act("press", { callback: press.closest("[data-panel]").dataset.panel, value: press.dataset.press });
  const shortcut = event.target.closest("[data-shortcut]");
  if (shortcut) {
    shortcut.closest("details").open = false;
    const { ts, in: channel } = shortcut.closest("[data-ts]")?.dataset ?? {};
    act("shortcut", { callback: shortcut.dataset.shortcut, channel, ts });
  }
});

// The tour remembers how far one came.
const tour = document.getElementById("tour");
if (tour) {
  const steps = [...tour.querySelectorAll("li")], [back, next] = tour.querySelectorAll("[data-tour]");
  const show = (n) => {
    steps.forEach((step, i) => { step.hidden = i !== n; });
    back.disabled = n === 0;
    next.disabled = n === steps.length - 1;
    sessionStorage.setItem("step", n);
  };
  const at = () => steps.findIndex((step) => !step.hidden);
  back.onclick = () => show(Math.max(0, at() - 1));
  next.onclick = () => show(Math.min(steps.length - 1, at() + 1));
  show(Math.min(steps.length - 1, Number(sessionStorage.getItem("step")) || 0));
}

// A minute is shown as it passes, when nothing else happens either.
setInterval(refresh, 20000);

let connected = true;
listen((ok) => {
  if (connected && !ok) toast("The connection to the demo is lost; trying again.");
  connected = ok;
  document.body.classList.toggle("offline", !ok);
});

const stream = document.getElementById("stream");
if (here().c !== "home") stream.scrollTop = stream.scrollHeight;
document.querySelector("#modal :is(.modal-body, footer) :is(input, select, textarea, button)")?.focus();
opened();
