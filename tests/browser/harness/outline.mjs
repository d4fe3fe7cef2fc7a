// A page as a screen reader meets it, compared with the outline kept in `snapshots/`.
// Read an outline before keeping it: UPDATE_OUTLINES=1 npm test.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../snapshots/', import.meta.url));

/** Refuses a page whose outline is not the one kept. Numbers and addresses of documents vary. */
export async function sameOutline(page, name) {
  const tree = await page.locator('body').ariaSnapshot();
  const outline = `${tree.replace(/\d+/g, 'N').replace(/\/a\/\w+\//g, '/a/N/')}\n`;
  const path = `${folder}${name}.yml`;
  if (process.env.UPDATE_OUTLINES) writeFileSync(path, outline);
  assert.ok(existsSync(path), `no outline kept for ${name}: UPDATE_OUTLINES=1 npm test`);
  assert.equal(outline, readFileSync(path, 'utf8'), `the outline of ${name} changed`);
}
