// What became of a bid: a receipt with its number and time, or a refusal that says why and what would work.
import { brief, grouped } from "./money.js";
import { instant, t } from "./words.js";
import { say } from "./status.js";

function paragraph(className, text) {
  const element = document.createElement("p");
  element.className = className;
  element.textContent = text;
  return element;
}

function show(box, tone, parts, sentence) {
  box.className = `receipt ${tone}`;
  box.hidden = false;
  box.replaceChildren(...parts);
  say(sentence);
}

function button(text, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "button";
  element.textContent = text;
  element.addEventListener("click", act);
  return element;
}

/** Show the receipt of an accepted bid. */
export function showReceipt(box, receipt) {
  const at = instant(Date.parse(receipt.received_at), { withMs: true });
  const title = t(`✓ 出价已接受：¥${grouped(receipt.amount_minor)}`, `✓ Bid accepted: ¥${grouped(receipt.amount_minor)}`);
  show(
    box,
    "",
    [
      paragraph("receipt__title", title),
      paragraph("receipt__small", t(`回执第 ${receipt.seq} 号 · 代码 ${receipt.code}`, `Receipt no. ${receipt.seq} · code ${receipt.code}`)),
      paragraph("receipt__small", t(`到达服务器：${at}`, `Reached the server: ${at}`)),
      paragraph("receipt__small mono", t(`凭证 ${receipt.entry_hash.slice(0, 16)}…`, `Proof ${receipt.entry_hash.slice(0, 16)}…`)),
    ],
    title,
  );
}

/** Show a refusal: the reason, the article, and the amount that would work, one tap away. */
export function showRefusal(box, problem, receipt, { use }) {
  const least = problem.facts?.least_acceptable_minor;
  const title = `✕ ${problem.title}`;
  const parts = [paragraph("receipt__title", title), paragraph("", problem.detail)];
  if (problem.article && problem.article !== "—") {
    parts.push(paragraph("receipt__small", t(`依据：${problem.article}`, `Rule: ${problem.article}`)));
  }
  if (receipt?.received_at) {
    const at = instant(Date.parse(receipt.received_at), { withMs: true });
    parts.push(paragraph("receipt__small", t(`到达服务器：${at}${receipt.seq ? ` · 第 ${receipt.seq} 号` : ""}`, `Reached the server: ${at}${receipt.seq ? ` · no. ${receipt.seq}` : ""}`)));
  }
  if (Number.isSafeInteger(least)) {
    parts.push(button(t(`改用 ¥${brief(least)}`, `Use ¥${brief(least)}`), () => use(least)));
  }
  show(box, "receipt--refused", parts, `${problem.title}. ${problem.detail}`);
}

/** Say that no answer has come yet, that the same bid is being asked about, or that it could not be learnt. */
export function showWaiting(box, { amountMinor, resend = 0, gaveUp = false, again }) {
  const amount = `¥${grouped(amountMinor)}`;
  if (gaveUp) {
    show(
      box,
      "receipt--waiting",
      [
        paragraph("receipt__title", t(`有一笔出价尚无回执：${amount}`, `One bid has no receipt yet: ${amount}`)),
        paragraph("", t("它可能已到达，也可能没有。再次查询使用同一编号，不会变成两笔出价。", "It may or may not have arrived. Asking again uses the same number and never makes two bids.")),
        button(t("查询回执（必要时补发）", "Ask for the receipt (sends it if it never arrived)"), again),
      ],
      t("出价尚无回执", "The bid has no receipt yet"),
    );
    return;
  }
  const words = resend === 0 ? t(`正在提交 ${amount} …`, `Sending ${amount} …`) : t(`未收到回执，正以同一编号再次查询（第 ${resend} 次）…`, `No answer; asking again under the same number (${resend}) …`);
  show(box, "receipt--waiting", [paragraph("receipt__title", words)], words);
}
