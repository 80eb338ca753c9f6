// Copy buttons: `<button data-copy="text" hidden>`; shown only where copying can work.
import { toast } from "./status.js";
import { t } from "./words.js";

/** Wire the copy buttons inside a root. */
export function startCopies(root = document) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(button.dataset.copy);
        toast(t("已复制", "Copied"));
      } catch {
        toast(t("浏览器未允许复制，请长按选择。", "The browser did not allow copying; select the text instead."));
      }
    });
  }
}
