// What a simulated WordPress answers and logs where something is wrong with it, by its image's tag. Pages and lines are
// those of the real one.
import { refused } from './program.ts';
import type { ProbeAnswer, ProbeRequest } from './runtime.ts';

export const installer = '/wp-admin/install.php';

export type Said = { readonly answer: ProbeAnswer; readonly lines?: readonly string[] };
type Headers = Readonly<Record<string, string>>;

const page = (status: number, body: string, headers: Headers = {}): Said => ({
  answer: {
    kind: 'answer',
    status,
    headers: { server: 'Apache/2.4.62 (Debian)', 'content-type': 'text/html; charset=UTF-8', ...headers },
    body,
  },
});

const from = 'pid 17:tid 17] [client 10.2.0.9:3412]';

/** A line of Apache's error log; its time is made up, CloudWatch has the event's own. */
const apacheError = (module: string, text: string): string =>
  `[Sun Nov 22 10:00:00.123456 2026] [${module}] [${from} ${text}`;

const critical =
  '<title>WordPress &rsaquo; Error</title><p>There has been a critical error on this website.</p><p><a href="https://wordpress.org/documentation/article/faq-troubleshooting/">Learn more about troubleshooting WordPress.</a></p>';

const fatal = (text: string): Said => ({ ...page(500, critical), lines: [apacheError('php:error', text)] });

const ofApache = (status: number, title: string, text: string, headers: Headers = {}): Said =>
  page(
    status,
    `<title>${status} ${title}</title><h1>${title}</h1><p>${text}</p><address>Apache/2.4.62 (Debian) Server Port 80</address>`,
    headers,
  );

/** The page, and the line that examples/wpsit's WORDPRESS_CONFIG_EXTRA makes of the driver's own words. */
export const databaseError = (text: string, isLogged: boolean): Said => ({
  ...page(
    500,
    '<title>Database Error</title><div class="wp-die-message"><h1>Error establishing a database connection</h1></div>',
  ),
  lines: isLogged ? [apacheError('php:notice', `WordPress database error: ${text}`)] : [],
});

/** A fresh WordPress: everything leads to its installer, at the address that it believes to have. */
export const fresh = ({ path, host }: ProbeRequest, home: string | undefined): Said => {
  if (path.split('?')[0] === installer) return page(200, '<title>WordPress &rsaquo; Installation</title>');
  return page(302, '', {
    location: `${home ?? `http://${host}`}${installer}`,
    'x-redirect-by': 'WordPress',
  });
};

/** Once installed it takes no port in its address, which is what a probe asks with. */
const installed = ({ path, host }: ProbeRequest): Said =>
  path === '/' && /:\d+$/.test(host)
    ? page(301, '', { location: `https://${host.replace(/:\d+$/, '')}/`, 'x-redirect-by': 'WordPress' })
    : page(200, '<title>Golden Crust</title><p>Hello world!</p>');

const plugins = '/var/www/html/wp-content/plugins';

const byTag: Readonly<Record<string, (request: ProbeRequest) => Said>> = {
  installed,
  'php-fatal': () =>
    fatal(
      `PHP Fatal error:  Uncaught Error: Call to undefined function no_such_function() in ${plugins}/broken-forms/broken-forms.php:3\\nStack trace:\\n#0 /var/www/html/wp-settings.php(447): include_once()`,
    ),
  'php-parse': () =>
    fatal(
      `PHP Parse error:  syntax error, unexpected token "{", expecting variable in ${plugins}/parse-trouble/parse-trouble.php on line 3`,
    ),
  'php-memory': () =>
    fatal(
      `PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 2097152 bytes) in ${plugins}/memory-eater/memory-eater.php on line 3`,
    ),
  white: () => page(200, ''),
  loop: ({ path, host }) =>
    page(301, '', { location: `https://${host}${path}`, 'x-redirect-by': 'WordPress' }),
  elsewhere: ({ path }) =>
    page(301, '', { location: `https://www.example.org${path}`, 'x-redirect-by': 'WordPress' }),
  'basic-auth': () =>
    ofApache(401, 'Unauthorized', 'This server could not verify that you are authorized.', {
      'www-authenticate': 'Basic realm="Restricted"',
    }),
  'empty-docroot': () => ({
    ...ofApache(403, 'Forbidden', "You don't have permission to access this resource."),
    lines: [
      apacheError(
        'autoindex:error',
        'AH01276: Cannot serve directory /var/www/html/: No matching DirectoryIndex (index.php,index.html) found, and server-generated directory index forbidden by Options directive',
      ),
    ],
  }),
  'no-page': () => ofApache(404, 'Not Found', 'The requested URL was not found on this server.'),
  'broken-htaccess': () => ({
    ...ofApache(
      500,
      'Internal Server Error',
      'The server encountered an internal error or misconfiguration.',
    ),
    lines: [
      apacheError(
        'core:alert',
        "/var/www/html/.htaccess: Invalid command 'Nonsense', perhaps misspelled or defined by a module not included in the server configuration",
      ),
    ],
  }),
  'never-listens': () => ({ answer: refused }),
};

/** undefined: nothing is wrong with the image itself. */
export const pageOfTag = (tag: string): ((request: ProbeRequest) => Said) | undefined => {
  const status = /^boom-(\d{3})$/.exec(tag)?.[1];
  return status ? () => page(Number(status), critical) : byTag[tag];
};
