// Every place of the page that shows a lot's price or end: the card, the dock under the thumb, rows of a list.
import { aim } from "./countdown.js";
import { instant } from "./words.js";
import { grouped, putMoney } from "./money.js";

const LONG = 13; // characters; longer prices are set smaller, never cut
const LONGER = 17;

/** Show a price everywhere; it rolls once. */
export function showPrice(lot, minor) {
  for (const element of document.querySelectorAll(`[data-price="${CSS.escape(lot)}"]`)) {
    putMoney(element.querySelector(".price__roll") ?? element, minor);
    element.classList.toggle("price--long", grouped(minor).length > LONG);
    element.classList.toggle("price--longer", grouped(minor).length > LONGER);
    element.classList.remove("price--moved");
    void element.offsetWidth; // restarts the roll
    element.classList.add("price--moved");
    setTimeout(() => element.classList.remove("price--moved"), 1500);
  }
}

/** Point every countdown of the lot at its next instant. */
export function showEnd(lot, iso) {
  for (const element of document.querySelectorAll(`[data-ends="${CSS.escape(lot)}"]`)) aim(element, iso);
  for (const element of document.querySelectorAll(`[data-ends-exact="${CSS.escape(lot)}"]`)) {
    element.textContent = instant(Date.parse(iso));
    element.dateTime = iso;
  }
}
