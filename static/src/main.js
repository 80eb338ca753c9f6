// What makes the pages live. Every page works without this file; it adds speed, not abilities.
import htmx from "htmx.org";
import { startAllIn } from "./js/all_in.js";
import { startBidCards } from "./js/bidcard.js";
import { startChecks } from "./js/checkfile.js";
import { now, seed } from "./js/clock.js";
import { startCopies } from "./js/copy.js";
import { startCountdowns } from "./js/countdown.js";
import { showEntries } from "./js/entries.js";
import { showEnd, showPrice } from "./js/faces.js";
import { startForms } from "./js/forms.js";
import { line } from "./js/live.js";
import { startPreferences } from "./js/preferences.js";
import { StepChart } from "./js/stepchart.js";
import { startTables } from "./js/tables.js";
import { instant } from "./js/words.js";

// The pages' security policy allows neither eval nor inline styles; htmx needs neither.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.attributesToSettle = ["class", "width", "height"];

function startServerClock() {
  const faces = document.querySelectorAll("[data-server-clock]");
  if (faces.length === 0) return;
  const show = () => {
    for (const face of faces) face.textContent = instant(now());
    setTimeout(show, 1000 - (Math.floor(now()) % 1000));
  };
  show();
}

function startEntries() {
  const charts = [...document.querySelectorAll("[data-stepchart]")].map((figure) => new StepChart(figure));
  document.addEventListener("bidcard:entries", (event) => {
    const { entries, gap } = event.detail;
    for (const list of document.querySelectorAll("[data-entries]")) showEntries(list, entries, { gap });
    for (const entry of entries.filter((one) => one.kind === "bid.accepted")) {
      for (const chart of charts) chart.add(entry.at, entry.public.amount_minor);
    }
  });
}

function showPriceOnce(card, state) {
  if (card.dataset.priceMinor === String(state.price_minor)) return;
  card.dataset.priceMinor = state.price_minor;
  showPrice(state.lot, state.price_minor);
}

/** Cards of a list that are open now keep their price and end by the same line. */
function startListedLots() {
  for (const card of document.querySelectorAll("[data-live-card]")) {
    line().watch(card.dataset.liveCard, {
      after: Number(card.dataset.seq || 0),
      onState: (state) => {
        if (state.price_minor !== null) showPriceOnce(card, state);
        showEnd(state.lot, state.status === "open" ? state.ends_at : state.opens_at);
      },
    });
  }
}

/** The dock steps aside while the card itself is in sight. */
function startDock() {
  const dock = document.querySelector(".dock");
  const card = document.querySelector("[data-bidcard]");
  if (!dock || !card) return;
  new IntersectionObserver(([seen]) => {
    dock.hidden = seen.isIntersecting;
  }).observe(card);
}

/** A row of tabs wider than the screen begins at the tab one is on. */
function startTabs() {
  for (const tab of document.querySelectorAll(".tabs [aria-current], .desk__rail [aria-current]")) {
    const row = tab.closest(".tabs, .desk__rail nav, .desk__rail");
    row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  }
}

seed(document.documentElement.dataset.now);
startPreferences();
startServerClock();
startCountdowns();
startEntries();
startAllIn();
startBidCards();
startListedLots();
startTables();
startCopies();
startChecks();
startForms();
startDock();
startTabs();
const docketCheck = document.querySelector("[data-docket-check]");
if (docketCheck) import("./js/docketcheck.js").then((check) => check.startDocketCheck(docketCheck));
const payment = document.querySelector("[data-payment]");
if (payment) import("./js/pay.js").then((pay) => pay.startPayment(payment));

document.addEventListener("htmx:afterSwap", (event) => {
  startCountdowns(event.target);
  startCopies(event.target);
});
