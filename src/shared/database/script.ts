// The one program of the database step, run by `sh` in the client image or on a self-hosted runner. It is a constant:
// every value comes through the environment. It needs sh and coreutils only (the official mysql image has no more).
//
// Secrets: a client's own password travels in MYSQL_PWD and the tenant's as a string literal on stdin; both through
// builtins, so neither is ever an argument, and bash's here-documents, which are files, are not used. A literal
// rather than a hex number in a variable: servers mask IDENTIFIED BY '...' in their audit logs (MySQL also in its general
// log), and mask no SET. On an error the MariaDB client repeats the statement; `stop_failed` prints only the server's
// error, and after a statement with a password only that error's number.

/** POSIX sh. Environment: `environmentOf`, and the secrets MASTER_USERNAME, MASTER_PASSWORD, TENANT_USERNAME, TENANT_PASSWORD. */
export const SCRIPT = `set -u
umask 077
export LC_ALL=C

stop() { # code, line
  printf '%s\\n' "$2" >&2
  exit "$1"
}

need() { # names of variables
  for name in "$@"; do
    eval "value=\\\${$name:-}"
    [ -n "$value" ] || stop 40 "$name is missing or empty"
  done
}

find_client() {
  client=$(command -v mariadb || command -v mysql) || stop 41 'there is no mariadb or mysql client'
  case $("$client" --version) in *MariaDB*) flavour=mariadb ;; *) flavour=mysql ;; esac
  case $flavour,$TLS in
    # From 11.4 on the client would verify the certificate, which no image knows the issuer of.
    mariadb,required) tls='--ssl --skip-ssl-verify-server-cert' ;;
    mariadb,off) tls='--skip-ssl' ;;
    mysql,required) tls='--ssl-mode=REQUIRED' ;;
    # Without TLS, caching_sha2_password needs the server's public key.
    mysql,off) tls='--ssl-mode=DISABLED --get-server-public-key' ;;
    *) stop 40 'TLS is neither required nor off' ;;
  esac
}

log_in_as() { # master or tenant
  case $1 in
    master) login_user=$MASTER_USERNAME login_password=$MASTER_PASSWORD ;;
    tenant) login_user=$TENANT_USERNAME login_password=$TENANT_PASSWORD ;;
  esac
}

ask() { # master or tenant, SQL: sets answer; the client stops at the first error
  log_in_as "$1"
  # local-infile: a false server could ask for /proc/self/environ. $tls is a list of flags.
  answer=$(printf '%s\\n%s\\n' "$SQL_OPEN" "$2" 2>/dev/null |
    MYSQL_PWD=$login_password "$client" --no-defaults $tls --protocol=TCP --host="$DATABASE_HOST" --port="$DATABASE_PORT" \\
      --user="$login_user" --connect-timeout=10 --local-infile=0 --default-character-set=utf8mb4 \\
      --batch --skip-column-names --binary-mode --comments 2>&1)
}

say_answer() {
  [ -z "$answer" ] || printf '%s\\n' "$answer"
}

judge_error() { # master or tenant: sets error and code from answer
  error="ERROR \${answer##*ERROR }"
  case $error in
    'ERROR 1064 '*TLS_IS_OFF* | 'ERROR 2026 '* | 'ERROR 3159 '* | 'ERROR 2061 '*) code=43 ;;
    'ERROR 1064 '*DATABASE_MISSING*) code=46 ;;
    'ERROR 2002 '* | 'ERROR 2003 '* | 'ERROR 2005 '* | 'ERROR 2006 '* | 'ERROR 2013 '* | 'ERROR 1040 '*) code=42 ;;
    'ERROR 1045 '* | 'ERROR 1044 '* | 'ERROR 1130 '* | 'ERROR 1142 '* | 'ERROR 1227 '* | 'ERROR 1410 '* | \\
      'ERROR 1698 '* | 'ERROR 1820 '* | 'ERROR 1862 '* | 'ERROR 3118 '* | 'ERROR 4151 '*)
      if [ "$1" = master ]; then code=44; else code=45; fi ;;
    'ERROR 1819 '*) code=50 ;;
    *) code=47 ;;
  esac
}

number_only() { # of error: the rest may quote the statement
  error=\${error#ERROR } error=\${error%% *}
  case $error in [0-9][0-9][0-9][0-9]) error="ERROR $error" ;; *) error='no error number' ;; esac
}

stop_failed() { # master or tenant, open or secret
  judge_error "$1"
  [ "$2" = open ] || number_only
  case $error in *TLS_IS_OFF*) error='the server offers no TLS' ;; esac
  case $code in
    42) stop 42 "cannot reach $DATABASE_HOST port $DATABASE_PORT: $error" ;;
    43) stop 43 "the connection to $DATABASE_HOST is not encrypted as it must be: $error" ;;
    44) stop 44 "the master account was refused: $error" ;;
    45) stop 45 "user $DATABASE_USER was refused with the password of its secret: $error" ;;
    46) stop 46 "database $DATABASE: missing, or user $DATABASE_USER has no privileges on it" ;;
    *) stop "$code" "the server refused a statement: $error" ;;
  esac
}

replace() { # text, from, to: sets replaced
  replaced='' rest=$1
  while :; do
    case $rest in
      *"$2"*) replaced=$replaced\${rest%%"$2"*}$3 rest=\${rest#*"$2"} ;;
      *) break ;;
    esac
  done
  replaced=$replaced$rest
}

set_password() { # CREATE USER IF NOT EXISTS or ALTER USER; SQL_OPEN makes the backslash an escape
  replace "$TENANT_PASSWORD" '\\' '\\\\'
  replace "$replaced" "'" "''"
  ask master "$1 $SQL_ACCOUNT IDENTIFIED BY '$replaced';" || stop_failed master secret
}

check_username() {
  [ "$TENANT_USERNAME" = "$DATABASE_USER" ] || stop 51 "the tenant's secret names another user than $DATABASE_USER"
}

verify() {
  ask tenant "$SQL_VERIFY" || stop_failed tenant open
  say_answer
}

init() {
  ask master "$SQL_DATABASE" || stop_failed master open
  say_answer
  set_password 'CREATE USER IF NOT EXISTS'
  ask master "$SQL_GRANT" || stop_failed master open
  say_answer
  # Only a password that does not work is changed: a server that remembers passwords refuses the same one again.
  ask tenant 'DO 0;' || {
    judge_error tenant
    [ "$code" = 45 ] || stop_failed tenant open
    set_password 'ALTER USER'
    printf '%s\\n' "user $DATABASE_USER: password set to the secret's"
  }
  verify
}

dump() {
  [ -d "\${DUMP_FOLDER:-}" ] || stop 48 'nothing dropped: there is no folder for the dump'
  case $flavour in
    mariadb) dumper=$(command -v mariadb-dump || command -v mysqldump) || stop 41 'there is no mariadb-dump'; own='' ;;
    # The mysql image's dump program asks tables that other servers do not have, and replication ids bar a restore.
    mysql) dumper=$(command -v mysqldump) || stop 41 'there is no mysqldump'; own='--set-gtid-purged=OFF --column-statistics=0' ;;
  esac
  # The random part: the folder may be one that a web server serves.
  name=$(printf '%s' "$DATABASE" | tr -c 'A-Za-z0-9_-' _)-$(date -u +%Y%m%dT%H%M%SZ)-$(od -An -N8 -tx1 /dev/urandom | tr -d ' \\n')
  file=$DUMP_FOLDER/$name.sql
  (: >"$file.partial") 2>/dev/null || stop 48 "nothing dropped: cannot write to $DUMP_FOLDER"
  log_in_as master
  answer=$(MYSQL_PWD=$login_password "$dumper" --no-defaults $tls $own --protocol=TCP --host="$DATABASE_HOST" --port="$DATABASE_PORT" \\
    --user="$login_user" --default-character-set=utf8mb4 --single-transaction --routines --events --triggers --hex-blob \\
    --no-tablespaces --databases -- "$DATABASE" 2>&1 >"$file.partial") || drop_partial "$answer"
  case $(tail -c 100 "$file.partial") in *'-- Dump completed'*) ;; *) drop_partial 'the dump has no end' ;; esac
  mv "$file.partial" "$file" || drop_partial 'the dump cannot be renamed'
  # Without gzip, or where it fails, the plain file stays and will do.
  gzip "$file" 2>/dev/null && file=$file.gz
  sync "$file" || stop 49 'nothing dropped: the dump cannot be synced to disk'
  printf '%s\\n' "database $DATABASE: dumped to $file, $(wc -c <"$file" | tr -d ' ') bytes"
}

drop_partial() { # why
  rm -f "$file.partial"
  stop 49 "nothing dropped: the dump failed: $1"
}

drop() {
  ask master "$SQL_FIND" || stop_failed master open
  case $answer in
    *PRESENT*)
      dump
      ask master "$SQL_DROP_DATABASE" || stop_failed master open
      say_answer ;;
    *ABSENT*) printf '%s\\n' "database $DATABASE: absent" ;;
    *) stop 47 "nothing dropped: the server did not say whether $DATABASE is there" ;;
  esac
  ask master "$SQL_DROP_USER" || stop_failed master open
  say_answer
}

list() {
  ask master "$SQL_LIST" || stop_failed master open
  say_answer
}

need OPERATION DATABASE_HOST DATABASE_PORT TLS SQL_OPEN
[ "$OPERATION" = list ] || need DATABASE DATABASE_USER
case $OPERATION in
  init) need SQL_DATABASE SQL_ACCOUNT SQL_GRANT SQL_VERIFY MASTER_USERNAME MASTER_PASSWORD TENANT_USERNAME TENANT_PASSWORD ;;
  verify) need SQL_VERIFY TENANT_USERNAME TENANT_PASSWORD ;;
  drop) need SQL_FIND SQL_DROP_DATABASE SQL_DROP_USER MASTER_USERNAME MASTER_PASSWORD ;;
  list) need SQL_LIST MASTER_USERNAME MASTER_PASSWORD ;;
  *) stop 40 'OPERATION is none of init, verify, drop, list' ;;
esac
case $OPERATION in init | verify) check_username ;; esac
find_client
"$OPERATION"
`;
