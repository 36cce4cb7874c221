# Sourced by the wrappers in bin: runs this machine's real database client as a container of the account would.
# A host leads to where SANDBOX_DATABASES says that it listens ("host:port=address:port host:port=address:port ...");
# every other host, and this machine's own socket, is out of reach, as in a container.

name=${0##*/}
own=${0%/*}

case $name in
  mysql) names='mysql mariadb' ;;
  mariadb) names='mariadb mysql' ;;
  mysqldump) names='mysqldump mariadb-dump' ;;
  *) names='mariadb-dump mysqldump' ;;
esac

find_real() { # program: sets real to the first one in PATH that is not ours
  saved=$IFS
  IFS=:
  for folder in $PATH; do
    if [ "$folder" != "$own" ] && [ -x "$folder/$1" ]; then
      real=$folder/$1
      break
    fi
  done
  IFS=$saved
}

real=
for candidate in $names; do
  [ -n "$real" ] || find_real "$candidate"
done
if [ -z "$real" ]; then
  printf '%s: not found\n' "$name" >&2
  exit 127
fi

unreachable() { # number, text
  case $name in
    *dump)
      printf '%s: Got error: %s: "%s" when trying to connect\n' "$name" "$1" "$2" >&2
      exit 2
      ;;
  esac
  printf 'ERROR %s (HY000): %s\n' "$1" "$2" >&2
  exit 1
}

host=${MYSQL_HOST:-}
port=3306
first=
# Every argument is looked at once and put back at the end, except those that say where to connect.
left=$#
while [ "$left" -gt 0 ]; do
  argument=$1
  shift
  left=$((left - 1))
  case $argument in
    --help | -\? | --version | -V) exec "$real" "$argument" ;;
    --)
      set -- "$@" --
      while [ "$left" -gt 0 ]; do
        argument=$1
        shift
        left=$((left - 1))
        set -- "$@" "$argument"
      done
      ;;
    --host=*) host=${argument#--host=} ;;
    --port=*) port=${argument#--port=} ;;
    --socket=* | --protocol=* | -S?*) ;;
    -h?*) host=${argument#-h} ;;
    -P?*) port=${argument#-P} ;;
    -h | --host | -P | --port | -S | --socket | --protocol)
      value=${1-}
      if [ "$left" -gt 0 ]; then
        shift
        left=$((left - 1))
      fi
      case $argument in
        -h | --host) host=$value ;;
        -P | --port) port=$value ;;
      esac
      ;;
    # Their values may look like anything.
    -e | --execute | -u | --user | -D | --database)
      set -- "$@" "$argument"
      if [ "$left" -gt 0 ]; then
        value=$1
        shift
        left=$((left - 1))
        set -- "$@" "$value"
      fi
      ;;
    # The client wants it before all others.
    --no-defaults | --defaults-file=* | --defaults-extra-file=*) first=$argument ;;
    *) set -- "$@" "$argument" ;;
  esac
done

case $host in
  '' | localhost)
    unreachable 2002 "Can't connect to local server through socket '/var/run/mysqld/mysqld.sock' (2)"
    ;;
esac

address=
known=
for entry in ${SANDBOX_DATABASES:-}; do
  case $entry in
    "$host:$port="*) address=${entry#*=} ;;
    "$host:"*) known=yes ;;
  esac
done
if [ -z "$address" ]; then
  case $host in
    *[!0-9.]*) ;;
    *) known=yes ;;
  esac
  [ -n "$known" ] && unreachable 2003 "Can't connect to MySQL server on '$host:$port' (111)"
  unreachable 2005 "Unknown MySQL server host '$host' (-2)"
fi

exec "$real" ${first:+"$first"} --protocol=TCP --host="${address%:*}" --port="${address##*:}" "$@"
