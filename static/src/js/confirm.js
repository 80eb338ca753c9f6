// The second look before a bid: amount loud, capitals below, what is still to pay, and a warning where a digit may be wrong.
import { reckon, span } from "./all_in.js";
import { inCapitals } from "./capitals.js";
import { brief, grouped, putMoney, spokenSize } from "./money.js";
import { t } from "./words.js";

const FAR_STEPS = 20; // more steps above the least than anyone takes by intention

export class Confirmation {
  constructor(dialog, dataset) {
    this.dialog = dialog;
    this.dataset = dataset;
    this.bound = Object.fromEntries([...dialog.querySelectorAll("[data-bind]")].map((e) => [e.dataset.bind, e]));
    this.yes = dialog.querySelector("[data-yes]");
    this.sure = dialog.querySelector("[data-sure]");
    this.sure.addEventListener("change", () => this.#allow());
    dialog.querySelector("[data-take-least]").addEventListener("click", () => {
      this.#fill(this.state.least_acceptable_minor);
    });
  }

  /** Ask; resolves to the confirmed amount, or to null when the person turned back. */
  ask(minor, state) {
    this.state = state;
    this.#fill(minor);
    this.dialog.returnValue = "";
    this.dialog.showModal();
    return new Promise((resolve) => {
      this.dialog.addEventListener("close", () => resolve(this.dialog.returnValue === "yes" ? this.minor : null), { once: true });
    });
  }

  /** The price moved while the person was looking. */
  update(state) {
    this.state = state;
    if (this.dialog.open) this.#check();
  }

  #fill(minor) {
    this.minor = minor;
    this.sure.checked = false;
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
    this.#check();
  }

  #check() {
    const least = this.state.least_acceptable_minor;
    const steps = (this.minor - least) / Number(this.dataset.incrementMinor);
    const reference = Number(this.dataset.referenceMinor || 0);
    const over = this.minor < least;
    const far = !over && (steps > FAR_STEPS || (reference > 0 && this.minor > reference * 1.5));
    this.bound.moved.hidden = !over;
    if (over) {
      this.bound.movedWords.textContent = t(`价格刚刚变动，现在至少需 ¥${brief(least)}。`, `The price has just moved; at least ¥${brief(least)} now.`);
    }
    this.bound.far.hidden = !far;
    if (far) {
      this.bound.farWords.textContent = t(
        `这比当前最低可出价 ¥${grouped(least)} 高出 ¥${grouped(this.minor - least)}。请检查是否多输了一位数字；出价一经接受不能撤回。`,
        `This is ¥${grouped(this.minor - least)} above the least acceptable ¥${grouped(least)}. Check for a digit too many; an accepted bid cannot be taken back.`,
      );
    }
    this.wanting = far;
    this.over = over;
    this.#allow();
  }

  #allow() {
    this.yes.disabled = this.over || (this.wanting && !this.sure.checked);
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
