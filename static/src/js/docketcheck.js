// Checks a docket export or a bid's receipt here in the browser: canonical form, chain, signatures, place in the log.
// What needs the rules (whether each bid was decided rightly) is the checker's work on the command line.
import { sha256 } from "./digest.js";
import { t } from "./words.js";

const encoder = new TextEncoder();
const ZEROS = "0".repeat(64);

class Wrong extends Error {}

/** RFC 8785 for what a docket may hold: no fractions, names in ASCII. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const names = Object.keys(value).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const raw = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
const digest = (value) => sha256(encoder.encode(canonical(value)));
const without = (object, ...names) =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));

async function node(left, right) {
  return sha256(Uint8Array.from([1, ...unhex(left), ...unhex(right)]));
}

async function signed(key, content, signature) {
  const imported = await crypto.subtle.importKey("raw", raw(key), { name: "Ed25519" }, false, ["verify"]);
  return crypto.subtle.verify({ name: "Ed25519" }, imported, raw(signature), encoder.encode(canonical(content)));
}

/** Follow an inclusion proof (RFC 9162, 2.1.3.2) and return the root it leads to. */
async function climb(leaf, index, size, path) {
  let [place, last, value] = [index, size - 1, leaf];
  for (const step of path) {
    if (last === 0) return null;
    if (place % 2 === 1 || place === last) {
      value = await node(step, value);
      while (place % 2 === 0 && place !== 0) [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
    } else {
      value = await node(value, step);
    }
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 ? value : null;
}

async function checkChain(document_) {
  let before = ZEROS;
  for (const [index, entry] of document_.entries.entries()) {
    const seq = index + 1;
    const whole = entry.seq === seq && entry.lot === document_.lot && entry.prev === before;
    if (!whole || entry.hash !== (await digest(without(entry, "hash"))))
      throw new Wrong(t(`第 ${seq} 条与前一条不相接，或内容已被改动。`, `Entry ${seq} does not follow, or was changed.`));
    before = entry.hash;
  }
  const announced = document_.entries.find((entry) => entry.kind === "lot.announced");
  for (const name of ["terms", "rulebook"]) {
    if (!announced || announced.public[`${name}_sha256`] !== (await digest(document_[name])))
      throw new Wrong(t("条款或规则与公告时不一致。", "Terms or rules are not the announced ones."));
  }
}

async function checkCheckpoints(document_, keys) {
  const last = document_.entries.at(-1);
  if (document_.checkpoints.at(-1)?.hash !== last.hash)
    throw new Wrong(t("最后一条没有检查点。", "The last entry has no checkpoint."));
  for (const point of document_.checkpoints) {
    if (document_.entries[point.seq - 1]?.hash !== point.hash)
      throw new Wrong(t(`第 ${point.seq} 条的检查点不符。`, `The checkpoint of entry ${point.seq} does not fit.`));
    const key = keys[point.key];
    if (!key || !(await signed(key, without(point, "signature"), point.signature)))
      throw new Wrong(t(`第 ${point.seq} 条的签名不符。`, `The signature on entry ${point.seq} does not fit.`));
  }
}

async function checkLog(document_, keys) {
  if (!document_.log) return 0;
  const { head, proofs } = document_.log;
  if (!keys[head.key] || !(await signed(keys[head.key], without(head, "signature"), head.signature)))
    throw new Wrong(t("日志根的签名不符。", "The signature on the log's root does not fit."));
  for (const proof of proofs) {
    const point = document_.checkpoints.find((one) => one.seq === proof.seq);
    const leaf = await sha256(Uint8Array.from([0, ...encoder.encode(canonical(point))]));
    if ((await climb(leaf, proof.leaf, head.size, proof.path)) !== head.root)
      throw new Wrong(t("日志证明不成立。", "The proof of the log does not hold."));
  }
  return proofs.length;
}

async function checkExport(text, document_, keys) {
  if (canonical(document_) !== text)
    throw new Wrong(t("文件不是原样：至少有一个字节被改动。", "The file is not as it was issued: at least a byte differs."));
  await checkChain(document_);
  if (document_.public_key === null)
    return t(`${document_.entries.length} 条记录前后相接。平台尚未签名。`, `${document_.entries.length} entries follow one another. Unsigned.`);
  await checkCheckpoints(document_, keys);
  const logged = await checkLog(document_, keys);
  return t(
    `${document_.entries.length} 条记录前后相接，${document_.checkpoints.length} 个检查点签名有效，其中 ${logged} 个已列入公开日志。`,
    `${document_.entries.length} entries follow one another; ${document_.checkpoints.length} checkpoints are signed, ${logged} of them in the public log.`,
  );
}

async function checkReceipt(receipt, keys) {
  const key = keys[receipt.key];
  if (!key || !(await signed(key, without(receipt, "signature", "problem"), receipt.signature)))
    throw new Wrong(t("回执的签名不符，内容可能被改动。", "The signature on the receipt does not fit; it may have been changed."));
  const answer = await fetch(`/api/v1/lots/${encodeURIComponent(receipt.lot)}/docket?after=${receipt.seq - 1}&limit=1`);
  const [entry] = answer.ok ? (await answer.json()).items : [];
  if (entry?.hash !== receipt.entry_hash)
    throw new Wrong(t("签名有效，但案卷中没有这一条。", "The signature holds, but the docket has no such entry."));
  return t(`回执签名有效，案卷第 ${receipt.seq} 条与之相符。`, `The receipt is genuine, and entry ${receipt.seq} of the docket is the same.`);
}

async function known(given) {
  const listed = (await (await fetch("/api/v1/log/keys")).json()).items;
  if (!given) return Object.fromEntries(listed.map((one) => [one.id, one.public_key]));
  const id = (await sha256(raw(given))).slice(0, 16);
  // Only the key the reader holds, and those it vouches for one after the other.
  const trusted = { [id]: given };
  for (const one of listed) {
    const told = { endorses: one.id, public_key: one.public_key, since: one.since };
    if (trusted[one.endorsed_by] && (await signed(trusted[one.endorsed_by], told, one.endorsement)))
      trusted[one.id] = one.public_key;
  }
  return trusted;
}

async function check(text, given) {
  let document_;
  try {
    document_ = JSON.parse(text);
  } catch {
    throw new Wrong(t("不是案卷或回执文件。", "Neither a docket nor a receipt."));
  }
  const keys = await known(given);
  if (Array.isArray(document_?.entries) && Array.isArray(document_.checkpoints)) return checkExport(text, document_, keys);
  const receipt = document_?.receipt ?? document_;
  if (receipt?.entry_hash && receipt.signature) return checkReceipt(receipt, keys);
  throw new Wrong(t("不是案卷，也不是已签名的回执。", "Neither a docket nor a signed receipt."));
}

/** Wire a form `[data-docket-check]` with a file, an optional key, and a place for the answer. */
export function startDocketCheck(form) {
  const answer = form.querySelector("[data-answer]");
  const file = form.querySelector("input[type=file]");
  form.hidden = false;
  const run = async () => {
    if (!file.files.length) return;
    answer.className = "notice";
    answer.textContent = t("正在核对……", "Checking…");
    try {
      const said = await check(await file.files[0].text(), form.elements.key.value.trim());
      answer.className = "notice notice--jade";
      answer.textContent = `✓ ${said}`;
    } catch (fault) {
      answer.className = "notice notice--red";
      const said = fault instanceof Wrong ? fault.message : t("无法核对这个文件或公钥。", "This file or key cannot be checked.");
      answer.textContent = `✗ ${said}`;
    }
  };
  file.addEventListener("change", run);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  for (const kind of ["dragover", "drop"]) form.addEventListener(kind, (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    file.files = event.dataTransfer.files;
    run();
  });
}
