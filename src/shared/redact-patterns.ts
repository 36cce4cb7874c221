// Credentials in foreign text that nobody registered: a command's log may print a connection string or its environment.
// Rather too much than too little is masked, but never so much that an error cannot be read: the names stay.

/** What follows is a secret, in `NAME=`, `"name": ` or `name => `. */
const secretNames =
  'pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|app[_-]?key|access[_-]?key(?:[_-]?id)?|private[_-]?key|(?:auth|logged[_-]?in|nonce)[_-](?:key|salt)|credentials?|authorization|signature';
const quoted = String.raw`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\\"[^"]*?\\"`;
/** Words that stand there without being one: MySQL's `(using password: YES)`, ECS's `unable to pull secrets: …Exception`. */
const harmless = String.raw`(?!["']?(?:YES|NO|true|false|null|none|\*+)\b["']?|[A-Za-z.]+(?:Exception|Error):\s|ERROR\s+\d)`;
/** Which secret could not be read is what a person needs to know. */
const notInArn = String.raw`(?<!\barn:aws[\w-]*:secretsmanager:[\w-]*:\d*:)`;

type Rule = readonly [pattern: RegExp, replacement: string];

const rules: readonly Rule[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, '*** (private key)'],
  // A key's lines that come one by one. A digest in hex is no such line.
  [/^(?![0-9a-f]{64}$)[A-Za-z0-9+/]{64}={0,2}$/gm, '***'],
  // Not `http://host:8000/@vite`: a number before a slash is a port.
  [/(\b[a-z][\w+.-]{0,20}:\/\/[^\s:/?#@'"]*):(?!\d{1,5}(?:[/?#]|$))[^\s'"<>]*@/gi, '$1:***@'],
  [/\bbase64:[A-Za-z0-9+/]{20,}={0,2}/g, 'base64:***'],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, '***'],
  [/\b(?:gh[pousr]_|github_pat_|xox[abprs]-|[sr]k_(?:live|test)_|glpat-)[\w-]{16,}/g, '***'],
  [/\b(?:IQoJ|FwoG|FQoG)[A-Za-z0-9+/=]{60,}/g, '***'],
  [/\bBearer\s+[\w.~+/-]{8,}=*/gi, 'Bearer ***'],
  [/(\bAuthorization["']?\s*[:=]\s*["']?(?:Basic|Digest|Token))\s+[^\s"']+/gi, '$1 ***'],
  [/(\bIDENTIFIED\s+(?:WITH\s+\S+\s+)?(?:BY|AS)\s+|\bPASSWORD\s*\(\s*)(?:"[^"]*"|'[^']*')/gi, '$1***'],
  // What PHP passed to a function, in a stack trace of one line or many; the names of files that it loaded stay.
  [
    /((?:^|\\n|Stack trace:)\s{0,8}#\d{1,4} (?:\[internal function\]|[^\n]{1,400}?\(\d{1,7}\)(?: : eval\(\)'d code\(\d{1,7}\))?): (?!(?:require|include)(?:_once)?\()(?:(?!\\n\s{0,8}#|\\n {2}thrown)[^'"\n]){0,400})['"](?:(?!\\n\s{0,8}#|\\n {2}thrown)[^\n])*/gm,
    '$1***)',
  ],
  [
    new RegExp(
      String.raw`(\b(?:set-)?cookie\\?["']?\s{0,4}(?::|=>)\s{0,4})(?:${quoted}|[^\s=;,"']{1,200}=[^\n]*)`,
      'gi',
    ),
    '$1***',
  ],
  // PHP's constants, as wp-config.php sets them.
  [
    new RegExp(
      String.raw`(\bdefine\s{0,4}\(\s{0,4}["'][^"'\n]{0,60}(?:${secretNames})[^"'\n]{0,20}["']\s{0,4},\s{0,4})(?:${quoted})`,
      'gi',
    ),
    '$1***',
  ],
  // What a login was called with, where no frame of a stack trace stands before it; all of the line where it never ends.
  [
    new RegExp(
      String.raw`(\b(?:\w{0,40}connect|(?:PDO|mysqli|wpdb)(?:->|::)__construct)\s?\()(?:(?:${quoted})(?:\s{0,3},\s{0,3}(?:${quoted}|[\w$>:-]{1,60})){0,12}(?=\s{0,3}\))|["'][^\n]{0,2000})`,
      'gi',
    ),
    '$1***',
  ],
  // Not `-P 3306`, and not `--protocol`.
  [
    new RegExp(
      String.raw`(\b(?:mysql|mariadb)[\w-]{0,20} [^\n|;&]{0,300}?(?<=\s)-p)(?:${quoted}|[^\s"']\S*)`,
      'g',
    ),
    '$1***',
  ],
  [
    new RegExp(
      String.raw`((?<![\w-])--[\w-]{0,40}(?:${secretNames})[\w-]{0,20}\s+)${harmless}(?:${quoted}|[^\s-]\S*)`,
      'gi',
    ),
    '$1***',
  ],
  [
    new RegExp(
      String.raw`(${notInArn}(?:${secretNames})s?\d*\\?["']?\]?\s{0,4}(?:=>|:=|=|:)\s{0,4})${harmless}(?:${quoted}|(?!Bearer \*|Basic \*|["'])[^\s]+)`,
      'gi',
    ),
    '$1***',
  ],
];

const accessKey = /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g;
/** Forty letters of base64 of all kinds: what a secret access key looks like, and a path may; so only beside a key's id. */
const secretKey =
  /(?<![\w+/=])(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*\d)[A-Za-z0-9+/]{40}(?![\w+/=])/g;

/**
 * `text` with `***` for what looks like a credential: values of names like DB_PASSWORD, passwords in URLs, Laravel's
 * APP_KEY, AWS keys, tokens with a known beginning, private keys. What looks like nothing at all is not found.
 */
export const maskCredentials = (text: string): string => {
  const keys = text.search(accessKey) < 0 ? text : text.replace(accessKey, '***').replace(secretKey, '***');
  return rules.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), keys);
};
