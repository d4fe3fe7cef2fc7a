// The real program on invented people: started on a free port, stopped by its own number.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const built = `${root}target/debug/conatus`;
const START_MS = 180_000;

/** Starts the demonstration; gives what it printed when ready, and how to stop it. */
export async function startProgram() {
  const bin = process.env.CONATUS_BIN ?? built;
  if (!existsSync(bin)) throw new Error('the program is not built: cargo build -p conatus');
  const child = spawn(bin, ['demo', '--json', '--port', '0', '--forms', `${root}crates/forms/tests`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = [];
  child.stderr.on('data', (bytes) => said.push(bytes));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const ready = await Promise.race([
    firstLine(child.stdout),
    ended.then(() => null),
    new Promise((resolve) => setTimeout(resolve, START_MS, null).unref()),
  ]);
  const stop = async () => {
    child.kill('SIGTERM');
    const last = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await ended;
    clearTimeout(last);
  };
  if (ready === null) {
    await stop();
    throw new Error(`the program did not get ready:\n${Buffer.concat(said)}`);
  }
  return { ...JSON.parse(ready), stop, log: () => Buffer.concat(said).toString() };
}

function firstLine(stream) {
  const lines = createInterface({ input: stream });
  return new Promise((resolve) => lines.once('line', resolve));
}
