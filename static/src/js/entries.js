// The live list of docket entries. The words for each kind come from the page itself, so that both lists say the same.
import { grouped } from "./money.js";
import { instant, t } from "./words.js";

const SHOWN_MAX = 60;

function wordsOf(list) {
  const source = document.getElementById("entry-words");
  list.words ??= source ? JSON.parse(source.textContent) : {};
  return list.words;
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function row(list, entry) {
  const item = document.createElement("li");
  const code = entry.public.code;
  item.className = "entry";
  item.dataset.seq = entry.seq;
  if (entry.kind === "bid.refused") item.classList.add("entry--refused");
  if (code && code === list.dataset.code) item.classList.add("entry--mine");
  const what = make("span", "entry__what", wordsOf(list)[entry.kind] ?? t("程序记录", "Entry"));
  if (code) {
    what.append(" ", make("span", "entry__who", code));
    if (code === list.dataset.code) what.append(t("（您）", " (you)"));
  }
  const amount = entry.public.amount_minor ?? entry.public.price_minor;
  item.append(
    make("span", "entry__seq", `#${entry.seq}`),
    what,
    make("span", "entry__money", amount === undefined || amount === null ? "" : `¥${grouped(amount)}`),
    make("time", "entry__at", instant(Date.parse(entry.at))),
  );
  return item;
}

/** Put new entries on top; say when some between were left out. */
export function showEntries(list, entries, { gap }) {
  if (gap) {
    const note = document.createElement("li");
    note.className = "entry";
    const link = document.createElement("a");
    link.href = list.dataset.docket;
    link.textContent = t("其间还有记录，查看完整卷宗", "More entries lie between; open the whole docket");
    note.append(document.createElement("span"), link);
    list.prepend(note);
  }
  for (const entry of entries) {
    if (!list.querySelector(`[data-seq="${entry.seq}"]`)) list.prepend(row(list, entry));
  }
  list.querySelector("[data-none]")?.remove();
  while (list.children.length > SHOWN_MAX) list.lastElementChild.remove();
}
