// What a first load costs, counted by the browser itself, and how soon something shows on a slow
// telephone.
import assert from 'node:assert/strict';

export const PERSON = { bytes: 30_000, requests: 4, elements: 300, script: 5_000 };
export const WORKER = { bytes: 100_000, requests: 8 };
const SHEET_BYTES = 10_000;
const FIRST_PAINT_MS = 2_000;

const SLOW = {
  offline: false,
  latency: 400,
  downloadThroughput: 400_000 / 8,
  uploadThroughput: 400_000 / 8,
};

/** Loads the page with an empty cache; gives bytes as sent, requests, elements, first paint. */
export async function measure(page, path, { slow = false } = {}) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
  if (slow) {
    await cdp.send('Network.emulateNetworkConditions', SLOW);
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 6 });
  }
  const types = new Map();
  const cost = { requests: 0, bytes: 0, script: 0, sheet: 0, elements: 0, paint: 0 };
  cdp.on('Network.responseReceived', (event) => types.set(event.requestId, event.type));
  cdp.on('Network.requestWillBeSent', () => { cost.requests += 1; });
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    cost.bytes += encodedDataLength;
    if (types.get(requestId) === 'Script') cost.script += encodedDataLength;
    if (types.get(requestId) === 'Stylesheet') cost.sheet += encodedDataLength;
  });
  await page.goto(path, { waitUntil: 'networkidle' });
  Object.assign(cost, await page.evaluate(() => ({
    elements: document.querySelectorAll('*').length,
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
  })));
  await cdp.detach();
  return cost;
}

/** Refuses a page over its budget. */
export function within(cost, budget, path) {
  for (const [what, most] of Object.entries(budget)) {
    assert.ok(cost[what] <= most, `${path}: ${cost[what]} ${what}, ${most} at most`);
  }
  assert.ok(cost.sheet <= SHEET_BYTES, `${path}: a sheet of ${cost.sheet} bytes`);
}

/** Refuses a page that shows nothing for too long on the slow profile. */
export function paintsSoon(cost, path) {
  assert.ok(cost.paint > 0, `${path}: nothing was painted`);
  assert.ok(cost.paint <= FIRST_PAINT_MS, `${path}: first paint after ${Math.round(cost.paint)} ms`);
}
