// A procedure, as those who carry it: a worker opens it, says what is asked for and who filed it, is
// refused and keeps the day of the appeal; the person, on a small telephone without scripts, sees
// what is missing, what comes, who acted, and prints their list.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { picture, send } from '../harness/browser.mjs';
import { narrow, stayed } from '../harness/checks.mjs';
import { workers } from './journey.mjs';

const TITLE = 'Demande de RSA, mars';
const PIECE = 'Dernier avis d’impôt';
const REASON = 'Vos ressources dépassent le plafond.';

const says = async (page, words) => {
  const text = await page.locator('main').innerText();
  assert.ok(text.includes(words), `“${words}” is not on ${page.url()}\n${text}`);
};

async function done(page, { to, text, conduct, reason, ground }) {
  await page.goto(`${page.procedure}/etape${to ? `?vers=${to}` : ''}`);
  if (text) await page.fill('#text', text);
  await page.check(`#conduct-${conduct}`);
  if (reason) await page.selectOption('#reason', reason);
  if (ground) await page.selectOption('#ground', { index: ground });
}

export function procedures(world) {
  describe('a procedure', () => {
    test('a worker opens it, with what is known', async () => {
      const page = await workers(world);
      await page.goto(`${world.record}/demarches`);
      await page.locator('main a.button').first().click();
      await page.fill('#title', TITLE);
      await page.selectOption('#theme', 'money');
      await page.fill('#organisation', 'CAF');
      await page.fill('#asked', '559,42');
      await send(page);
      await says(page, TITLE);
      world.procedure = new URL(page.url()).pathname;
      page.procedure = world.procedure;
      await picture(page, 'procedure-new');
    });

    test('what is asked for is met by the safe or is missing', async () => {
      const page = await workers(world);
      for (const label of [PIECE, 'Pièce d’identité']) {
        await page.goto(world.procedure);
        await page.fill('#label', label);
        await page.locator('form[action$="/pieces/autre"] button').click();
      }
      await page.locator('a', { hasText: 'Pièce d’identité' }).click();
      await page.check('#how-document');
      const usual = page.locator('#document option', { hasText: 'convient d’habitude' });
      await page.selectOption('#document', await usual.first().getAttribute('value'));
      await picture(page, 'procedure-piece');
      await send(page);
      await says(page, 'Ma carte');
      await says(page, 'Il manque 1 papier');
    });

    test('filed in the person’s place with a mandate on its theme', async () => {
      const page = await workers(world);
      await page.goto(`${world.record}/mandats`);
      await page.check('#themes-money');
      await page.check('[name=duration][value="31"]');
      await page.check('#consent-spoken');
      await send(page);
      await done(page, { to: 'submitted', conduct: 'in_place', reason: 'online_only' });
      await send(page);
      await page.locator('.errors').waitFor();
      await picture(page, 'procedure-act');
      await done(page, { to: 'submitted', conduct: 'in_place', reason: 'online_only', ground: 1 });
      await send(page);
      await says(page, 'Déposée');
    });

    test('refused, it proposes the day of the appeal with its text, and someone keeps it', async () => {
      const page = await workers(world);
      await done(page, { to: 'refused', conduct: 'with_help', text: 'Lettre lue ensemble' });
      await page.fill('#refusal_reason', REASON);
      await page.fill('#notified', await page.inputValue('#on'));
      await page.check('#refusal_rule-appeal_rsa');
      await send(page);
      await says(page, REASON);
      await says(page, 'article L.262-47');
      await page.locator('form[action$="/echeance"] button').first().click();
      await says(page, 'Rien n’est encore enregistré');
      await picture(page, 'deadline-check');
      await send(page);
      await says(page, 'Fin du délai de recours');
      await picture(page, 'procedure');
    });

    test('a brake and a way without a computer are noted', async () => {
      const page = await workers(world);
      await page.goto(`${world.procedure}/frein`);
      await page.check('#kind-site_down');
      await page.selectOption('#service', 'caf');
      await page.fill('#words', 'Page blanche depuis trois jours');
      await send(page);
      await says(page, 'Page blanche depuis trois jours');
      await page.check('#way_kind-counter');
      await page.fill('#way_words', 'Guichet du lundi matin');
      await page.locator('form[action$="/voie"] button').click();
      await says(page, 'Guichet du lundi matin');
    });

    test('their deadlines are on a calendar and in a list', async () => {
      const page = await workers(world);
      await page.goto('/mes-echeances');
      await says(page, 'Fin du délai de recours');
      await picture(page, 'coming');
    });

    test('the path shows who did what, in the order of time', async () => {
      const page = await workers(world);
      await page.goto(`${world.record}/chemin`);
      await says(page, 'argent');
      await picture(page, 'path');
    });

    test('the person sees what is missing, what comes and who acted, on a small telephone', async () => {
      const page = world.phone;
      await page.goto('/e');
      await page.locator('a[href="/e/demarches"]').click();
      await says(page, 'Il manque 1 papier');
      await narrow(page);
      await page.getByText(TITLE).click();
      world.mine = new URL(page.url()).pathname;
      await says(page, 'La réponse est non.');
      await says(page, REASON);
      await says(page, PIECE);
      await says(page, 'Lettre lue ensemble');
      await says(page, 'Guichet du lundi matin');
      await narrow(page);
      await picture(page, 'person-procedure');
      await page.goto('/e/manque');
      await says(page, PIECE);
      await narrow(page);
      await picture(page, 'person-missing');
      await page.goto('/e/chemin');
      await says(page, 'À ma place');
      await picture(page, 'person-path');
    });

    test('they say that they gave a paper, and it is missing no more', async () => {
      const page = world.phone;
      await page.goto(world.mine);
      await page.locator('form[action*="/pieces/"] button').first().click();
      await says(page, 'Déjà donnée');
      await page.goto('/e/manque');
      await says(page, 'Rien ne manque');
    });

    test('nothing was asked of another machine meanwhile', async () => {
      stayed(await workers(world));
      stayed(world.phone);
    });
  });
}
