// Debian's Chromium, and the two people who use it: a worker at a desk, a person on a small phone.
import { chromium } from 'playwright-core';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const artefacts = fileURLToPath(new URL('../artefacts/', import.meta.url));

/** The browser, which asks nothing of any other machine. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-default-apps',
      '--disable-sync',
      '--no-first-run',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  });
}

/** A new profile; every request that would leave this machine is noted in `strays`. */
export async function context(browser, program, { javaScript = true, width = 1280, height = 800 } = {}) {
  const made = await browser.newContext({
    baseURL: program.url,
    javaScriptEnabled: javaScript,
    viewport: { width, height },
    locale: 'fr-FR',
    timezoneId: 'Europe/Paris',
  });
  made.setDefaultTimeout(15_000);
  made.strays = [];
  made.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(program.url) && /^https?:/.test(url)) made.strays.push(url);
  });
  return made;
}

/** A worker's page, on a device enrolled for the purpose. */
export async function worker(browser, program, who, options = {}) {
  const page = await (await context(browser, program, options)).newPage();
  await page.goto('/appareil');
  await page.fill('#name', who.name);
  await page.fill('#code', who.device_code);
  await page.fill('#passphrase', who.passphrase);
  await send(page);
  if (!new URL(page.url()).pathname.startsWith('/personnes')) {
    await page.goto('/connexion');
    await page.fill('#name', who.name);
    await page.fill('#passphrase', who.passphrase);
    await send(page);
  }
  await page.goto('/personnes');
  return page;
}

/** A person's page, opened with their card typed by hand: a small screen, scripts off. */
export async function person(browser, program, card, options = {}) {
  const phone = { javaScript: false, width: 320, height: 640, ...options };
  const page = await (await context(browser, program, phone)).newPage();
  await page.goto('/');
  await page.fill('#code', card.code);
  await page.fill('#pin', card.pin);
  await send(page);
  return page;
}

/** Sends the form of the page's content, as a press on its last button does. */
export async function send(page, inside = 'main form') {
  await page.locator(`${inside} button[type=submit]`).last().click();
  await page.waitForLoadState('load');
}

/** Keeps a picture of the page beside the suite. */
export async function picture(page, name, options = {}) {
  mkdirSync(artefacts, { recursive: true });
  const shot = { path: `${artefacts}${name}.png`, fullPage: true, ...options };
  // A machine under load sometimes gives no picture the first time; a picture is no proof.
  await page.screenshot(shot).catch(() => page.screenshot(shot)).catch(() => null);
}
