// Runs once before all tests: what tests need besides Node is installed, or what they will leave out is said.
import { installPrograms, packagesOf } from './install.ts';

/** Throws where REQUIRE_ALL=1 asks for every test and a program is missing. */
export default (): void => {
  const missing = installPrograms();
  if (missing.length === 0) return;
  const what = `Not found: ${missing.join(', ')}. Tests that need them are left out; to include them: apt-get install ${packagesOf(missing).join(' ')}`;
  if (process.env.REQUIRE_ALL === '1') throw new Error(`${what}\nREQUIRE_ALL=1 wants every test.`);
  console.log(what);
};
