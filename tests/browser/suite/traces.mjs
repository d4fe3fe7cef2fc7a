// What stays on a borrowed telephone or a shared desk after leaving: nothing that tells who was
// there or what was read.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { person, send } from '../harness/browser.mjs';
import { workers } from './journey.mjs';

async function kept(page) {
  return page.evaluate(async () => ({
    local: localStorage.length,
    session: sessionStorage.length,
    databases: (await indexedDB.databases()).length,
    caches: 'caches' in window ? (await caches.keys()).length : 0,
    workers: 'serviceWorker' in navigator ? (await navigator.serviceWorker.getRegistrations()).length : 0,
  }));
}

const NOTHING = { local: 0, session: 0, databases: 0, caches: 0, workers: 0 };

/** Going back, and asking again for what was open, shows none of those words. */
async function backShowsNothing(page, words, paths) {
  for (let i = 0; i < 3; i += 1) {
    await page.goBack({ waitUntil: 'load' }).catch(() => null);
    const text = await page.locator('body').innerText();
    for (const word of words) assert.ok(!text.includes(word), `Back shows “${word}” at ${page.url()}`);
  }
  for (const path of paths) {
    await page.goto(path);
    const text = await page.locator('body').innerText();
    for (const word of words) assert.ok(!text.includes(word), `${path} still shows “${word}”`);
  }
}

export function traces(world) {
  describe('what stays behind', () => {
    for (const javaScript of [false, true]) {
      test(`the person leaves fast, scripts ${javaScript ? 'on' : 'off'}`, async () => {
        const page = await person(world.browser, world.program, world.card, { javaScript });
        await page.goto('/e/papiers');
        await page.goto('/e/textes');
        await send(page, '#exit');
        assert.doesNotMatch(await page.title(), /dossier|social|Brévaltier/i, 'a neutral title');
        assert.deepEqual(await page.context().cookies(), [], 'no cookie');
        if (javaScript) assert.deepEqual(await kept(page), NOTHING);
        await backShowsNothing(page, ['Mon attestation', 'caisse'], ['/e', '/e/papiers', '/e/textes']);
      });
    }

    test('three times Shift ends the session', async () => {
      const page = await person(world.browser, world.program, world.card, { javaScript: true });
      await page.goto('/e/papiers');
      for (let i = 0; i < 3; i += 1) await page.keyboard.press('Shift');
      await page.waitForURL((url) => !url.pathname.startsWith('/e'));
      assert.deepEqual(await page.context().cookies(), []);
      await page.goto('/e/papiers');
      assert.notEqual(new URL(page.url()).pathname, '/e/papiers');
    });

    test('a worker signs out of a shared desk', async () => {
      const page = await workers(world);
      await page.goto(world.record);
      await send(page, 'header form');
      const left = (await page.context().cookies()).map((cookie) => cookie.name);
      assert.deepEqual(left.filter((name) => name !== '__Host-d'), [], 'only the device is known');
      assert.deepEqual(await kept(page), NOTHING);
      await backShowsNothing(page, ['Brévaltier', 'caisse'], [world.record, '/personnes']);
    });

    test('pages are never to be kept', async () => {
      const page = await person(world.browser, world.program, world.card, { javaScript: true });
      for (const path of ['/e', '/e/papiers', '/e/textes']) {
        const answer = await page.goto(path);
        assert.match(answer.headers()['cache-control'] ?? '', /no-store/, path);
        assert.match(answer.headers()['content-security-policy'] ?? '', /default-src 'none'/, path);
      }
    });

    test('the program broke nowhere, and its log names no one', () => {
      const log = world.program.log();
      assert.doesNotMatch(log, /panicked/, log);
      const { workers: members, cards } = world.program;
      const secrets = [...members.flatMap((m) => [m.name, m.passphrase, m.device_code]),
        ...cards.flatMap((card) => [card.person, card.code]), world.card.code, 'Brévaltier', 'caisse'];
      for (const secret of secrets) assert.ok(!log.includes(secret), `the log says “${secret}”`);
    });
  });
}
