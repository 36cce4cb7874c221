// The names that a diagnosis fills into its advice lead to files that are there.
import { access } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { loadApplication } from '../../../src/shared/fleet/applications.ts';
import { factsOfApplication } from '../../../src/shared/services/scene.ts';
import { applicationFile, applicationFolder, createApplicationLab } from '../../application-lab.ts';

test("an application's manifest is named with its fleet folder", async () => {
  const { world } = await createApplicationLab();
  const asked = { fleet: applicationFolder, application: 'envelope', environment: 'prod' };
  const { manifest, account } = factsOfApplication(await loadApplication(world.files, asked));
  expect(manifest).toBe(applicationFile);
  await expect(access(manifest ?? '')).resolves.toBeUndefined();
  expect(account).toMatch(/^\d{12}$/);
});
