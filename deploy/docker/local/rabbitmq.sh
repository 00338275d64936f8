#!/bin/sh
# Answers to the variables of the public image of RabbitMQ.
set -eu
printf 'listeners.tcp.default = 5672\nloopback_users = none\nlog.console = true\ndefault_user = %s\ndefault_pass = %s\n' \
    "$RABBITMQ_DEFAULT_USER" "$RABBITMQ_DEFAULT_PASS" >/var/lib/rabbitmq/rabbitmq.conf
export RABBITMQ_CONFIG_FILE=/var/lib/rabbitmq/rabbitmq.conf RABBITMQ_NODENAME=rabbit@localhost
exec /usr/lib/rabbitmq/bin/rabbitmq-server
