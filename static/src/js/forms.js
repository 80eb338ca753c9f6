// Small helps for every form: amounts repeated in capitals, one sending only, a question before what cannot be undone.
import { inCapitals } from "./capitals.js";
import { parseYuan } from "./money.js";
import { t } from "./words.js";

function echoAmount(input) {
  const target = document.getElementById(input.dataset.capitals);
  const show = () => {
    const read = parseYuan(input.value);
    target.textContent = read.minor === undefined ? "" : inCapitals(read.minor);
  };
  input.addEventListener("input", show);
  show();
}

function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 8000); // the person may try again when nothing came back
  });
}

/** An act that is public or final opens its own dialog first: what happens, to whom, who will see it. */
function askFirst(form) {
  const dialog = document.getElementById(form.dataset.ask);
  form.addEventListener("submit", (event) => {
    if (form.dataset.agreed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue !== "yes") return;
    form.dataset.agreed = "1";
    form.requestSubmit();
  });
}

/** All warnings ticked? Say how many are left on the button itself. */
function countTicks(form) {
  const button = form.querySelector("[data-needs-ticks]");
  const ticks = [...form.querySelectorAll("[type=checkbox][required]")];
  const words = button.textContent;
  const show = () => {
    const left = ticks.filter((tick) => !tick.checked).length;
    button.textContent = left === 0 ? words : t(`还有 ${left} 项需确认`, `${left} more to accept`);
  };
  form.addEventListener("change", show);
  show();
}

/** Wire the forms of the page. */
export function startForms() {
  for (const input of document.querySelectorAll("[data-capitals]")) echoAmount(input);
  for (const form of document.querySelectorAll("form[data-ask]")) askFirst(form);
  for (const button of document.querySelectorAll("[data-needs-ticks]")) countTicks(button.form);
  for (const form of document.querySelectorAll("form[method=post]:not([data-bidform])")) sendOnce(form);
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.querySelector("[data-no]")?.addEventListener("click", () => dialog.close("no"));
  }
  for (const select of document.querySelectorAll("[data-submit-on-change]")) {
    select.addEventListener("change", () => select.form.requestSubmit());
  }
  document.querySelector("[data-error-summary]")?.focus();
}
