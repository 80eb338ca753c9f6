// Amounts are whole fen from the keyboard to the wire; no float is ever made of them.
import { english, t } from "./words.js";

const MINOR_MAX = 9_000_000_000_000_000n;
const FULL_WIDTH = /[０-９．，]/g;
const ASCII_OF = { "．": ".", "，": "," };

/** Read an amount typed in yuan. Returns `{minor}` or `{why}` in words. */
export function parseYuan(text) {
  const plain = text
    .replace(FULL_WIDTH, (c) => ASCII_OF[c] ?? String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/[\s,¥￥]|元$/g, "");
  if (plain === "") {
    return { why: t("请输入金额。", "Enter an amount.") };
  }
  const wan = /^(\d+)(?:\.(\d{1,6}))?万$/.exec(plain);
  if (wan) {
    return bounded(BigInt(wan[1]) * 1_000_000n + BigInt((wan[2] ?? "").padEnd(6, "0")));
  }
  const yuan = /^(\d+)(?:\.(\d{1,2}))?$/.exec(plain);
  if (!yuan) {
    return { why: t("金额只能是数字，最多两位小数。", "Digits only, with at most two decimals.") };
  }
  return bounded(BigInt(yuan[1]) * 100n + BigInt((yuan[2] ?? "").padEnd(2, "0")));
}

function bounded(minor) {
  return minor > MINOR_MAX ? { why: t("金额过大，请检查位数。", "Too large; check the digits.") } : { minor: Number(minor) };
}

/** Print fen as yuan: 123456789 -> "1,234,567.89". */
export function grouped(minor) {
  const whole = BigInt(minor);
  const absolute = whole < 0n ? -whole : whole;
  const yuan = String(absolute / 100n).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${whole < 0n ? "-" : ""}${yuan}.${String(absolute % 100n).padStart(2, "0")}`;
}

/** Print fen the short way, without ".00". */
export function brief(minor) {
  return grouped(minor).replace(/\.00$/, "");
}

/** Print fen as plain yuan for a form: "1234567.89". */
export function typed(minor) {
  return grouped(minor).replaceAll(",", "").replace(/\.00$/, "");
}

const SIZES = english
  ? [[1_000_000_000n, " billion"], [1_000_000n, " million"]]
  : [[100_000_000n, "亿"], [10_000n, "万"]];

/** Print fen in the unit people talk in: "120万", "1.2亿", "1.2 million"; empty for small amounts. */
export function spokenSize(minor) {
  const yuan = BigInt(minor) / 100n;
  const size = SIZES.find(([unit]) => yuan >= unit);
  if (!size) {
    return "";
  }
  const [unit, name] = size;
  const hundredths = (yuan * 100n) / unit;
  const text = `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, "0")}`.replace(/\.?0+$/, "");
  const exact = BigInt(minor) % unit === 0n; // a hundredth of the unit is unit fen
  return `${exact ? "" : t("约", "about ")}${text}${name}`;
}

/** Fill an element with an amount: small sign, small fen. */
export function putMoney(element, minor) {
  const [yuan, fen] = grouped(minor).split(".");
  const sign = document.createElement("span");
  sign.className = "money__sign";
  sign.textContent = "¥";
  const tail = document.createElement("span");
  tail.className = "money__fen";
  tail.textContent = `.${fen}`;
  element.replaceChildren(sign, yuan, tail);
}
