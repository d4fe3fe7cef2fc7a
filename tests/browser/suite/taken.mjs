// What leaves on paper or in a file: a form filled from the record, a letter to sign, the pieces of a
// procedure in one archive, and the calendar that another program reads. A worker with scripts, the
// person on a small telephone without.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { context, picture, send } from '../harness/browser.mjs';
import { narrow, stayed } from '../harness/checks.mjs';
import { workers } from './journey.mjs';

const says = async (page, words) => {
  const text = await page.locator('main').innerText();
  assert.ok(text.includes(words), `“${words}” is not on ${page.url()}\n${text}`);
};

/** What a press gives as a file. */
async function taken(page, press) {
  const [download] = await Promise.all([page.waitForEvent('download'), press()]);
  const bytes = await readFile(await download.path());
  return { name: download.suggestedFilename(), bytes };
}

async function filled(page, at) {
  await page.goto(`${at}/petit`);
  await page.fill('#q-town', 'Lyon');
  await page.check('#q-agrees-yes');
  await narrow(page);
  await picture(page, `form-ask-${page.side}`);
  await page.locator('button[value=check]').click();
  await says(page, 'Lyon');
  await says(page, 'À remplir à la main');
  await picture(page, `form-check-${page.side}`);
  return taken(page, () => page.locator('button[value=fill]').click());
}

export function papers(world) {
  describe('what leaves on paper or in a file', () => {
    test('a form is filled from the record, once its answers are checked', async () => {
      const page = await workers(world);
      page.side = 'worker';
      await page.goto(`${world.record}/formulaires`);
      await says(page, 'Petit formulaire');
      const form = await filled(page, `${world.record}/formulaires`);
      assert.equal(form.name, 'formulaire.pdf');
      assert.ok(form.bytes.includes('/V(Lyon)'), 'the answer is in the form');
    });

    test('the pieces of a procedure leave as one archive', async () => {
      const page = await workers(world);
      await page.goto(`${world.procedure}/remettre`);
      await says(page, 'Pièce d’identité');
      await page.fill('#to', 'Guichet de la CAF');
      await page.check('#shape-zip');
      await picture(page, 'set');
      const set = await taken(page, () => page.locator('main form[method="post"] button').click());
      assert.equal(set.name, 'pieces.zip');
      assert.ok(set.bytes.includes('01-piece-d-identite.'), 'the piece is in the archive');
      await page.goto(world.procedure);
      await says(page, 'Guichet de la CAF');
    });

    test('a letter is prepared, mended, and stands alone to be printed', async () => {
      const page = await workers(world);
      await page.goto(`${world.procedure}/courriers`);
      await page.locator('a[href$="/mandatory"]').click();
      const text = await page.inputValue('#text');
      assert.ok(text.includes('Vos ressources dépassent le plafond.'), text);
      await page.fill('#text', `${text}\nMerci.`);
      await picture(page, 'letter-prepare');
      await page.locator('form[action*="/courriers/"] button:not([name])').click();
      await page.waitForLoadState('load');
      await says(page, 'Merci.');
      await page.emulateMedia({ media: 'print' });
      await picture(page, 'letter-print');
      await page.emulateMedia({ media: null });
    });

    test('a calendar says days and nothing else, until it is taken back', async () => {
      const page = await workers(world);
      await page.goto('/mon-agenda');
      await send(page);
      const address = await page.locator('p.code').innerText();
      await picture(page, 'calendar');
      const reader = await context(world.browser, world.program);
      const feed = await reader.request.get(new URL(address).pathname);
      assert.equal(feed.status(), 200);
      const text = await feed.text();
      assert.ok(text.includes('BEGIN:VEVENT'), text);
      assert.ok(!/RSA|CAF|Brévaltier/.test(text), text);
      await page.locator('form[action="/mon-agenda/fin"] button').click();
      assert.equal((await reader.request.get(new URL(address).pathname)).status(), 404);
      await reader.close();
    });

    test('the person fills a form and takes their papers, on a small telephone', async () => {
      const page = world.phone;
      page.side = 'person';
      const form = await filled(page, '/e/formulaires');
      assert.equal(form.name, 'formulaire.pdf');
      await page.goto(`${world.mine}/remettre`);
      await narrow(page);
      await page.fill('#to', 'La CAF');
      await picture(page, 'person-set');
      const set = await taken(page, () => page.locator('main form button').last().click());
      assert.equal(set.name, 'pieces.pdf');
      assert.ok(set.bytes.subarray(0, 5).equals(Buffer.from('%PDF-')), 'one PDF of all');
      await page.goto('/e/lectures');
      await says(page, 'Petit formulaire');
    });

    test('nothing was asked of another machine meanwhile', async () => {
      stayed(await workers(world));
      stayed(world.phone);
    });
  });
}
