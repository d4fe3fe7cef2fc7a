// The official pages: found in everyday words; the person, at 320 px and with JavaScript off, reads one
// and leaves their words in no address.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { leads } from './journey.mjs';
import { person } from '../harness/browser.mjs';

export const fiches = (world) => describe('the official pages', () => {
  test('a worker finds a right in everyday words and reads it', async () => {
    const page = await leads(world);
    await page.goto('/fiches');
    await page.fill('#q', 'mon proprio veut me mettre dehors');
    await page.locator('form[role=search] button').click();
    await page.locator('.choices a').first().waitFor();
    await page.goto('/fiches/EX6');
    const text = await page.locator('main').innerText();
    for (const words of ['Exemple', 'Sans ordinateur', 'En ligne', 'Pièces à fournir', 'autre site']) {
      assert.ok(text.includes(words), `“${words}” is not there\n${text}`);
    }
    assert.equal(await page.locator('[target]').count(), 0);
  });

  test('a person searches, and the address says nothing of it', async () => {
    const page = await person(world.browser, world.program, world.program.cards[0], { width: 320, height: 640 });
    await page.goto('/e/fiches');
    await page.fill('#q', 'mon mari me tape');
    await page.locator('form[role=search] button').click();
    await page.locator('.choices a').first().waitFor();
    assert.equal(new URL(page.url()).search, '');
    await page.locator('.choices a').first().click();
    await page.locator('h1').waitFor();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 320, `${wide} px wide`);
  });
});
