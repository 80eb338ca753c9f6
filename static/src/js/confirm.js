// The second look before a bid: amount loud, capitals below, what is still to pay. Where a digit may be one too many the
// same dialog becomes a question: how far above the least the amount lies, and the safe answer first and under the keys.
import { reckon, span } from "./all_in.js";
import { inCapitals } from "./capitals.js";
import { brief, grouped, putMoney, spokenSize } from "./money.js";
import { slip } from "./slip.js";
import { t } from "./words.js";

export class Confirmation {
  constructor(dialog, dataset) {
    this.dialog = dialog;
    this.dataset = dataset;
    this.bound = Object.fromEntries([...dialog.querySelectorAll("[data-bind]")].map((e) => [e.dataset.bind, e]));
    this.yes = dialog.querySelector("[data-yes]");
    this.safe = dialog.querySelector("[data-safe]");
    this.back = dialog.querySelector("[data-back]");
    dialog.querySelector("[data-take-least]").addEventListener("click", () => {
      this.#fill(this.state.least_acceptable_minor);
      this.#focus();
    });
  }

  /** Ask; resolves to the confirmed amount, or to null when the person turned back. */
  ask(minor, state) {
    this.state = state;
    this.#fill(minor);
    this.dialog.returnValue = "";
    this.dialog.showModal();
    this.#focus();
    return new Promise((resolve) => {
      this.dialog.addEventListener("close", () => resolve(this.dialog.returnValue === "yes" ? this.minor : null), { once: true });
    });
  }

  /** The price moved while the person was looking: the numbers move, the buttons stay where they are. */
  update(state) {
    this.state = state;
    if (this.dialog.open) this.#check();
  }

  #fill(minor) {
    this.minor = minor;
    this.asking = slip(minor, this.state.least_acceptable_minor, this.dataset).likely;
    putMoney(this.bound.amount, minor);
    this.bound.capitals.textContent = inCapitals(minor);
    const size = spokenSize(minor);
    this.bound.size.textContent = size ? t(`即${size}元`, `that is ${size} yuan`) : "";
    const deposit = Math.min(Number(this.dataset.depositMinor || 0), minor);
    const whole = reckon(minor);
    const costs = (whole?.lines ?? []).filter((line) => line.known && line.most > 0);
    const more = whole?.unknown ? t(`（另有 ${whole.unknown} 项待定）`, ` (and ${whole.unknown} not known yet)`) : "";
    const lines = [
      [t("出价", "Your bid"), `¥${grouped(minor)}`],
      ...costs.map((cost) => [cost.name, span(cost.least, cost.most)]),
      ...(whole ? [[t("连税费", "With taxes and fees") + more, span(whole.least, whole.most), "pairs__sum"]] : []),
      [t("已付保证金抵扣", "Less the deposit paid"), `−¥${grouped(deposit)}`],
      [t("成交后须付法院余款", "Balance to the court after the close"), `¥${grouped(minor - deposit)}`],
    ];
    this.bound.lines.replaceChildren(...lines.map(pair));
    this.#dress();
    this.#check();
  }

  /** Show the dialog as the question or as the plain confirmation. */
  #dress() {
    this.bound.title.textContent = this.asking ? t("请核对：是否多输了一位数字？", "Look again: is there a digit too many?") : t("确认出价", "Confirm your bid");
    this.bound.far.hidden = !this.asking;
    this.safe.hidden = !this.asking;
    this.back.hidden = this.asking;
    this.yes.classList.toggle("button--primary", !this.asking);
    this.yes.textContent = this.asking ? t(`金额无误，出价 ¥${brief(this.minor)}`, `It is right: bid ¥${brief(this.minor)}`) : t("确认出价", "Confirm the bid");
  }

  #check() {
    const least = this.state.least_acceptable_minor;
    const over = this.minor < least;
    this.bound.moved.hidden = !over;
    if (over) {
      this.bound.movedWords.textContent = t(`价格刚刚变动，现在至少需 ¥${brief(least)}。`, `The price has just moved; at least ¥${brief(least)} now.`);
    }
    this.yes.disabled = over;
    if (!this.asking) return;
    const far = slip(this.minor, least, this.dataset);
    this.bound.far.hidden = over;
    this.bound.farLeast.textContent = `¥${grouped(least)}`;
    this.bound.farOver.textContent = `¥${grouped(far.overMinor)}`;
    this.bound.farSteps.textContent = String(far.steps).replace(/\B(?=(\d{3})+$)/g, ",");
    this.bound.farTimes.textContent = `${(far.tenfold / 10).toFixed(1)}`;
  }

  #focus() {
    (this.asking ? this.safe : this.yes).focus();
  }
}

function pair([name, text, className]) {
  const row = document.createElement("div");
  const term = document.createElement("dt");
  const value = document.createElement("dd");
  if (className) row.className = className;
  term.textContent = name;
  value.textContent = text;
  row.append(term, value);
  return row;
}
