// Every page of `pages.mjs`: axe, the validator, the width of a small phone, targets, scripts.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { context, person, worker } from '../harness/browser.mjs';
import { accessible, largeTargets, narrow, oldEnough, open, valid } from '../harness/checks.mjs';
import { sameOutline } from '../harness/outline.mjs';
import { ADMINISTRATOR, LEAD, PERSON, PUBLIC, WORKER } from '../pages.mjs';
import { member, once } from './cast.mjs';
import { leads, workers } from './journey.mjs';

const SCRIPTED = { javaScript: true };

/** The person with scripts on, for the checks that need them. */
export const people = (world) => once(world, 'scripted person', () =>
  person(world.browser, world.program, world.card ?? world.program.cards[0], SCRIPTED));

const administrators = (world) => once(world, 'administrator', () =>
  worker(world.browser, world.program, member(world.program, 'administrator')));

async function check(page, path) {
  const html = await open(page, path);
  await valid(html, path);
  await accessible(page);
  await narrow(page);
  await largeTargets(page);
}

export function pages(world) {
  const all = (side, list, who, fill) => {
    for (const path of list) {
      test(`${side}: ${path}`, async () => {
        const page = await who(world);
        await check(page, await fill(page, path));
      });
    }
  };
  const same = async (page, path) => path;

  describe('every page', () => {
    all('anyone', PUBLIC, () => once(world, 'anyone', async () =>
      (await context(world.browser, world.program)).newPage()), same);
    all('the person', PERSON, people, async (page, path) => {
      if (path.includes('{mine}')) return path.replace('{mine}', world.mine);
      if (!path.includes('{paper}')) return path;
      await page.goto('/e/papiers');
      const paper = page.locator('main a[href^="/e/papiers/"]:not([href$="ajouter"])').first();
      return paper.getAttribute('href');
    });
    all('a worker', WORKER, workers, async (page, path) => path
      .replace('{record}', world.record)
      .replace('{procedure}', world.procedure));
    all('a lead', LEAD, leads, same);
    all('an administrator', ADMINISTRATOR, administrators, same);

    test('scripts run on browsers of 2018', async () => {
      const page = await people(world);
      await page.goto('/e');
      const sources = await page.locator('script[src]').evaluateAll((all_) => all_.map((s) => s.src));
      assert.ok(sources.length > 0);
      const tab = await page.context().newPage();
      for (const source of sources) oldEnough(await (await tab.goto(source)).text(), source);
      await tab.close();
    });

    const outlines = [
      ['card', '/', (w) => once(w, 'anyone', null)],
      ['sign-in', '/connexion', (w) => once(w, 'anyone', null)],
      ['person-home', '/e', people],
      ['person-give', '/e/acces/donner', people],
      ['worker-new-person', '/personnes/nouvelle', workers],
    ];
    for (const [name, path, who] of outlines) {
      test(`a screen reader meets ${path} as before`, async () => {
        const page = await who(world);
        await page.goto(path);
        await sameOutline(page, name);
      });
    }
  });
}
