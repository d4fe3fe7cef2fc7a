// What a first load costs the person's data plan, and how soon it shows on a slow telephone.
import { describe, test } from 'node:test';
import { measure, paintsSoon, PERSON, within, WORKER } from '../harness/budget.mjs';
import { workers } from './journey.mjs';
import { people } from './pages.mjs';

export function budgets(world) {
  const tell = (path, cost) => console.log(
    `  ${path}: ${cost.bytes} bytes, ${cost.requests} requests, ${cost.elements} elements, ` +
    `script ${cost.script}, sheet ${cost.sheet}, first paint ${Math.round(cost.paint)} ms`);

  describe('budgets', () => {
    for (const path of ['/e', '/e/papiers', '/e/textes', '/e/demarches', '{mine}', '/e/manque', '/e/droits', '/e/droits/question']) {
      test(`the person’s ${path}`, async () => {
        const cost = await measure(await people(world), path.replace('{mine}', world.mine));
        tell(path, cost);
        within(cost, PERSON, path);
      });
    }
    for (const page of ['/', '/e', '/e/droits/question']) {
      test(`first paint of ${page} on a slow telephone`, async () => {
        const tab = await (await people(world)).context().newPage();
        const cost = await measure(tab, page, { slow: true });
        tell(page, cost);
        paintsSoon(cost, page);
        await tab.close();
      });
    }
    for (const path of ['/personnes', '{record}', '{record}/coffre', '{procedure}', '/mes-echeances', '{record}/droits']) {
      test(`a worker’s ${path}`, async () => {
        const at = path
          .replace('{record}', world.record)
          .replace('{procedure}', world.procedure);
        const cost = await measure(await workers(world), at);
        tell(path, cost);
        within(cost, WORKER, path);
      });
    }
  });
}
