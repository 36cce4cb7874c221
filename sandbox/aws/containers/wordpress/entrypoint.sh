#!/bin/sh
# A WordPress container from its first breath to Apache's end, in SANDBOX_HOME: copies what the image would copy with the same
# tar, so that a volume that may not be written fails as it does there, and ends as Apache ends. Real pipes stand for the
# container's output, because Apache opens its logs by name.
# Started with Apache's command. SANDBOX_ROOT is shared by all containers of a sandbox; SANDBOX_POINT, which counts for root
# only, is the uid:gid that an access point makes of everyone.

here=${0%/*}
html=$SANDBOX_HOME/html
source=$SANDBOX_ROOT/wordpress
if [ "$(id -u)" = 0 ]; then root=yes; else root=; fi
# Arrives as a signal for the whole group, Apache included, which we outlive to tell its end.
stopped=
trap 'stopped=yes' TERM

copy_source() {
  part=$source.part
  rm -rf "$part"
  mkdir -p "$part/core"
  cp -rL /usr/share/wordpress/. "$part/core" 2>"$part/errors"
  rm -f "$part/core/wp-config.php" "$part/core/.htaccess"
  cp "$here/wp-config.php" "$here/.htaccess" "$part/core"
  mv "$part/core/wp-content" "$part/wp-content"
  mkdir -p "$part/wp-content/uploads"
  [ -z "$root" ] || chown -R 33:33 "$part/wp-content"
  mv "$part" "$source"
}

as_user() {
  if [ -n "$root" ] && [ -n "$SANDBOX_POINT" ]; then
    setpriv --reuid "${SANDBOX_POINT%:*}" --regid "${SANDBOX_POINT#*:}" --clear-groups "$@"
  else
    "$@"
  fi
}

copy_content() {
  set --
  for path in "$source"/wp-content/*/*/; do
    path=${path%/}
    path=${path#"$source"/}
    as_user test -e "$html/$path" || continue
    echo "WARNING: '/var/www/html/$path' exists! (not copying the WordPress version)" >&2
    set -- "$@" --exclude "./$path"
  done
  if [ ! -L "$html" ] && [ ! -L "$html/wp-content" ]; then
    cp -a "$source/wp-content" "$html"
    return
  fi
  # The image's tar runs as root, whom an access point makes another user: it still tries to give the files away.
  if [ -n "$root" ]; then flags=--same-owner; else flags='--no-overwrite-dir --touch'; fi
  # In the image the volume is a folder; here a link to one.
  flags="$flags --keep-directory-symlink"
  # shellcheck disable=SC2086
  tar --create --file - --directory "$source" --owner 33 --group 33 "$@" ./wp-content |
    as_user tar --extract --file - --directory "$html" $flags
}

# A container that is stopped meanwhile still leaves the others a whole copy.
(
  trap '' TERM
  flock 9
  [ -d "$source" ] || copy_source
) 9>"$source.lock"
[ -z "$stopped" ] || exit 143

if [ ! -e "$html/wp-includes/version.php" ]; then
  echo "WordPress not found in /var/www/html - copying now..." >&2
  if [ -L "$html" ]; then link=; else link=--link; fi
  as_core=
  [ -n "$link" ] || as_core=as_user
  $as_core cp --archive $link "$source/core/." "$html" && copy_content || exit 2
  echo "Complete! WordPress has been successfully copied to /var/www/html" >&2
  names=$(env | sed -n 's/^\(WORDPRESS_[A-Z_]*\)=.*/\1/p' | sort | tr '\n' ' ')
  echo "No 'wp-config.php' found in /var/www/html, but 'WORDPRESS_...' variables supplied; copying 'wp-config-docker.php' (${names% })" >&2
fi

mkfifo "$SANDBOX_HOME/run/access" "$SANDBOX_HOME/run/errors"
# Held open, or the first close of Apache's, which reads its configuration twice, would be their end.
exec 3<>"$SANDBOX_HOME/run/access" 4<>"$SANDBOX_HOME/run/errors"
(trap '' TERM && exec cat "$SANDBOX_HOME/run/access") 3>&- 4>&- &
access=$!
(trap '' TERM && exec cat "$SANDBOX_HOME/run/errors") >&2 3>&- 4>&- &
errors=$!
"$@" 3>&- 4>&- &
apache=$!
wait "$apache"
code=$?
while kill -0 "$apache" 2>/dev/null; do
  wait "$apache"
  code=$?
done
exec 3>&- 4>&-
wait "$access" "$errors"
exit "$code"
