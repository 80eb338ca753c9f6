// The bidding card. The page's plain form is the truth; this makes it live. An amount is never sent unseen:
// it is repeated in capitals, confirmed once, and sent under an id that stays the same until a receipt is in hand.
import { briefly } from "./all_in.js";
import { inCapitals } from "./capitals.js";
import { Confirmation } from "./confirm.js";
import { showEnd, showPrice } from "./faces.js";
import { line } from "./live.js";
import { brief, grouped, parseYuan, putMoney, spokenSize, typed } from "./money.js";
import { showReceipt, showRefusal, showWaiting } from "./receipt.js";
import { say } from "./status.js";
import { t } from "./words.js";

const STEPS = [1, 2, 5, 10];
const RESENDS_MAX = 5;
const PENDING_KEY = "pending-bid:";

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

export class BidCard {
  constructor(card) {
    const data = card.dataset;
    this.card = card;
    this.lot = data.lot;
    this.code = data.code || null;
    this.increment = Number(data.incrementMinor);
    this.start = Number(data.startMinor);
    this.state = {
      status: data.status,
      price_minor: data.priceMinor === "" || data.priceMinor === undefined ? null : Number(data.priceMinor),
      least_acceptable_minor: Number(data.leastMinor),
      leader: data.leader || null,
      ends_at: data.endsAt,
      opens_at: data.opensAt,
      outcome: data.outcome || null,
    };
    this.form = card.querySelector("[data-bidform]");
    this.bound = Object.fromEntries([...card.querySelectorAll("[data-bind]")].map((e) => [e.dataset.bind, e]));
    this.led = data.hasBid === "1";
    if (this.form) this.#wireForm();
    line().watch(this.lot, {
      after: Number(data.seq || 0),
      onState: (state) => this.apply(state),
      onEntries: (entries, more) => card.dispatchEvent(new CustomEvent("bidcard:entries", { bubbles: true, detail: { entries, ...more } })),
    });
    if (this.form) this.#offerPending();
  }

  /** Take a state of the server: price, leader, end, watchers, and what the form may do. */
  apply(state) {
    const before = this.state;
    this.state = state;
    if (state.status !== before.status) {
      location.reload(); // another status is another page: opened, suspended, closed, sold
      return;
    }
    if (state.price_minor !== before.price_minor) this.#movePrice(before.price_minor, state.price_minor);
    showEnd(this.lot, state.status === "open" ? state.ends_at : state.opens_at);
    if (state.extensions > (before.extensions ?? state.extensions)) {
      say(t("竞价时间已延长五分钟", "The bidding has been extended by five minutes"));
    }
    for (const name of ["bids", "extensions", "watchers"]) {
      if (this.bound[name] && state[name] !== undefined) this.bound[name].textContent = String(state[name]);
    }
    this.#showLeader();
    if (this.form) this.#refreshForm();
    this.confirmation?.update(state);
  }

  #movePrice(before, after) {
    showPrice(this.lot, after);
    if (this.bound.change && before !== null) this.bound.change.textContent = `+¥${brief(after - before)}`;
    if (this.bound.label) this.bound.label.textContent = t("当前价", "Price now");
    if (this.bound.capitals) this.bound.capitals.textContent = inCapitals(after);
    if (!this.form) this.#tellAmount(after);
  }

  #showLeader() {
    const box = this.bound.leader;
    if (!box || this.state.status !== "open") return; // what the page says of a closed lot is final
    const { leader } = this.state;
    const mine = leader !== null && leader === this.code;
    const outbid = !mine && this.led;
    this.led = this.led || mine;
    box.hidden = leader === null;
    box.className = `lead ${mine ? "lead--you" : ""} ${outbid ? "lead--outbid" : ""}`;
    const symbol = mine ? "▲" : outbid ? "▼" : "●";
    const words = mine
      ? t(`您领先（${leader}）`, `You lead (${leader})`)
      : outbid
        ? t(`已被 ${leader} 超过`, `You are outbid by ${leader}`)
        : t(`${leader} 领先`, `${leader} leads`);
    const text = `${symbol} ${words}`;
    if (box.textContent !== text) {
      box.textContent = text;
      if (mine || outbid) say(words);
    }
  }

  #wireForm() {
    this.amount = this.form.elements.amount;
    this.idField = this.form.elements.bid_id;
    this.submit = this.form.querySelector("[data-bid]");
    this.confirmation = new Confirmation(document.querySelector("[data-confirm]"), this.card.dataset);
    this.receipts = this.card.querySelector("[data-receipt]");
    for (const button of this.form.querySelectorAll("[data-step]")) {
      button.addEventListener("click", (event) => {
        event.preventDefault();
        this.put(this.stepAmount(Number(button.dataset.step)));
      });
    }
    this.amount.addEventListener("input", () => this.#echo());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#review();
    });
    this.form.querySelector("[data-use-least]")?.addEventListener("click", (event) => {
      event.preventDefault();
      this.put(this.state.least_acceptable_minor);
    });
    document.addEventListener("live:lost", () => this.#refreshForm());
    document.addEventListener("live:connected", () => this.#refreshForm());
    if (this.amount.value === "") this.amount.value = typed(this.state.least_acceptable_minor);
    this.touched = false;
    this.#refreshForm();
  }

  /** The amount of a quick step; before the first bid the first step is the start price itself. */
  stepAmount(steps) {
    const least = this.state.least_acceptable_minor;
    if (this.state.price_minor === null) return steps === 1 ? least : least + steps * this.increment;
    return least + (steps - 1) * this.increment;
  }

  /** Put an amount into the field, as if typed. */
  put(minor) {
    this.amount.value = typed(minor);
    this.touched = true;
    this.#echo();
    say(`¥${brief(minor)}`);
  }

  #refreshForm() {
    for (const button of this.form.querySelectorAll("[data-step]")) {
      const steps = Number(button.dataset.step);
      const amount = this.stepAmount(steps);
      const first = this.state.price_minor === null && steps === STEPS[0];
      const name = first ? t("起拍价", "Start") : `+${steps}`;
      const size = spokenSize(amount).replace(/^约|^about /, "") || brief(amount);
      button.querySelector("[data-step-name]").textContent = name;
      button.querySelector("[data-step-amount]").textContent = size;
      button.setAttribute("aria-label", `${name} ${size} (¥${brief(amount)})`);
    }
    if (this.bound.least) putMoney(this.bound.least, this.state.least_acceptable_minor);
    if (!this.touched) this.amount.value = typed(this.state.least_acceptable_minor);
    this.#echo();
  }

  /** Repeat the amount in words below the field, and say at once when it would not do. */
  #echo() {
    if (document.activeElement === this.amount) this.touched = true;
    const read = parseYuan(this.amount.value);
    const echo = this.bound.echo;
    const hint = this.bound.hint;
    const least = this.state.least_acceptable_minor;
    let why = read.why ?? "";
    if (read.minor !== undefined) {
      const size = spokenSize(read.minor);
      echo.textContent = `¥${grouped(read.minor)}${size ? ` · ${size}${t("元", " yuan")}` : ""}\n${inCapitals(read.minor)}`;
      if (this.bound.allin) this.bound.allin.textContent = briefly(read.minor);
      this.#tellAmount(read.minor);
      if (read.minor < least) why = t(`至少需 ¥${brief(least)}`, `At least ¥${brief(least)}`);
    } else {
      echo.textContent = "";
      if (this.bound.allin) this.bound.allin.textContent = "";
    }
    this.amount.setAttribute("aria-invalid", String(why !== "" && this.touched));
    hint.hidden = why === "" || !this.touched;
    hint.querySelector("[data-why]").textContent = why;
    for (const button of this.form.querySelectorAll("[data-step]")) {
      button.setAttribute("aria-pressed", String(this.stepAmount(Number(button.dataset.step)) === read.minor));
    }
    const leading = this.code !== null && this.state.leader === this.code;
    this.submit.disabled = Boolean(this.sending) || !navigator.onLine || leading;
    this.submit.querySelector("[data-bid-words]").textContent = leading ? t("您已领先，无须再出价", "You lead; no bid needed") : t("出价", "Place the bid");
  }

  /** Tell the page which amount is looked at, once for each. */
  #tellAmount(minor) {
    if (minor === this.told) return;
    this.told = minor;
    this.card.dispatchEvent(new CustomEvent("bidcard:amount", { bubbles: true, detail: { minor } }));
  }

  async #review() {
    if (this.submit.disabled) return;
    const read = parseYuan(this.amount.value);
    this.touched = true;
    this.#echo();
    if (read.minor === undefined || read.minor < this.state.least_acceptable_minor) {
      this.amount.focus();
      return;
    }
    const confirmed = await this.confirmation.ask(read.minor, this.state);
    if (confirmed === null) return;
    await this.send(confirmed, crypto.randomUUID());
  }

  /** Send one bid until it is answered; a lost answer is asked for again under the same id, never as a new bid. */
  async send(amountMinor, bidId) {
    this.sending = bidId;
    this.#remember({ amountMinor, bidId });
    this.#echo();
    showWaiting(this.receipts, { amountMinor, bidId, resend: 0 });
    let answer = null;
    for (let turn = 0; turn <= RESENDS_MAX && answer === null; turn += 1) {
      if (turn > 0) showWaiting(this.receipts, { amountMinor, bidId, resend: turn });
      answer = await this.#once(amountMinor, bidId, turn);
      if (answer === null) await pause(400 * 2 ** turn);
    }
    this.sending = null;
    if (answer === null) {
      showWaiting(this.receipts, { amountMinor, bidId, gaveUp: true, again: () => this.send(amountMinor, bidId) });
    } else {
      this.#remember(null);
      this.#settle(answer, amountMinor);
    }
    this.#echo();
  }

  async #once(amountMinor, bidId, turn) {
    try {
      if (line().connected && turn % 2 === 0) return await line().bid({ lot: this.lot, amountMinor, bidId });
      return await this.#overHttp(amountMinor, bidId);
    } catch {
      return null; // unanswered: it may have arrived, so only the same id may be sent again
    }
  }

  /** The same act by the page's form address, for when the live line is down. */
  async #overHttp(amountMinor, bidId) {
    const body = new FormData(this.form);
    body.set("amount", typed(amountMinor));
    body.set("bid_id", bidId);
    body.set("confirmed", "1");
    const reply = await fetch(this.form.action, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(8000),
    });
    if (reply.status >= 500) return null;
    const answer = await reply.json();
    if (answer.ok !== undefined) return answer;
    return reply.ok ? { ok: true, receipt: answer } : { ok: false, problem: answer };
  }

  #settle(answer, amountMinor) {
    if (answer.ok && answer.receipt.outcome === "accepted") {
      this.led = true;
      this.touched = false;
      showReceipt(this.receipts, answer.receipt);
      this.#refreshForm();
      return;
    }
    const problem = answer.problem ?? answer.receipt?.problem;
    showRefusal(this.receipts, problem, answer.receipt, {
      amountMinor,
      use: (minor) => {
        this.put(minor);
        this.amount.focus();
      },
    });
    this.amount.focus({ preventScroll: true });
  }

  #remember(pending) {
    try {
      if (pending) sessionStorage.setItem(PENDING_KEY + this.lot, JSON.stringify(pending));
      else sessionStorage.removeItem(PENDING_KEY + this.lot);
    } catch {
      // storage may be denied; then only a reload within the wait loses the id
    }
  }

  /** After a reload in the middle of a bid: say so, and let the person ask for the receipt. */
  #offerPending() {
    let pending = null;
    try {
      pending = JSON.parse(sessionStorage.getItem(PENDING_KEY + this.lot) ?? "null");
    } catch {
      return;
    }
    if (pending) {
      showWaiting(this.receipts, { ...pending, gaveUp: true, again: () => this.send(pending.amountMinor, pending.bidId) });
    }
  }
}

/** Start every bidding card of the page. */
export function startBidCards() {
  for (const card of document.querySelectorAll("[data-bidcard]")) new BidCard(card);
}
