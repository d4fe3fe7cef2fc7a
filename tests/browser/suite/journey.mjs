// The main job, as the people who do it: a worker brings people in, opens one record, puts real
// documents in the safe, writes what happened and who acted; the person, with a printed card on a
// borrowed telephone without scripts, finds their papers, reads what was written, adds their own
// words, sees who read what, gives an access and takes it back.
import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { person, picture, send, worker } from '../harness/browser.mjs';
import { stayed } from '../harness/checks.mjs';
import * as papers from '../harness/papers.mjs';
import { cast, once } from './cast.mjs';

const PIN = '258014';
const FACT = 'La caisse demande l’attestation de domiciliation et le dernier avis d’impôt.';
const STEP = 'Déclaration trimestrielle envoyée sur le site de la caisse.';
const NEXT = 'Faire la prochaine déclaration ensemble';
const OWN_WORDS = 'Je préfère qu’on m’appelle le matin.';
const ANSWER = 'Je n’ai pas reçu cette lettre.';
const SHEET = [
  'Civilité;Nom de naissance;Prénom;Date de naissance;Lieu de naissance',
  'F;Brévaltier;Élodine;14/03/1987;Lyon',
  'H;Sandoval-Pirec;Aurélio;02/11/1979;Porto',
].join('\n');

export const leads = (world) => once(world, 'lead', () =>
  worker(world.browser, world.program, cast(world.program).lead));
export const workers = (world) => once(world, 'worker', () =>
  worker(world.browser, world.program, cast(world.program).colleague));
export const others = (world) => once(world, 'elsewhere', () =>
  worker(world.browser, world.program, cast(world.program).elsewhere));

const says = async (page, words) => {
  const text = await page.locator('main').innerText();
  assert.ok(text.includes(words), `“${words}” is not on ${page.url()}\n${text}`);
};
const neverSays = async (page, words) => {
  const text = await page.locator('body').innerText();
  assert.ok(!text.includes(words), `“${words}” is on ${page.url()}`);
};

async function bringIn(page, file) {
  await page.goto('/personnes/importer');
  await page.setInputFiles('#file', file);
  await send(page);
  await picture(page, 'import-understood');
  await page.check('#sure');
  await page.setInputFiles('#file', file);
  await send(page);
  await page.locator('.done').waitFor();
}

async function find(page, words) {
  await page.goto('/personnes');
  await page.fill('#q', words);
  await page.locator('form[role=search] button').click();
  await page.locator('main table a').first().click();
  await page.waitForURL(/\/dossiers\//);
  return new URL(page.url()).pathname;
}

async function put(page, record, { kind, title, file }) {
  await page.goto(`${record}/coffre/deposer`);
  await page.selectOption('#kind', kind);
  await page.fill('#title', title);
  await page.setInputFiles('#file', file);
  await send(page);
  await says(page, title);
}

async function step(page, record, { conduct, reason, ground }) {
  await page.goto(`${record}/acte`);
  await page.fill('#text', STEP);
  await page.selectOption('#theme', 'money');
  await page.selectOption('#contact', 'office');
  await page.check(`#conduct-${conduct}`);
  if (reason) await page.selectOption('#reason', reason);
  if (ground) await page.selectOption('#ground', { index: ground });
  await page.fill('#next_text', NEXT);
  await send(page);
}

export function journey(world) {
  describe('the main job', () => {
    const here = {};

    test('a lead brings people in from a spreadsheet', async () => {
      const page = await leads(world);
      const buffer = Buffer.from(SHEET);
      await bringIn(page, { name: 'personnes.csv', mimeType: 'text/csv', buffer });
      await page.goto('/personnes');
      await page.fill('#q', 'brevaltier');
      await page.click('form[role=search] button');
      await says(page, 'Brévaltier');
    });

    const real = papers.real('import_ok_1.xlsx');
    test('the spreadsheet their tool exported goes in', { skip: !real && 'no data beside the project' }, async () => {
      await bringIn(await leads(world), real);
    });

    const faulty = papers.real('import_ko_1.xlsx');
    test('a faulty one is told fault by fault', { skip: !faulty && 'no data beside the project' }, async () => {
      const page = await leads(world);
      await page.goto('/personnes/importer');
      await page.setInputFiles('#file', faulty);
      await send(page);
      await picture(page, 'import-faults');
      assert.ok(await page.locator('.look tbody tr').count() > 1, 'every fault is listed');
    });

    test('a worker finds the person without accents and with a fault of spelling', async () => {
      const page = await workers(world);
      here.record = await find(page, 'elodine brevaltié');
      world.record = here.record;
      await picture(page, 'worker-record-empty');
    });

    test('real documents go in the safe', async () => {
      const page = await workers(world);
      here.pdf = papers.form();
      await put(page, here.record, { kind: 'domiciliation', title: 'Mon attestation', file: here.pdf });
      here.photo = await papers.photo(world.browser, 'Carte d’identité');
      await put(page, here.record, { kind: 'identity_card', title: 'Ma carte', file: here.photo });
      await picture(page, 'worker-safe');
    });

    test('what is not a document is refused with its name and the reason', async () => {
      const page = await workers(world);
      await page.goto(`${here.record}/coffre/deposer`);
      const buffer = Buffer.from('MZ\u0000\u0003not a document\u0000\u0001');
      await page.setInputFiles('#file', { name: 'photo.jpg', mimeType: 'image/jpeg', buffer });
      await send(page);
      await says(page, 'photo.jpg');
    });

    test('a fact is written in three interactions from the record', async () => {
      const page = await workers(world);
      await page.goto(here.record);
      await page.locator(`main a[href$="/ecrire"]`).first().click();
      await page.check('#nature-fact');
      await page.fill('#text', FACT);
      await send(page);
      await says(page, FACT);
    });

    test('acting in the person’s place needs a mandate, then says why and what comes next', async () => {
      const page = await workers(world);
      await step(page, here.record, { conduct: 'in_place', reason: 'online_only' });
      await page.locator('.errors').waitFor();
      assert.equal((await page.inputValue('#text')).trim(), STEP, 'what was typed comes back');
      await page.goto(`${here.record}/mandats`);
      await page.check('#themes-money');
      await page.check('[name=duration][value="31"]');
      await page.check('#consent-spoken');
      await send(page);
      await picture(page, 'mandate-printed');
      await step(page, here.record, { conduct: 'in_place', reason: 'online_only', ground: 1 });
      await says(page, STEP);
      await says(page, NEXT);
      await picture(page, 'worker-record');
    });

    test('a card is made for the person', async () => {
      const page = await workers(world);
      await page.goto(`${here.record}/carte`);
      await page.fill('#pin', PIN);
      await page.fill('#again', PIN);
      await send(page);
      const code = (await page.locator('.wallet .code').innerText()).replace(/\s+/g, ' ').trim();
      here.card = { code, pin: PIN };
      world.card = here.card;
      await picture(page, 'card');
      await neverSays(page, 'Brévaltier');
    });

    test('on a borrowed telephone without scripts, the person opens their space', async () => {
      here.phone = await person(world.browser, world.program, here.card);
      assert.equal(new URL(here.phone.url()).pathname, '/e');
      await picture(here.phone, 'person-home');
    });

    test('they find their papers one page away, and take back exactly what was put in', async () => {
      const page = here.phone;
      await page.locator('a[href="/e/papiers"]').click();
      await says(page, 'Mon attestation');
      await picture(page, 'person-papers');
      await page.getByText('Mon attestation').first().click();
      const waiting = page.waitForEvent('download');
      await page.locator('a[href$="/fichier"]').click();
      const got = await readFile(await (await waiting).path());
      assert.ok(got.equals(here.pdf.buffer), 'byte for byte');
    });

    test('they add a photo of their own', async () => {
      const page = here.phone;
      await page.goto('/e/papiers/ajouter');
      await page.selectOption('#kind', 'letter');
      await page.fill('#title', 'Ma lettre');
      await page.locator('[name=compartment]').first().check();
      await page.setInputFiles('#file', await papers.photo(world.browser, 'Lettre'));
      await send(page);
      await page.goto('/e/papiers');
      await says(page, 'Ma lettre');
    });

    test('they read what was written, who acted and why', async () => {
      const page = here.phone;
      await page.goto('/e/textes');
      await says(page, FACT);
      await says(page, STEP);
      await says(page, NEXT);
      await picture(page, 'person-texts');
    });

    test('they add their own words, and answer what was written', async () => {
      const page = here.phone;
      await page.goto('/e/mots');
      await page.fill('#text', OWN_WORDS);
      await page.locator('[name=compartment]').first().check();
      await send(page);
      await page.goto('/e/textes');
      await page.locator('li', { hasText: FACT }).locator('a[href^="/e/mots"]').click();
      await page.fill('#text', ANSWER);
      await send(page);
      await page.goto('/e/textes');
      await says(page, ANSWER);
    });

    test('they see who read, in plain words', async () => {
      const page = here.phone;
      await page.goto('/e/lectures');
      const { colleague } = cast(world.program);
      await says(page, colleague.name);
      await says(page, colleague.team);
      await picture(page, 'person-readings');
    });

    test('they give an access by a short code and take it back', async () => {
      const other = await others(world);
      assert.equal((await other.goto(here.record)).status(), 404, 'before the access is given');
      await other.goto('/mon-code');
      await send(other);
      const code = (await other.locator('main .code, main .big').first().innerText()).trim();
      await give(here.phone, code);
      await says(here.phone, cast(world.program).elsewhere.name);
      assert.equal((await other.goto(here.record)).status(), 200, 'once it is given');
      await says(other, FACT);
      await takeBack(here.phone, cast(world.program).elsewhere.name);
      assert.equal((await other.goto(here.record)).status(), 404, 'once it is taken back');
    });

    test('they take a mandate back, and it allows nothing any more', async () => {
      const page = here.phone;
      await page.goto('/e/accords');
      await page.locator('main a[href^="/e/accords/"]').first().click();
      await send(page);
      const desk = await workers(world);
      await desk.goto(`${here.record}/acte`);
      const grounds = await desk.locator('#ground option').allInnerTexts();
      assert.ok(!grounds.some((ground) => ground.startsWith('Mandat')), grounds.join());
    });

    test('the worker reads the person’s words and sees who read', async () => {
      const page = await workers(world);
      await page.goto(here.record);
      await says(page, OWN_WORDS);
      await says(page, ANSWER);
      await page.goto(`${here.record}/lectures`);
      await says(page, cast(world.program).elsewhere.name);
      await picture(page, 'worker-readings');
    });

    test('nothing was asked of another machine', async () => {
      for (const page of [await leads(world), await workers(world), await others(world), here.phone]) {
        stayed(page);
      }
      world.phone = here.phone;
    });
  });
}

async function give(page, code) {
  await page.goto('/e/acces/donner');
  await page.fill('#code', code);
  await send(page);
  await send(page);
  await page.check('[name=compartments][value=social]');
  await send(page);
  await page.fill('#purpose', 'M’aider à trouver un logement');
  await send(page);
  await page.locator('[name=days]').first().check();
  await send(page);
  await picture(page, 'person-give-check');
  await send(page);
  await page.goto('/e/acces');
}

async function takeBack(page, name) {
  await page.goto('/e/acces');
  const line = page.locator('li', { hasText: name });
  const summary = line.locator('summary');
  if (await summary.count()) await summary.first().click();
  await line.locator('button[type=submit]').first().click();
  await page.waitForLoadState('load');
}
