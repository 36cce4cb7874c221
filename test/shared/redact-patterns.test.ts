// What looks like a credential is masked; what a person needs to read is not.
import { describe, expect, test } from '@jest/globals';
import { maskCredentials } from '../../src/shared/redact-patterns.ts';

const secret = 'n0t-A-re4l,p;ss(word)';
const base64 = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
const keyId = `AKIA${'Z'.repeat(16)}`;
const key = 'notARealKey0notARealKey0notARealKey0abcd';

describe('maskCredentials', () => {
  test.each([
    [`DB_PASSWORD=${secret} next`, 'DB_PASSWORD=*** next'],
    [`db.password: ${secret}`, 'db.password: ***'],
    [`{"password": "a\\"b ${secret}", "user": "x"}`, '{"password": ***, "user": "x"}'],
    [`{\\"password\\":\\"${secret}\\",\\"a\\":1}`, '{\\"password\\":***,\\"a\\":1}'],
    [`'password' => '${secret}', 'x'`, "'password' => ***, 'x'"],
    [`$config["api_key"] = "${secret}"`, '$config["api_key"] = ***'],
    [`AWS_SECRET_ACCESS_KEY=${key}`, 'AWS_SECRET_ACCESS_KEY=***'],
    [`mysql://app:p@ss/w${secret}@host/db`, 'mysql://app:***@host/db'],
    [`rediss://:${secret}@cache:6379`, 'rediss://:***@cache:6379'],
    [`APP_KEY=base64:${base64}`, 'APP_KEY=***'],
    [`The key [base64:${base64}] is set`, 'The key [base64:***] is set'],
    [`${keyId} ${key}`, '*** ***'],
    [`Authorization: Bearer ${base64}`, 'Authorization: Bearer ***'],
    ['authorization: Basic dXNlcjpwYXNz', 'authorization: Basic ***'],
    [`php x --password ${secret} --force`, 'php x --password *** --force'],
    [`php x --api-token=${secret}`, 'php x --api-token=***'],
    [`CREATE USER a IDENTIFIED BY '${secret}'`, 'CREATE USER a IDENTIFIED BY ***'],
    [`eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0.${'s'.repeat(20)}`, '***'],
    [`ghp_${'a'.repeat(36)} and sk_live_${'b'.repeat(24)}`, '*** and ***'],
    [
      `-----BEGIN RSA PRIVATE KEY-----\n${'A'.repeat(64)}\nAAAA\n-----END RSA PRIVATE KEY-----`,
      '*** (private key)',
    ],
    [`${'aB3+'.repeat(16)}`, '***'],
    [
      `#0 /var/www/html/wp-includes/class-wpdb.php(785): wpdb->__construct('app', '${secret}', 'x')`,
      '#0 /var/www/html/wp-includes/class-wpdb.php(785): wpdb->__construct(***)',
    ],
    [
      `  #12 [internal function]: mysqli_real_connect(Object(mysqli), 'db', 'it's "${secret}...', NULL, 3306)`,
      '  #12 [internal function]: mysqli_real_connect(Object(mysqli), ***)',
    ],
    [
      `PHP Fatal error:  Uncaught mysqli_sql_exception: No such file in /a.php:12\\nStack trace:\\n#0 /a.php(12): mysqli->__construct('db', 'u', '${secret}')\\n#1 /b.php(3): require_once('/var/www/html/w...')\\n#2 /c.php(4) : eval()'d code(2): PDO->__construct('mysql:host=db', 'u', '${secret}', Array)\\n#3 {main}\\n  thrown in /a.php on line 12`,
      "PHP Fatal error:  Uncaught mysqli_sql_exception: No such file in /a.php:12\\nStack trace:\\n#0 /a.php(12): mysqli->__construct(***)\\n#1 /b.php(3): require_once('/var/www/html/w...')\\n#2 /c.php(4) : eval()'d code(2): PDO->__construct(***)\\n#3 {main}\\n  thrown in /a.php on line 12",
    ],
    [`#0 /a.php(12): connect('u', '${secret.slice(0, 9)}`, '#0 /a.php(12): connect(***)'],
    [`Cookie: wordpress_logged_in_a=b%7C${secret}; x=y`, 'Cookie: ***'],
    [`set-cookie: PHPSESSID=${secret}; path=/`, 'set-cookie: ***'],
    [`{"cookie":"a=${secret}","host":"x"}`, '{"cookie":***,"host":"x"}'],
    [`mysql -uroot -p${secret} -h db wordpress`, 'mysql -uroot -p*** -h db wordpress'],
    [
      `+ mysqldump --protocol=tcp -u root -p'${secret} x' wordpress`,
      '+ mysqldump --protocol=tcp -u root -p*** wordpress',
    ],
    [`define('DB_PASSWORD', '${secret}');`, "define('DB_PASSWORD', ***);"],
    [`define( "SECURE_AUTH_KEY", '${secret} x' );`, 'define( "SECURE_AUTH_KEY", *** );'],
    [`NONCE_SALT=${secret}`, 'NONCE_SALT=***'],
    [
      `Stack trace: #0 /a.php(12): connect('u', '${secret}') #1 {main}`,
      'Stack trace: #0 /a.php(12): connect(***)',
    ],
    [
      `<b>Stack trace: #0 /a.php(12): log_in('${secret}') #1 {main}`,
      '<b>Stack trace: #0 /a.php(12): log_in(***)',
    ],
    [`in mysqli_real_connect('db', 'u', '${secret}', 'x', 3306) twice`, 'in mysqli_real_connect(***) twice'],
    [`PDO::__construct("mysql:host=db", "u", "${secret}`, 'PDO::__construct(***'],
  ])('masks %j', (text, masked) => {
    expect(maskCredentials(text)).toBe(masked);
  });

  test.each([
    'unable to pull secrets: AccessDeniedException: not allowed',
    'on resource: arn:aws:secretsmanager:eu-west-2:123456789012:secret:envelope/prod/app-key-a1b2c3 because',
    "SQLSTATE[HY000] [1045] Access denied for user 'envelope'@'10.0.1.2' (using password: YES)",
    '  2014_10_12_100000_create_password_reset_tokens_table ............ 12.30ms DONE',
    'Migrated:  2019_12_14_000001_create_personal_access_tokens_table (3ms)',
    'http://localhost:8000/@vite/client and tls://cache:6379, ask me@example.org',
    'commit 0123456789abcdef0123456789abcdef01234567',
    `sha256:${'0123456789abcdef'.repeat(4)}`,
    '0123456789abcdef'.repeat(4),
    'Class "Predis\\Client" not found in vendor/laravel/framework/src/Illuminate/Redis/Connectors.php:80',
    'password: null, token: false, DB_PASSWORD=',
    "#8 [2/4] RUN sh -c 'apt-get update'",
    '#9 0.123 E: Unable to locate package "php-mysqli"',
    '#3 {main}',
    'Cookies are blocked due to unexpected output. See Cookie: the manual',
    'mysql -u root -p -P 3306 --protocol tcp',
    "refused with the password of its secret: ERROR 1045 (28000): Access denied for user 'a'@'b'",
    "mysqli_real_connect(): (HY000/1045): Access denied for user 'a'@'b' (using password: YES)",
    "define('WP_HOME', 'https://goldencrust.wpsit.kimmyai.io');",
    "define('DB_PASSWORD', getenv('WORDPRESS_DB_PASSWORD'));",
  ])('leaves %j', (text) => {
    expect(maskCredentials(text)).toBe(text);
  });

  test.each([
    'a',
    'password',
    'password="\\',
    '://',
    'a://x:',
    ':',
    '\\',
    '--',
    'IDENTIFIED ',
    '-----BEGIN PRIVATE KEY-----',
    'aA1/',
    `${keyId} `,
    'x.-',
    'eyJaaaaaaaa.',
    'token => ',
    '#0 /a(1): ',
    '\\n#1 a',
    "\\n#1 a(1): f('",
    'cookie: a=',
    'mysql a ',
    'mysql -p',
    "connect('",
    "define('a_password', '",
    'Stack trace: #0 /a(1): ',
  ])('takes no time with nothing but %j', (piece) => {
    const text = piece.repeat(16_384 / piece.length);
    const begun = process.hrtime.bigint();
    maskCredentials(text);
    expect(Number(process.hrtime.bigint() - begun) / 1e6).toBeLessThan(300);
  });
});
