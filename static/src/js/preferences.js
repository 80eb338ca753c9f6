// Theme by a click, kept on the machine; language goes to the server, which keeps it in the session.

const dark = matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : dark.matches;
}

function mark(button) {
  button.setAttribute("aria-pressed", String(isDark()));
}

/** Wire the theme switches. */
export function startPreferences() {
  for (const button of document.querySelectorAll("[data-theme-toggle]")) {
    button.hidden = false;
    mark(button);
    dark.addEventListener("change", () => mark(button));
    button.addEventListener("click", () => {
      const next = isDark() ? "light" : "dark";
      document.documentElement.dataset.theme = next;
      mark(button);
      try {
        localStorage.setItem("theme", next);
      } catch {
        // storage may be denied; the choice then lasts for this page
      }
    });
  }
}
