# Stops the server once no process of a test run is left, and removes its folder. Each holds a shared
# lock on "users" while it lives; whoever joins first holds "gate", and so does this while it looks.
folder=$1
while sleep 1; do
  exec 8>>"$folder/gate"
  flock 8
  exec 9>>"$folder/users"
  if flock -n 9; then
    server=$(head -n 1 "$folder/data/postmaster.pid" 2>/dev/null)
    # Only if that number is still our server's.
    if [ -n "$server" ] && grep -qF "$folder/data" "/proc/$server/cmdline" 2>/dev/null; then
      kill -QUIT "$server" 2>/dev/null
      while kill -0 "$server" 2>/dev/null; do sleep 0.1; done
    fi
    rm -rf "$folder"
    exit
  fi
  exec 9>&-
  exec 8>&-
done
