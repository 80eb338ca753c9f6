// The price over time as steps. Own SVG; arrow keys walk the bids; a sentence sums it up.
import { brief, spokenSize } from "./money.js";
import { clockTime, shortInstant, t } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const BOX = { left: 60, right: 10, top: 20, bottom: 26 };
const HEIGHT = 240;

function draw(tag, attributes, text) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Round a span to 1, 2 or 5 times a power of ten. */
function niceStep(span, wanted) {
  const rough = Math.max(span / wanted, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough);
}

/** A chart inside `<figure data-stepchart data-points='[["ISO", minor], …]' data-start-minor …>`. */
export class StepChart {
  constructor(figure) {
    this.figure = figure;
    this.points = JSON.parse(figure.dataset.points || "[]").map(([at, minor]) => [Date.parse(at), minor]);
    this.chosen = null;
    this.read = figure.querySelector("[data-read]");
    this.svg = draw("svg", { role: "img", tabindex: 0, focusable: "true" });
    figure.querySelector("[data-canvas]").replaceChildren(this.svg);
    this.svg.addEventListener("keydown", (event) => this.#key(event));
    this.svg.addEventListener("pointermove", (event) => this.#point(event));
    new ResizeObserver(() => this.#fit()).observe(figure);
    this.#fit();
  }

  /** Draw at the width there is, so that the words keep their size on a phone. */
  #fit() {
    const width = Math.max(this.figure.clientWidth, 240);
    if (width === this.width) return;
    this.width = width;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    this.paint();
  }

  /** Add a bid; the same or an earlier one changes nothing. */
  add(atIso, minor) {
    const at = Date.parse(atIso);
    const last = this.points.at(-1);
    if (last && at <= last[0]) return;
    this.points.push([at, minor]);
    this.paint();
  }

  summary() {
    if (this.points.length === 0) return t("尚无出价。", "No bid yet.");
    const [first, last] = [this.points[0], this.points.at(-1)];
    const n = this.points.length;
    return t(
      `共 ${n} 次出价，从 ¥${brief(first[1])} 到 ¥${brief(last[1])}。用左右方向键逐次查看。`,
      `${n} bid${n === 1 ? "" : "s"}, from ¥${brief(first[1])} to ¥${brief(last[1])}. Left and right keys walk through them.`,
    );
  }

  paint() {
    const { start, reference, from, to, low, high } = this.#scales();
    const x = (ms) => BOX.left + ((ms - from) / (to - from)) * (this.width - BOX.left - BOX.right);
    const y = (minor) => HEIGHT - BOX.bottom - ((minor - low) / (high - low)) * (HEIGHT - BOX.top - BOX.bottom);
    this.x = x;
    this.svg.setAttribute("aria-label", this.summary());
    const shapes = this.#grid(x, y, { low, high, from, to });
    if (reference >= low && reference <= high) {
      shapes.push(draw("line", { class: "stepchart__ref", x1: BOX.left, x2: this.width - BOX.right, y1: y(reference), y2: y(reference) }));
      shapes.push(draw("text", { class: "stepchart__text", x: this.width - BOX.right, y: y(reference) - 4, "text-anchor": "end" }, t("参考价", "reference")));
    }
    if (this.points.length > 0) shapes.push(...this.#steps(x, y, start, to));
    this.svg.replaceChildren(...shapes);
    this.#tell();
  }

  #scales() {
    const data = this.figure.dataset;
    const start = Number(data.startMinor);
    const reference = Number(data.referenceMinor || 0);
    const last = this.points.at(-1);
    const from = Date.parse(data.opensAt);
    const to = Math.max(Date.parse(data.endsAt) || 0, last ? last[0] : 0, from + 60_000);
    const top = Math.max(start, last ? last[1] : start);
    const room = Math.max(top - start, start / 20, 100);
    const low = Math.max(0, start - room * 0.15);
    let high = top + room * 0.2;
    if (reference > top && reference < top + room * 1.5) high = reference + room * 0.1;
    return { start, reference, from, to, low, high };
  }

  #grid(x, y, { low, high, from, to }) {
    const shapes = [];
    const step = niceStep(high - low, 4);
    for (let value = Math.ceil(low / step) * step; value <= high; value += step) {
      const at = y(value);
      shapes.push(draw("line", { class: "stepchart__grid", x1: BOX.left, x2: this.width - BOX.right, y1: at, y2: at }));
      shapes.push(draw("text", { class: "stepchart__text", x: BOX.left - 8, y: at + 4, "text-anchor": "end" }, `¥${spokenSize(value).replace(/^约|^about /, "") || brief(value)}`));
    }
    shapes.push(draw("text", { class: "stepchart__text", x: x(from), y: HEIGHT - 6 }, shortInstant(from)));
    shapes.push(draw("text", { class: "stepchart__text", x: x(to), y: HEIGHT - 6, "text-anchor": "end" }, shortInstant(to)));
    return shapes;
  }

  #steps(x, y, start, to) {
    const base = HEIGHT - BOX.bottom;
    let path = `M${x(this.points[0][0])} ${y(start)}`;
    for (const [at, minor] of this.points) path += `H${x(at)}V${y(minor)}`;
    const until = this.figure.dataset.live ? this.points.at(-1)[0] : to;
    path += `H${x(until)}`;
    const [at, minor] = this.points[this.chosen ?? this.points.length - 1];
    return [
      draw("path", { class: "stepchart__area", d: `${path}V${base}H${x(this.points[0][0])}Z` }),
      draw("path", { class: "stepchart__line", d: path }),
      draw("circle", { class: "stepchart__dot", cx: x(at), cy: y(minor), r: 5 }),
    ];
  }

  #key(event) {
    const end = this.points.length - 1;
    const from = this.chosen ?? end;
    const moves = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: end };
    if (!(event.key in moves) || end < 0) return;
    event.preventDefault();
    this.chosen = Math.min(Math.max(moves[event.key], 0), end);
    this.paint();
  }

  #point(event) {
    if (this.points.length === 0) return;
    const box = this.svg.getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width) * this.width;
    let nearest = 0;
    this.points.forEach(([ms], index) => {
      if (Math.abs(this.x(ms) - at) < Math.abs(this.x(this.points[nearest][0]) - at)) nearest = index;
    });
    if (nearest !== this.chosen) {
      this.chosen = nearest;
      this.paint();
    }
  }

  #tell() {
    if (!this.read) return;
    if (this.chosen === null) {
      this.read.textContent = this.summary();
      return;
    }
    const [at, minor] = this.points[this.chosen];
    this.read.textContent = `${this.chosen + 1}/${this.points.length} · ${shortInstant(at).slice(0, 5)} ${clockTime(at, { withMs: true })} · ¥${brief(minor)}`;
  }
}
