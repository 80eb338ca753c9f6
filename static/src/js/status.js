// What happened, in words: a polite region for readers, short toasts for eyes.

function region() {
  let found = document.getElementById("status");
  if (!found) {
    found = document.createElement("div");
    found.id = "status";
    found.className = "unseen";
    found.setAttribute("role", "status");
    found.setAttribute("aria-live", "polite");
    document.body.append(found);
  }
  return found;
}

/** Say a sentence to a screen reader, without showing it. */
export function say(sentence) {
  const target = region();
  target.textContent = "";
  setTimeout(() => {
    target.textContent = sentence;
  }, 60); // an emptied region is read again even when the sentence is the same
}

/** Show a sentence for some seconds, and say it. */
export function toast(sentence, seconds = 5) {
  const stack = document.querySelector("[data-toasts]");
  if (stack) {
    const item = document.createElement("p");
    item.className = "toast";
    item.textContent = sentence;
    stack.append(item);
    setTimeout(() => item.remove(), seconds * 1000);
  }
  say(sentence);
}

/** Show or hide the strip that says the connection is gone. */
export function strip(sentence) {
  const bar = document.querySelector("[data-strip]");
  if (!bar) return;
  bar.toggleAttribute("data-on", Boolean(sentence));
  bar.textContent = sentence ?? "";
}
