// Stands for the actions that touch AWS: sleeps, fails for the tenants it was told to, and writes down when it ran.
const { appendFileSync, existsSync, readFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');

const { STAND_IN: folder = '', GITHUB_RUN_ID: run, GITHUB_RUN_ATTEMPT: attempt } = process.env;
const action = basename(dirname(dirname(process.argv[1])));
const given = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value]) =>
    name.startsWith('INPUT_') ? [[name.slice(6).toLowerCase(), value]] : [],
  ),
);
const tenant = given.tenant || given.pipeline || given.application;
const { fails = [], ms = {} } = JSON.parse(readFileSync(join(folder, 'orders.json'), 'utf8'));
const commit = existsSync('.git/HEAD') ? readFileSync('.git/HEAD', 'utf8').trim() : '';
const write = (edge) =>
  appendFileSync(
    join(folder, 'records.jsonl'),
    `${JSON.stringify({ action, edge, tenant, run, attempt: Number(attempt), commit, given, at: Date.now(), fails: fails.includes(`${action} ${tenant}`) })}\n`,
  );

// A post step: main left its mark.
if (process.env.STATE_main) process.exit(0);
if (process.env.GITHUB_STATE) appendFileSync(process.env.GITHUB_STATE, 'main=1\n');

const isVisit = action === 'wait-healthy';
if (process.env.GITHUB_OUTPUT)
  appendFileSync(process.env.GITHUB_OUTPUT, `status=Succeeded\n${isVisit ? 'http-status=302\n' : ''}`);

write('start');
setTimeout(() => {
  write('end');
  if (!fails.includes(`${action} ${tenant}`)) return;
  appendFileSync(process.env.GITHUB_OUTPUT, 'cause=A <b>stranger_said_so | so\n');
  console.log(`::error::${tenant} did not become healthy.`);
  process.exitCode = 1;
}, ms[action] ?? 0);
