// Runs before the first paint, so that a chosen theme never flashes the other one. Loaded as a plain script.
(() => {
  const chosen = (() => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage may be denied; the system's preference then holds
    }
  })();
  if (chosen === "dark" || chosen === "light") {
    document.documentElement.dataset.theme = chosen;
  }
  document.documentElement.classList.add("scripted");
})();
