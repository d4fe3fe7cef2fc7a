// What every page must be: usable by everyone, well written, no wider than a small phone.
import { AxeBuilder } from '@axe-core/playwright';
import { HtmlValidate } from 'html-validate';
import { parse } from 'acorn';
import assert from 'node:assert/strict';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const validator = new HtmlValidate({
  extends: ['html-validate:recommended', 'html-validate:a11y'],
  rules: {
    // Spaces and quotes are the templates' business; the budget counts them.
    'no-trailing-whitespace': 'off',
    'void-style': 'off',
    'attribute-boolean-style': 'off',
    'long-title': 'off',
    // A list of boxes is one question with several answers.
    'form-dup-name': ['error', { shared: ['radio', 'checkbox', 'submit'] }],
    // A borrowed telephone must not offer to remember a code.
    'autocomplete-password': 'off',
  },
});

/** Goes there and gives the answer's own text, before any script touched it. */
export async function open(page, path) {
  const response = await page.goto(path);
  assert.equal(response.status(), 200, `${path} answers ${response.status()}`);
  return response.text();
}

/** No fault found by axe; an empty answer never claims conformity. */
export async function accessible(page) {
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  const told = violations.map((fault) => {
    const places = fault.nodes.map((node) => `    ${node.target.join(' ')}: ${node.failureSummary}`);
    return `  ${fault.id}: ${fault.help}\n${places.join('\n')}`;
  });
  assert.equal(told.length, 0, `axe on ${page.url()}\n${told.join('\n')}`);
}

/** Well-formed and meaningful HTML. */
export async function valid(html, path) {
  const report = await validator.validateString(html, `${path}.html`);
  const told = report.results.flatMap((result) =>
    result.messages.map((m) => `  ${m.line}:${m.column} ${m.ruleId}: ${m.message}`));
  assert.ok(report.valid, `html-validate on ${path}\n${told.join('\n')}`);
}

/** Nothing to scroll sideways at 320 px, read either way. */
export async function narrow(page) {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  for (const dir of ['ltr', 'rtl']) {
    const wide = await page.evaluate((value) => {
      const root = document.documentElement;
      const kept = root.dir;
      root.dir = value;
      const wider = [...document.querySelectorAll('body *')].filter((element) => {
        const box = element.getBoundingClientRect();
        return box.width > 0 && (box.right > root.clientWidth + 1 || box.left < -1);
      });
      const found = root.scrollWidth > root.clientWidth
        ? wider.slice(0, 5).map((e) => `${e.tagName.toLowerCase()}.${e.className}`)
        : null;
      root.dir = kept;
      return found;
    }, dir);
    assert.equal(wide, null, `${page.url()} is wider than 320 px (${dir}): ${wide}`);
  }
  await page.setViewportSize(before);
}

/** Targets are never under 24 px, inline links apart (WCAG 2.5.8). */
export async function largeTargets(page) {
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('button, input:not([type=hidden]), select, textarea, summary, a.button')]
      .map((element) => [element, element.getBoundingClientRect()])
      .filter(([element, box]) => {
        const label = element.labels?.[0]?.getBoundingClientRect();
        const height = Math.max(box.height, label && /radio|checkbox/.test(element.type) ? label.height : 0);
        return box.width > 0 && (height < 24 || box.width < 13);
      })
      .map(([element, box]) => `${element.tagName} ${element.id} ${box.width}×${box.height}`));
  assert.deepEqual(small, [], `small targets on ${page.url()}`);
}

/** The source runs on browsers of 2018. */
export function oldEnough(source, path) {
  assert.doesNotThrow(
    () => parse(source, { ecmaVersion: 2018, sourceType: 'module' }),
    `${path} is newer than ES2018`,
  );
}

/** Nothing asked of another machine. */
export function stayed(page) {
  assert.deepEqual(page.context().strays, [], 'requests that leave this server');
}
