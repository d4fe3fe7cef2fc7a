// One program and one browser for the whole suite; the files of `suite/` say what is tried.
import { after, before } from 'node:test';
import { launch } from './harness/browser.mjs';
import { startProgram } from './harness/program.mjs';
import { budgets } from './suite/budgets.mjs';
import { fiches } from './suite/fiches.mjs';
import { journey } from './suite/journey.mjs';
import { looked } from './suite/looked.mjs';
import { pages } from './suite/pages.mjs';
import { procedures } from './suite/procedures.mjs';
import { papers } from './suite/taken.mjs';
import { traces } from './suite/traces.mjs';

const world = {};

before(async () => {
  world.program = await startProgram();
  world.browser = await launch();
});

after(async () => {
  await world.browser?.close();
  await world.program?.stop();
});

journey(world);
procedures(world);
looked(world);
fiches(world);
papers(world);
pages(world);
budgets(world);
traces(world);
