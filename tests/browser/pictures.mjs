// The pictures of README: a record at a desk, a person's space on a small telephone.
// Run after a change of look: node pictures.mjs
import { fileURLToPath } from 'node:url';
import { launch, person, worker } from './harness/browser.mjs';
import { startProgram } from './harness/program.mjs';
import { cast } from './suite/cast.mjs';

const folder = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const program = await startProgram();
const browser = await launch();
try {
  const card = program.cards[0];
  const desk = await worker(browser, program, cast(program).colleague, { width: 1200, height: 760 });
  await desk.fill('#q', card.person);
  await desk.locator('form[role=search] button').click();
  await desk.locator('main table a').first().click();
  await desk.waitForLoadState('load');
  await desk.screenshot({ path: `${folder}record.png` });
  const phone = await person(browser, program, card, { width: 320, height: 720 });
  await phone.screenshot({ path: `${folder}person.png` });
} finally {
  await browser.close();
  await program.stop();
}
