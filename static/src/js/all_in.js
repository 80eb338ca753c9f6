// What a lot costs in all while one types: the page brings each levy as parts of the price, and the same formula as the
// server's (procedure/settlement/all_in.py) makes amounts of them. No request is made for it while bidding runs.
import { inCapitals } from "./capitals.js";
import { grouped, parseYuan, typed } from "./money.js";
import { t } from "./words.js";

const WHOLE = 10_000n;

const box = () => document.querySelector("[data-all-in]");

/** The least and the most of every levy at a price, and of everything together. */
export function reckon(minor) {
  const place = box();
  if (!place) return null;
  const price = BigInt(minor);
  const lines = JSON.parse(place.dataset.allIn).map((part) => {
    const least = (price * BigInt(part.least)) / (WHOLE + BigInt(part.vat)) + BigInt(part.leastMinor);
    const most = (price * BigInt(part.most) + WHOLE - 1n) / WHOLE + BigInt(part.mostMinor);
    return { key: part.key, name: part.name, known: part.known, least: Number(least), most: Number(most) };
  });
  const told = lines.filter((line) => line.known);
  return {
    lines,
    least: told.reduce((sum, line) => sum + line.least, minor),
    most: told.reduce((sum, line) => sum + line.most, minor),
    unknown: lines.length - told.length,
    deposit: Math.min(Number(place.dataset.depositMinor), minor),
  };
}

/** An amount, or the span it lies in. */
export function span(least, most) {
  if (most === 0) return t("无", "none");
  if (least === 0) return t(`至多 ¥${grouped(most)}`, `up to ¥${grouped(most)}`);
  return least === most ? `¥${grouped(most)}` : `¥${grouped(least)} – ¥${grouped(most)}`;
}

/** Everything in one line, for beside the bid. */
export function briefly(minor) {
  const whole = reckon(minor);
  if (!whole) return "";
  const more = whole.unknown ? t(`，另有 ${whole.unknown} 项待定`, `, and ${whole.unknown} not known yet`) : "";
  return t(`连税费约 ${span(whole.least, whole.most)}${more}`, `With taxes and fees ${span(whole.least, whole.most)}${more}`);
}

function say(name, text) {
  const place = box().querySelector(`[data-allin="${name}"]`);
  if (place) place.textContent = text;
}

function show(minor) {
  const whole = reckon(minor);
  if (!whole) return;
  say("price", `¥${grouped(minor)}`);
  say("capitals", inCapitals(minor));
  say("total", span(whole.least, whole.most));
  say("deposit", `¥${grouped(whole.deposit)}`);
  say("balance", `¥${grouped(minor - whole.deposit)}`);
  for (const line of whole.lines) {
    const place = box().querySelector(`[data-levy="${CSS.escape(line.key)}"]`);
    if (place && line.known) place.textContent = span(line.least, line.most);
  }
}

function typedHere(field) {
  const read = parseYuan(field.value);
  const most = Number(box().dataset.priceMax);
  const why = read.why ?? (read.minor < 1 || read.minor > most ? t("请检查金额的位数。", "Check the digits of the amount.") : "");
  const error = box().querySelector("[data-allin-error]");
  field.setAttribute("aria-invalid", String(why !== ""));
  error.textContent = why;
  error.hidden = why === "";
  if (why === "") show(read.minor);
}

/** Follow the amount of the bid, and the section's own field. */
export function startAllIn() {
  if (!box()) return;
  document.addEventListener("bidcard:amount", (event) => {
    const { minor } = event.detail;
    const field = box()?.querySelector("#f-price");
    if (!field || document.activeElement === field || minor < 1) return;
    field.value = typed(minor);
    typedHere(field);
  });
  document.addEventListener("input", (event) => {
    if (event.target.id === "f-price" && box()?.contains(event.target)) typedHere(event.target);
  });
  // The section comes anew when another buyer is chosen; what was typed meanwhile is not lost with the old one.
  let kept = null;
  document.addEventListener("htmx:beforeSwap", () => {
    kept = box()?.querySelector("#f-price")?.value ?? null;
  });
  document.addEventListener("htmx:afterSwap", () => {
    const field = box()?.querySelector("#f-price");
    if (field && kept !== null && field.value !== kept) {
      field.value = kept;
      typedHere(field);
    }
    kept = null;
  });
}
