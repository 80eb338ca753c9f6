// The live line: Socket.IO on namespace /live. Push is best effort; after a gap the client resumes from its last number.
import { io } from "socket.io-client";
import { doubt, measure } from "./clock.js";
import { say, strip } from "./status.js";
import { t } from "./words.js";

const ACK_MS = 6000;
const MEASURE_AGAIN_MS = 5 * 60 * 1000;

/** One connection of a page, shared by every lot on it. */
export class Live {
  constructor() {
    this.watched = new Map(); // lot -> {seq, wantsEntries, onState, onEntries}
    this.everConnected = false;
    this.socket = io("/live", { transports: ["websocket"], reconnectionDelayMax: 4000, autoConnect: false });
    this.socket.on("connect", () => this.#connected());
    this.socket.on("disconnect", () => this.#lost());
    this.socket.on("connect_error", () => this.#lost());
    this.socket.on("state", (state) => this.#pushed(state));
    document.addEventListener("visibilitychange", () => this.#shownAgain());
    window.addEventListener("offline", () => this.#lost());
    setInterval(() => this.#measure(), MEASURE_AGAIN_MS);
  }

  get connected() {
    return this.socket.connected;
  }

  /** Watch a lot from its entry `after` on. `onEntries(entries, {gap})` gets what is new, oldest first. */
  watch(lot, { after = 0, onState = () => {}, onEntries = () => {} }) {
    this.watched.set(lot, { seq: after, onState, onEntries });
    if (this.connected) {
      this.#resume(lot);
    } else {
      this.socket.connect();
    }
  }

  /** Send a bid and wait for the answer after its commit. Rejects when no answer came: the bid may or may not have arrived. */
  bid({ lot, amountMinor, bidId }) {
    return this.#ask("bid", { lot, amount_minor: amountMinor, bid_id: bidId });
  }

  #ask(event, data) {
    return this.socket.timeout(ACK_MS).emitWithAck(event, data);
  }

  async #connected() {
    strip(null);
    if (this.everConnected) say(t("已重新连接", "Connected again"));
    this.everConnected = true;
    for (const lot of this.watched.keys()) this.#resume(lot);
    await this.#measure();
    document.dispatchEvent(new CustomEvent("live:connected"));
  }

  #lost() {
    doubt();
    document.dispatchEvent(new CustomEvent("live:lost"));
    if (!document.querySelector("[data-bidcard]")) return; // a list is only a little older; no alarm
    strip(
      navigator.onLine
        ? t("连接中断，正在重新连接。价格与时间可能不是最新；已发出的出价以回执为准。", "Connection lost; reconnecting. Price and time may be old; a bid counts by its receipt.")
        : t("您的设备已离线。恢复网络后会自动连接；此刻无法出价。", "Your device is offline. It reconnects by itself; you cannot bid now."),
    );
  }

  async #measure() {
    if (!this.connected || document.hidden) return;
    try {
      await measure(async () => (await this.#ask("clock", {})).server_time);
      document.dispatchEvent(new CustomEvent("live:clock"));
    } catch {
      doubt(); // no answer in time: the next connection measures again
    }
  }

  #shownAgain() {
    if (document.hidden) return;
    if (this.connected) {
      this.#measure();
      for (const lot of this.watched.keys()) this.#resume(lot);
    } else if (this.watched.size > 0) {
      this.socket.connect();
    }
  }

  async #resume(lot) {
    const watch = this.watched.get(lot);
    let answer;
    try {
      answer = await this.#ask("watch", { lot, after: watch.seq });
    } catch {
      return; // the connection went again; `connect` resumes
    }
    if (!answer.ok) {
      strip(answer.problem?.detail ?? t("暂时无法实时更新，请刷新页面。", "No live updates just now; reload the page."));
      return;
    }
    this.#deliver(watch, answer.state, answer.entries, { gap: Boolean(answer.more) });
  }

  #pushed(state) {
    const watch = this.watched.get(state.lot);
    if (!watch) return;
    const gap = state.entries.length > 0 && state.entries_from > watch.seq + 1;
    this.#deliver(watch, state, state.entries, { gap });
  }

  #deliver(watch, state, entries, { gap }) {
    const fresh = entries.filter((entry) => entry.seq > watch.seq);
    if (state.seq < watch.seq && fresh.length === 0) return; // older than what is shown
    watch.seq = Math.max(watch.seq, state.seq, ...fresh.map((entry) => entry.seq));
    watch.onState(state);
    if (fresh.length > 0 || gap) watch.onEntries(fresh, { gap });
  }
}

let shared = null;

/** The page's one connection. */
export function line() {
  shared ??= new Live();
  return shared;
}
