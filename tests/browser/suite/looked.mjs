// Rights to look at. The person, on a small telephone without scripts, says who lives with them,
// answers one question a page, reads why, and decides; the worker reads the same at a desk, changes
// an answer, and tries a change before it comes.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { picture, send } from '../harness/browser.mjs';
import { accessible, largeTargets, narrow, stayed, valid } from '../harness/checks.mjs';
import { workers } from './journey.mjs';

const WHY = 'Je préfère attendre l’été.';

const says = async (page, words) => {
  const text = (await page.locator('main').innerText()).replace(/[\u00a0\u202f]/g, ' ');
  assert.ok(text.includes(words), `“${words}” is not on ${page.url()}\n${text}`);
};

/** Presses the button that answers so, where there is one. */
async function press(page, value) {
  const button = page.locator(`button[name=answer][value="${value}"]`);
  if (await button.count() === 0) return false;
  await button.click();
  await page.waitForLoadState('load');
  return true;
}

/** Answers everything that one right asks: no where it may be, the place and the country as told. */
async function answerAll(page, at, right) {
  const pictured = new Set();
  for (let asked = 0; asked < 80; asked += 1) {
    await page.goto(`${at}/question?aide=${right}`);
    if (await page.locator('button[name=answer]').count() === 0) return asked;
    const shape = await page.locator('main form').evaluate((form) =>
      [...form.elements].filter((e) => e.type !== 'hidden' && e.tagName !== 'FIELDSET').map((e) => e.type + e.value).join());
    if (!pictured.has(shape) && pictured.size < 12) {
      pictured.add(shape);
      await narrow(page);
      await picture(page, `looked-${page.side}-question-${right}-${pictured.size}`);
    }
    if ((await page.locator('label[for=value]').allInnerTexts()).join().includes('code postal')) {
      await page.fill('#value', '59000');
      await press(page, 'typed');
    } else if (await page.locator('select#value').count()) {
      await page.selectOption('#value', 'FR');
      await press(page, 'typed');
    } else if (!(await press(page, 'offered') || await press(page, 'none') || await press(page, 'no')
      || await press(page, 'word-inactif') || await press(page, 'word-sans_domicile')
      || await press(page, 'word-celibataire'))) {
      await press(page, 'unknown');
    }
  }
  throw new Error(`questions about ${right} never end`);
}

/** The place of a right among those of the person's list, as its address tells it. */
async function place(page, label) {
  await page.goto('/e/droits');
  const link = page.locator('.choices a', { hasText: label }).first();
  return (await link.getAttribute('href')).split('/').pop();
}

/** The button that changes the day of birth. */
const birth = (page) => page.locator('.answers > div', { hasText: 'Date de naissance' })
  .locator('form[action$="/question"] button').first();

export function looked(world) {
  describe('rights to look at', () => {
    test('the person begins on a small telephone without scripts, one thing a page', async () => {
      const page = world.phone;
      page.side = 'person';
      await page.goto('/e');
      await page.locator('a[href="/e/droits"]').click();
      await says(page, 'Seule l’administration décide');
      await narrow(page);
      await picture(page, 'looked-person-begin');
      await page.locator('a.button[href="/e/droits/foyer"]').click();
      await page.check('#partner-no');
      await picture(page, 'looked-person-couple');
      await send(page);
      await page.fill('#child-1-born', '2019-06-02');
      await narrow(page);
      await picture(page, 'looked-person-children');
      await page.locator('button[value=save]').click();
      await picture(page, 'looked-person-known');
      await says(page, 'C’est encore vrai ?');
      await page.locator('[name=kept]').first().check();
      await send(page);
    });

    test('they answer what one right asks, and see why', async () => {
      const page = world.phone;
      const rsa = await place(page, 'RSA');
      await picture(page, 'looked-person-list');
      const asked = await answerAll(page, '/e/droits', rsa);
      assert.ok(asked > 3, `${asked} questions`);
      await picture(page, 'looked-person-done');
      await page.goto(`/e/droits/aide/${rsa}`);
      await says(page, 'par mois');
      await says(page, 'Pourquoi');
      await narrow(page);
      await picture(page, 'looked-person-right');
      await page.goto('/e/droits/reponses');
      await narrow(page);
      await picture(page, 'looked-person-answers');
    });

    test('they decide, and it is theirs', async () => {
      const page = world.phone;
      const rsa = await place(page, 'RSA');
      await page.goto(`/e/droits/aide/${rsa}`);
      await page.locator('#choix summary').click();
      await page.check('#decision-will_not_ask');
      await page.fill('#why', WHY);
      await page.locator('#choix button').click();
      await says(page, 'Je ne veux pas demander');
      await page.goto('/e/textes');
      await says(page, WHY);
      await picture(page, 'looked-person-texts');
    });

    test('they see what a child or a job would change', async () => {
      const page = world.phone;
      await page.goto('/e/droits/et-si');
      await narrow(page);
      await picture(page, 'looked-person-what-if');
      await page.locator('a[href$="/naissance"]').click();
      await send(page);
      await says(page, 'Avant et après');
      await narrow(page);
      await picture(page, 'looked-person-birth');
      await page.goto('/e/droits/et-si/travail');
      await page.fill('#pay', '900');
      await narrow(page);
      await picture(page, 'looked-person-job-ask');
      await send(page);
      await says(page, '900');
      await narrow(page);
      await picture(page, 'looked-person-job');
    });

    test('the worker reads the same, with the law, and sees what the person decided', async () => {
      const page = await workers(world);
      page.side = 'worker';
      await page.goto(world.record);
      await picture(page, 'looked-worker-thread');
      await page.locator('nav a[href$="/droits"]').click();
      await says(page, 'Ne veut pas demander');
      await picture(page, 'looked-worker-list');
      await page.locator('.choices a', { hasText: 'RSA' }).first().click();
      await says(page, WHY);
      await says(page, 'CASF');
      await says(page, 'Sans ordinateur');
      await page.locator('details').evaluateAll((all) => all.forEach((d) => { d.open = true; }));
      await picture(page, 'looked-worker-right');
      await page.locator('a', { hasText: 'Ouvrir une démarche' }).click();
      assert.match(await page.inputValue('#title'), /RSA/);
    });

    test('the worker changes an answer, and the indication follows', async () => {
      const page = await workers(world);
      await page.goto(`${world.record}/droits/reponses`);
      await picture(page, 'looked-worker-answers');
      await birth(page).click();
      await says(page, 'Réponse gardée');
      await picture(page, 'looked-worker-change');
      const born = await page.inputValue('#value');
      await press(page, 'unknown');
      await says(page, 'Ne sait pas');
      await page.goto(`${world.record}/droits/aide/rsa`);
      await says(page, 'On ne sait pas encore');
      await page.goto(`${world.record}/droits/reponses`);
      await birth(page).click();
      await page.fill('#value', born);
      await press(page, 'typed');
      await page.goto(`${world.record}/droits/aide/rsa`);
      await says(page, 'par mois');
    });

    test('the worker tries a job before it comes: a curve, and the same in a table', async () => {
      const page = await workers(world);
      await page.goto(`${world.record}/droits/et-si/travail`);
      await page.fill('#hours', '20');
      await send(page);
      await page.locator('svg.curve').first().waitFor();
      await valid(await page.content(), 'et-si');
      await accessible(page);
      await largeTargets(page);
      await picture(page, 'looked-worker-job');
      const rows = await page.locator('details table').first().locator('tbody tr').count();
      assert.ok(rows >= 12, `${rows} months`);
      await page.goto(`${world.record}/droits/et-si/demenagement`);
      await picture(page, 'looked-worker-move');
    });

    test('nothing was asked of another machine meanwhile', async () => {
      stayed(await workers(world));
      stayed(world.phone);
    });
  });
}
