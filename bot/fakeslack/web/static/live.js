// Fetching the page's regions again and swapping in what changed, without
// touching what the person is typing or pressing.
import { readValues, restoreValues } from "./fields.js";

const drawn = new Map(); // region id → the HTML last drawn
let wanted = false, running = false;

export const here = () => document.body.dataset;
export const fragmentURL = () => "/fragment" + location.search;

// refresh fetches the fragment; calls during a fetch lead to one more.
export async function refresh() {
  wanted = true;
  if (running) return;
  running = true;
  try {
    while (wanted) {
      wanted = false;
      const url = fragmentURL();
      const answer = await fetch(url, { cache: "no-store" });
      if (answer.ok && url === fragmentURL()) apply(await answer.json());
      else if (answer.ok) wanted = true;
    }
  } catch {
    // The server has gone; the event source notices and says so.
  } finally {
    running = false;
  }
}

function apply(fresh) {
  const body = here();
  const moved = body.as !== fresh.as || body.c !== fresh.c;
  Object.assign(body, { as: fresh.as, c: fresh.c, t: fresh.t });
  document.title = fresh.title;
  for (const [id, html] of Object.entries(fresh.regions)) {
    if (drawn.get(id) === html) continue;
    drawn.set(id, html);
    const region = document.getElementById(id);
    if (id === "modal") drawModal(region, html);
    else if (id === "stream") pinned(region, moved, () => keyed(region, html));
    else if (id === "thread") drawThread(region, html);
    else if (id === "panels") drawPanels(region, html);
    else morph(region, html);
  }
  document.dispatchEvent(new CustomEvent("drawn", { detail: { moved, said: fresh.said, c: fresh.c } }));
}

// morph changes a region's nodes into the new drawing one by one, so that a
// link stays the same node under a pointer that is just pressing it.
function morph(region, html) {
  const t = document.createElement("template");
  t.innerHTML = html;
  mend(region, t.content);
}

function mend(from, to) {
  const next = [...to.childNodes];
  while (from.childNodes.length > next.length) from.lastChild.remove();
  next.forEach((want, i) => {
    const have = from.childNodes[i];
    if (!have) from.append(want);
    else if (have.nodeName !== want.nodeName) have.replaceWith(want);
    else if (have.nodeType === Node.ELEMENT_NODE) {
      for (const { name } of [...have.attributes]) if (!want.hasAttribute(name)) have.removeAttribute(name);
      for (const { name, value } of want.attributes) if (have.getAttribute(name) !== value) have.setAttribute(name, value);
      mend(have, want);
    } else if (have.data !== want.data) have.data = want.data;
  });
}

function parse(html) {
  const t = document.createElement("template");
  t.innerHTML = html;
  return [...t.content.children];
}

const signatures = new WeakMap();
const signature = (el) => el.dataset.sig || el.outerHTML;

// keyed replaces children by data-key; those that did not change stay the
// same nodes, with their focus and what was put into them.
function keyed(region, html) {
  const old = new Map([...region.children].map((el) => [el.dataset.key, el]));
  const next = parse(html).map((el) => {
    const before = old.get(el.dataset.key), sig = signature(el);
    if (before && (signatures.get(before) ?? signature(before)) === sig) return before;
    signatures.set(el, sig);
    if (before) carry(before, el);
    return el;
  });
  keepFocus(region, () => {
    const keep = new Set(next);
    for (const el of [...region.children]) if (!keep.has(el)) el.remove();
    next.forEach((el, i) => { if (region.children[i] !== el) region.insertBefore(el, region.children[i] ?? null); });
  });
}

// carry takes what is filled in over to the new drawing of the same thing.
function carry(before, after) {
  if (before.dataset.view === after.dataset.view) restoreValues(after, readValues(before));
}

// pinned keeps a list at its end if it was there.
function pinned(list, force, draw) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  draw();
  if (list.querySelector("[data-home]")) { if (force) list.scrollTop = 0; return; }
  if (force || atEnd) list.scrollTop = list.scrollHeight;
}

function drawThread(region, html) {
  const wasOpen = region.children.length > 0;
  keyed(region, html);
  const list = region.querySelector(".stream");
  if (list) list.scrollTop = list.scrollHeight;
  if (!wasOpen) region.querySelector("textarea")?.focus();
}

// drawPanels lights up the rows that were not there before.
function drawPanels(region, html) {
  const before = new Map([...region.querySelectorAll("[data-panel]")].map((p) => [p.dataset.panel, rows(p)]));
  const scrolled = [...region.querySelectorAll(".panel-body")].map((b) => b.scrollTop);
  keyed(region, html);
  region.querySelectorAll(".panel-body").forEach((b, i) => { b.scrollTop = scrolled[i] ?? 0; });
  for (const panel of region.querySelectorAll("[data-panel]")) {
    const known = before.get(panel.dataset.panel);
    if (!known) continue;
    for (const row of panel.querySelectorAll("li, tr")) if (!known.has(row.textContent)) row.classList.add("fresh");
  }
}
const rows = (panel) => new Set([...panel.querySelectorAll("li, tr")].map((r) => r.textContent));

let returnTo = null; // where the focus was before a modal opened

function drawModal(region, html) {
  const old = region.firstElementChild, [next] = parse(html);
  if (old && next && old.dataset.sig === next.dataset.sig) return;
  if (!next) {
    region.replaceChildren();
    (returnTo?.isConnected ? returnTo : document.getElementById("text"))?.focus();
    returnTo = null;
    return;
  }
  const view = (shade) => shade.querySelector("[data-view]").dataset.view;
  if (old && view(old) === view(next)) {
    redraw(old, next);
    return;
  }
  if (!old) returnTo = document.activeElement;
  submitted = false;
  region.replaceChildren(next);
  (next.querySelector(".modal-body :is(input, select, textarea, button)") ?? next.querySelector("footer button")).focus();
}

// redraw changes an open modal into its new drawing. What is filled in stays
// with its block and action, wherever that now stands.
function redraw(modal, next) {
  const values = readValues(modal), active = document.activeElement, was = active.id, caret = active.selectionStart;
  const failed = next.querySelector(".b-input.invalid :is(input, select, textarea)")?.id;
  mend(modal, next);
  modal.dataset.sig = next.dataset.sig;
  modal.querySelector("form").reset();
  restoreValues(modal, values);
  const target = document.getElementById((submitted && failed) || was);
  submitted = false;
  if (target && target !== document.activeElement) target.focus();
  if (target?.matches("textarea, [type=text]")) {
    const at = target.id === was && caret !== null ? caret : target.value.length;
    target.setSelectionRange(at, at);
  }
}

let submitted = false; // here, so that the focus goes to what was wrong

// redrawModal has the modal drawn again at the next refresh even where it
// looks the same, so that an error that was there before shows again.
export function redrawModal() {
  drawn.delete("modal");
  submitted = true;
  const shade = document.querySelector("#modal .shade");
  if (shade) shade.dataset.sig = "";
}

// keepFocus draws and puts the focus back on the element that took the place
// of the focused one.
function keepFocus(region, draw) {
  const active = document.activeElement;
  const selector = region.contains(active) && selectorOf(active);
  draw();
  if (selector && document.activeElement !== active) region.querySelector(selector)?.focus({ preventScroll: true });
}

function selectorOf(el) {
  if (!el || el === document.body) return "";
  if (el.id) return "#" + CSS.escape(el.id);
  if (el.dataset.testid) return `[data-testid="${CSS.escape(el.dataset.testid)}"]`;
  const holder = el.closest("[data-action-id]");
  if (!holder) return "";
  const ts = el.closest("[data-ts]")?.dataset.ts;
  return (ts ? `[data-ts="${ts}"] ` : "") + `[data-block-id="${CSS.escape(holder.dataset.blockId)}"][data-action-id="${CSS.escape(holder.dataset.actionId)}"]` +
    (holder === el ? "" : " " + el.tagName.toLowerCase());
}

// listen refreshes on every event. A source that broke reconnects by itself.
export function listen(onState) {
  const source = new EventSource("/events");
  source.addEventListener("change", refresh);
  source.onopen = () => onState(true);
  source.onerror = () => onState(false);
}
