// Checking a paper: the digest is computed in the browser, so that the file never leaves the device.
import { sha256 } from "./digest.js";
import { toast } from "./status.js";
import { t } from "./words.js";

async function check(form, file) {
  try {
    const digest = await sha256(await file.arrayBuffer());
    location.assign(`${form.dataset.checkFile}?sha256=${digest}`);
  } catch {
    toast(t("无法读取该文件，请重新选择。", "The file could not be read; choose it again."));
  }
}

function startForm(form) {
  const input = form.querySelector("[type=file]");
  form.addEventListener("submit", (event) => {
    if (input.files.length === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    check(form, input.files[0]);
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.toggle("checkfile--over", name === "dragover");
    });
  }
  form.addEventListener("drop", (event) => {
    if (event.dataTransfer.files.length > 0) check(form, event.dataTransfer.files[0]);
  });
}

/** Wire the forms that check a file; outside a secure context they are sent as they are. */
export function startChecks() {
  if (!globalThis.crypto?.subtle) return;
  for (const form of document.querySelectorAll("form[data-check-file]")) startForm(form);
}
