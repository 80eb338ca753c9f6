// 人民币大写: the amount written out, as on a cheque. The same rules as the server's `in_capitals`.

const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const PLACES = ["", "拾", "佰", "仟"];
const SECTIONS = ["", "万", "亿", "兆"];

/** Write one section of four digits: 1020 -> 壹仟零贰拾. */
function section(number) {
  let text = "";
  let pendingZero = false;
  for (let place = 3; place >= 0; place -= 1) {
    const digit = Math.floor(number / 10 ** place) % 10;
    if (digit === 0) {
      pendingZero = text !== "";
      continue;
    }
    text += (pendingZero ? "零" : "") + DIGITS[digit] + PLACES[place];
    pendingZero = false;
  }
  return text;
}

/** Write an amount of fen in capital numerals: 120000000 -> 人民币壹佰贰拾万元整. */
export function inCapitals(minor) {
  const fen = BigInt(minor);
  const yuan = fen / 100n;
  let text = "";
  let gap = false;
  for (let index = 3; index >= 0; index -= 1) {
    const part = Number((yuan / 10n ** BigInt(4 * index)) % 10_000n);
    if (part === 0) {
      gap = gap || text !== "";
      continue;
    }
    if (text !== "" && (gap || part < 1000)) {
      text += "零";
    }
    text += section(part) + SECTIONS[index];
    gap = false;
  }
  const whole = text === "" ? "" : `${text}元`;
  const jiao = Number((fen % 100n) / 10n);
  const cents = Number(fen % 10n);
  if (jiao === 0 && cents === 0) {
    return `人民币${whole || "零元"}整`;
  }
  const zero = whole === "" ? "" : "零";
  const tail = jiao === 0 ? zero : `${DIGITS[jiao]}角`;
  return `人民币${whole}${tail}${cents === 0 ? "整" : `${DIGITS[cents]}分`}`;
}
