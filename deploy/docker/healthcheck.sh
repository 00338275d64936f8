#!/bin/bash
# Ends well when the process in this container is ready to serve; needs nothing but bash.
exec 3<>"/dev/tcp/127.0.0.1/${Http__Port:-8080}" || exit 1
printf 'GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3
read -r -t 2 _ status _ <&3
[ "$status" = 200 ]
