// Desk tables: a click sorts, j and k walk, Enter opens. The server's order is the order without script.

/** The value a cell is compared by: `data-sort` when there is one, numbers as numbers. */
function keyOf(row, column) {
  const cell = row.cells[column];
  const text = cell?.dataset.sort ?? cell?.textContent.trim() ?? "";
  const number = Number(text);
  return text !== "" && Number.isFinite(number) ? number : text;
}

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), document.documentElement.lang, { numeric: true });
}

function sortBy(table, heading, column) {
  const up = heading.getAttribute("aria-sort") !== "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", up ? "ascending" : "descending");
  const body = table.tBodies[0];
  const rows = [...body.rows].sort((a, b) => compare(keyOf(a, column), keyOf(b, column)) * (up ? 1 : -1));
  body.append(...rows);
}

function makeSortable(table) {
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    if (!("sortable" in heading.dataset)) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "table__sort";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sortBy(table, heading, column));
  });
}

function typing(target) {
  return target.closest("input, textarea, select, dialog, [contenteditable]") !== null;
}

function walk(event) {
  const moves = { j: 1, k: -1 };
  const table = document.querySelector("[data-keys]");
  if (!table || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const rows = [...table.querySelectorAll("[data-row]")];
  const at = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
  if (event.key in moves && rows.length > 0) {
    const next = Math.min(Math.max(at + moves[event.key], 0), rows.length - 1);
    rows[at]?.removeAttribute("aria-selected");
    rows[next].setAttribute("aria-selected", "true");
    rows[next].scrollIntoView({ block: "nearest" });
    event.preventDefault();
  } else if (event.key === "Enter" && at >= 0 && !event.target.closest("a, button, summary")) {
    rows[at].querySelector("a")?.click();
  } else if (event.key === "/") {
    document.querySelector("[type=search]")?.focus();
    event.preventDefault();
  }
}

/** Wire the tables of the page. */
export function startTables() {
  for (const table of document.querySelectorAll("[data-sort-table]")) makeSortable(table);
  document.addEventListener("keydown", walk);
}
