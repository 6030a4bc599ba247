// Runs axe-core on a page.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const AXE = readFileSync(join(process.env.TOOLS, 'node_modules/axe-core/axe.min.js'), 'utf8');

export const violations = async (reader) => {
  // Through the debugger, because the page's policy allows no foreign script.
  const session = await reader.context().newCDPSession(reader);
  await session.send('Runtime.evaluate', { expression: AXE });
  const { result } = await session.send('Runtime.evaluate', {
    expression: 'axe.run(document).then(({ violations, passes }) => JSON.stringify({ violations, passes: passes.length }))',
    awaitPromise: true,
    returnByValue: true,
  });
  const found = JSON.parse(result.value);
  assert.ok(found.passes > 10, 'it looked at something');
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
};
