// A slip of the hand: the same question as the server's (procedure/bidding/slips.py), with the numbers the page was told.

/** How far an amount lies above the least acceptable, and whether a person should look at it once more. */
export function slip(minor, least, dataset) {
  const amount = BigInt(minor);
  const from = BigInt(least);
  const increment = BigInt(dataset.incrementMinor);
  const over = amount > from ? amount - from : 0n;
  const far = over > BigInt(dataset.slipSteps) * increment && over * 100n >= BigInt(dataset.slipPercent) * from;
  return {
    likely: over > increment && (far || amount >= BigInt(dataset.slipTimes) * from),
    overMinor: Number(over),
    steps: Number(over / increment),
    tenfold: Number((amount * 10n) / from),
  };
}
