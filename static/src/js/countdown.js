// Countdowns in server time. One timer for the page; milliseconds only in the last minute.
import { now } from "./clock.js";
import { spoken, t } from "./words.js";
import { say } from "./status.js";

const ANNOUNCED_S = [3600, 1800, 600, 300, 60];
const CLOSING_MS = 5 * 60 * 1000;
const known = new Map(); // element -> {to, said, over}

const UNITS = t(["天", "小时", "分", "秒"], ["d", "h", "min", "s"]);

/** Put "2 天 3 小时 12 分 05 秒" into an element, digits loud and units quiet. */
function paint(element, leftMs) {
  if (leftMs <= 0) {
    element.textContent = element.dataset.over ?? t("时间到，正在确认结果", "Time is up; the result is being confirmed");
    return;
  }
  const whole = Math.floor(leftMs / 1000);
  const two = (n) => String(n).padStart(2, "0");
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor(whole / 3600) % 24;
  const minutes = Math.floor(whole / 60) % 60;
  const seconds = whole % 60;
  const pieces = [];
  if (days > 0) pieces.push([days, UNITS[0]]);
  if (days > 0 || hours > 0) pieces.push([hours, UNITS[1]]);
  if (whole >= 60) pieces.push([pieces.length ? two(minutes) : minutes, UNITS[2]]);
  const tail = leftMs < 60_000 ? `${seconds}.${String(Math.floor(leftMs % 1000)).padStart(3, "0")}` : two(seconds);
  if (days === 0 || !("short" in element.dataset)) pieces.push([tail, UNITS[3]]);
  if ("plain" in element.dataset) {
    element.textContent = pieces.map(([n, unit]) => `${n} ${unit}`).join(" ");
    return;
  }
  element.replaceChildren(
    ...pieces.flatMap(([n, unit]) => {
      const small = document.createElement("small");
      small.textContent = unit;
      return [document.createTextNode(String(n)), small];
    }),
  );
}

/** Tell a screen reader at 60, 30, 10, 5 and 1 minute, once each, and never in between. */
function announce(element, record, leftMs) {
  const leftS = leftMs / 1000;
  const due = ANNOUNCED_S.filter((mark) => leftS <= mark && leftS > mark - 30 && record.said !== mark).at(-1);
  if (due !== undefined && element.dataset.announce) {
    record.said = due;
    say(`${element.dataset.announce}${t("：还剩 ", ": ")}${spoken(due)}${t("", " left")}`);
  }
}

function step(element, record) {
  const left = record.to - now();
  paint(element, left);
  announce(element, record, left);
  const closing = "closing" in element.dataset && left > 0 && left <= CLOSING_MS;
  element.classList.toggle("countdown--closing", closing);
  element.closest("[data-bidcard]")?.classList.toggle("bidcard--closing", closing);
  if (left <= 0 && !record.over) {
    record.over = true;
    element.dispatchEvent(new CustomEvent("countdown:over", { bubbles: true }));
  }
  return left;
}

let timer = null;

function tick() {
  timer = null;
  let soonest = Infinity;
  for (const [element, record] of known) {
    if (!element.isConnected) {
      known.delete(element);
      continue;
    }
    const left = step(element, record);
    if (left > 0) soonest = Math.min(soonest, left);
  }
  if (soonest === Infinity) return;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const wait = soonest < 61_000 && !calm && !document.hidden ? 47 : 1000 - (Math.floor(now()) % 1000);
  timer = setTimeout(tick, wait);
}

/** Point a countdown at another instant: after an extension, a resumption, a new state. */
export function aim(element, iso) {
  const to = Date.parse(iso);
  if (Number.isNaN(to)) return;
  const before = known.get(element);
  if (before?.to === to) return;
  known.set(element, { to, said: null, over: false });
  clearTimeout(timer);
  tick();
}

/** Start every `[data-countdown][data-to]` inside a root. */
export function startCountdowns(root = document) {
  for (const element of root.querySelectorAll("[data-countdown][data-to]")) {
    aim(element, element.dataset.to);
  }
}
