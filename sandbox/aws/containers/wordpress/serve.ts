// One WordPress container as a process: takes a free port, tells it its starter, and runs the entry point, whose end is its
// own. When the starter dies, Apache and the sandbox's files go too.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../../free-port.ts';

const root = process.env.SANDBOX_ROOT ?? '';
const entryPoint = fileURLToPath(new URL('entrypoint.sh', import.meta.url));

const port = await freePort();
process.send?.({ port });
const child = spawn('sh', [entryPoint, ...process.argv.slice(2)], {
  env: { ...process.env, SANDBOX_PORT: String(port) },
  stdio: ['ignore', 'inherit', 'inherit'],
});
// It comes to Apache too, whose end is ours.
process.on('SIGTERM', () => {});
child.on('exit', (code, signal) => process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0)));
// What still writes is killed first, by each container's own; only then can the files go.
const remove = 'sleep 1; rm -rf "$0"; sleep 3; rm -rf "$0"';
process.on('disconnect', () => {
  if (root) spawn('sh', ['-c', remove, root], { detached: true, stdio: 'ignore' }).unref();
  process.kill(0, 'SIGKILL');
});
