// Server time. Counted on the monotonic clock, so that changing the machine's clock changes nothing.

let base = null; // server ms at performance.now() = 0
let certainty = Infinity; // half the round trip behind `base`

function adopt(serverMs, localMark, uncertainty) {
  base = serverMs - localMark;
  certainty = uncertainty;
}

/** Start from the instant that the page was rendered with; better than the machine's own clock. */
export function seed(serverIso) {
  if (base === null && serverIso) {
    const entry = performance.getEntriesByType("navigation")[0];
    adopt(Date.parse(serverIso), entry?.responseStart || performance.now(), 1000);
  }
}

/** Measure by several calls and keep the one with the smallest round trip. */
export async function measure(ask, rounds = 5) {
  let best = null;
  for (let round = 0; round < rounds; round += 1) {
    const sent = performance.now();
    const serverIso = await ask();
    const received = performance.now();
    const trip = received - sent;
    if (best === null || trip < best.trip) {
      best = { trip, server: Date.parse(serverIso), mark: sent + trip / 2 };
    }
  }
  adopt(best.server, best.mark, best.trip / 2);
  return certainty;
}

/** Forget how sure we are: after sleep the monotonic clock may have stood still. */
export function doubt() {
  certainty = Infinity;
}

/** Now, in the server's milliseconds. */
export function now() {
  return base === null ? Date.now() : base + performance.now();
}

/** How far the shown time may be off, in milliseconds; Infinity when not yet measured. */
export function uncertainty() {
  return certainty;
}
