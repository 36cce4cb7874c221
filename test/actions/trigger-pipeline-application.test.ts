// The three pipelines of Envelope as the example describes them, released one after the other.
import { expect, test } from '@jest/globals';
import { createApplicationLab } from '../application-lab.ts';

test('api, tenant and hq are released in the order of the manifest', async () => {
  const lab = await createApplicationLab();
  for (const { name } of lab.application.pipelines) {
    const outputs = await lab.run('trigger-pipeline', { pipeline: name, approval: 'approve' });
    expect(outputs).toMatchObject({ status: 'Succeeded', changed: 'true' });
  }
});
