// Both languages stand side by side, as in the templates.

export const english = document.documentElement.lang.startsWith("en");

export const t = (zh, en) => (english ? en : zh);

const two = (n) => String(n).padStart(2, "0");
const WEEKDAYS = english
  ? ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
  : ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];
const COURT_OFFSET_MS = 8 * 3600 * 1000; // courts keep Beijing time all year

/** Split an instant into its parts on the court's clock. */
function parts(ms) {
  const at = new Date(ms + COURT_OFFSET_MS);
  return {
    date: `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`,
    weekday: WEEKDAYS[at.getUTCDay()],
    time: `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`,
    ms: String(at.getUTCMilliseconds()).padStart(3, "0"),
  };
}

/** Print an instant in full: date, weekday, time and zone. */
export function instant(ms, { withMs = false } = {}) {
  const p = parts(ms);
  const time = withMs ? `${p.time}.${p.ms}` : p.time;
  return english ? `${p.weekday} ${p.date} ${time} UTC+8` : `${p.date} ${p.weekday} ${time}（北京时间）`;
}

/** Print the time of day, to the millisecond where lists compare bids. */
export function clockTime(ms, { withMs = false } = {}) {
  const p = parts(ms);
  return withMs ? `${p.time}.${p.ms}` : p.time;
}

/** Print the day and the minute, for axes. */
export function shortInstant(ms) {
  const p = parts(ms);
  return `${p.date.slice(5)} ${p.time.slice(0, 5)}`;
}

/** Say a span in words for a screen reader: "2 分钟". */
export function spoken(seconds) {
  const minutes = Math.round(seconds / 60);
  if (minutes >= 1) {
    return t(`${minutes} 分钟`, `${minutes} minute${minutes === 1 ? "" : "s"}`);
  }
  return t(`${seconds} 秒`, `${seconds} seconds`);
}
