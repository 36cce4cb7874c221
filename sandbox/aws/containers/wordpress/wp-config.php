<?php
// Reads what the official image's configuration reads; where the database is comes from the sandbox.
// A container has no Internet here: requests that WordPress makes itself fail as without a name server.

function getenv_docker(string $name, ?string $default): ?string
{
    $file = getenv("{$name}_FILE");
    if ($file !== false) {
        return rtrim((string) file_get_contents($file), "\r\n");
    }
    $value = getenv($name);
    return $value === false ? $default : $value;
}

/** Where the sandbox says that the database is; at its address where nobody answers, nobody does. */
function database_address(): string
{
    $address = (string) getenv('SANDBOX_DB_HOST');
    if ($address !== '127.255.255.2') {
        return $address;
    }
    // A server whose queue is full lets every other caller wait, as a closed security group does.
    $context = stream_context_create(['socket' => ['backlog' => 0]]);
    $server = stream_socket_server("tcp://$address:0", $code, $text, STREAM_SERVER_BIND | STREAM_SERVER_LISTEN, $context);
    $name = stream_socket_get_name($server, false);
    $GLOBALS['sandbox_queue'] = [$server];
    for ($caller = 0; $caller < 3; $caller++) {
        $GLOBALS['sandbox_queue'][] = stream_socket_client("tcp://$name", $code, $text, 0, STREAM_CLIENT_CONNECT | STREAM_CLIENT_ASYNC_CONNECT);
    }
    return $name;
}

define('DB_NAME', getenv_docker('WORDPRESS_DB_NAME', 'wordpress'));
define('DB_USER', getenv_docker('WORDPRESS_DB_USER', 'example username'));
define('DB_PASSWORD', getenv_docker('WORDPRESS_DB_PASSWORD', 'example password'));
define('DB_HOST', database_address());
define('DB_CHARSET', getenv_docker('WORDPRESS_DB_CHARSET', 'utf8mb4'));
define('DB_COLLATE', getenv_docker('WORDPRESS_DB_COLLATE', ''));

foreach (['AUTH_KEY', 'SECURE_AUTH_KEY', 'LOGGED_IN_KEY', 'NONCE_KEY', 'AUTH_SALT', 'SECURE_AUTH_SALT', 'LOGGED_IN_SALT', 'NONCE_SALT'] as $name) {
    define($name, getenv_docker("WORDPRESS_$name", sha1($name . getenv_docker('WORDPRESS_DB_PASSWORD', ''))));
}

$table_prefix = getenv_docker('WORDPRESS_TABLE_PREFIX', 'wp_');

define('WP_DEBUG', (bool) getenv_docker('WORDPRESS_DEBUG', ''));

if (strpos($_SERVER['HTTP_X_FORWARDED_PROTO'] ?? '', 'https') !== false) {
    $_SERVER['HTTPS'] = 'on';
}

if ($configExtra = getenv_docker('WORDPRESS_CONFIG_EXTRA', '')) {
    eval($configExtra);
}

// Visits to the site's own address would leave the sandbox.
defined('DISABLE_WP_CRON') || define('DISABLE_WP_CRON', true);
$GLOBALS['wp_filter']['pre_http_request'][10][] = [
    'accepted_args' => 3,
    'function' => fn ($_, $arguments, $url) => new WP_Error(
        'http_request_failed',
        'cURL error 6: Could not resolve host: ' . parse_url($url, PHP_URL_HOST)
    ),
];

defined('ABSPATH') || define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
