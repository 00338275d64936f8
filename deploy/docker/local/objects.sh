#!/bin/sh
# OpenStack Swift with its S3 interface in MinIO's place: the same command (server FOLDER), variables and port. Its keys have the
# form account:user.
set -eu
[ "${1:-}" = server ] && folder=${2:?}
account=${MINIO_ROOT_USER%%:*} user=${MINIO_ROOT_USER#*:}
[ "$account:$user" = "$MINIO_ROOT_USER" ] || { echo "MINIO_ROOT_USER has to be account:user"; exit 1; }
etc=/tmp/swift
mkdir -p "$etc" "$folder/d1"
cd "$etc"
printf '%s\n' '[swift-hash]' 'swift_hash_path_suffix = livestream' 'swift_hash_path_prefix = livestream' '[storage-policy:0]' 'name = Policy-0' 'default = yes' >swift.conf
SWIFT=$etc python3 - <<'PYTHON'
import os
import sys
from swift.common.ring import RingBuilder
for name, port in (('object', 6200), ('container', 6201), ('account', 6202)):
    ring = RingBuilder(4, 1, 0)
    ring.add_dev(dict(region=1, zone=1, ip='127.0.0.1', port=port, replication_ip='127.0.0.1', replication_port=port, device='d1', weight=1.0, meta=''))
    ring.rebalance()
    ring.get_ring().save(os.path.join(os.environ['SWIFT'], name + '.ring.gz'))
PYTHON
common() {
    printf '%s\n' '[DEFAULT]' "bind_ip = $1" "bind_port = $2" 'workers = 0' "user = $(id -un)" "swift_dir = $etc" 'log_udp_host = 127.0.0.1' 'log_udp_port = 9' \
        "devices = $folder" 'mount_check = false' 'disable_fallocate = true' 'fallocate_reserve = 0'
}
server() {
    common 127.0.0.1 "$2"
    printf '%s\n' '[pipeline:main]' "pipeline = $1-server" "[app:$1-server]" "use = egg:swift#$1" '[object-expirer]' '[object-auditor]' '[object-updater]'
}
server object 6200 >object-server.conf
server container 6201 >container-server.conf
server account 6202 >account-server.conf
(
    umask 077
    {
        common 0.0.0.0 9000
        printf '%s\n' '[pipeline:main]' 'pipeline = catch_errors gatekeeper healthcheck cache s3api tempauth copy slo dlo proxy-server' \
            '[app:proxy-server]' 'use = egg:swift#proxy' 'allow_account_management = true' 'account_autocreate = true' \
            '[filter:catch_errors]' 'use = egg:swift#catch_errors' '[filter:gatekeeper]' 'use = egg:swift#gatekeeper' \
            '[filter:healthcheck]' 'use = egg:swift#healthcheck' '[filter:cache]' 'use = egg:swift#memcache' 'memcache_servers = 127.0.0.1:11211' \
            '[filter:s3api]' 'use = egg:swift#s3api' 'location = us-east-1' 's3_acl = false' 'dns_compliant_bucket_names = true' \
            'check_bucket_owner = true' 'min_segment_size = 5242880' 'force_swift_request_proxy_log = false' \
            '[filter:tempauth]' 'use = egg:swift#tempauth' "user_${account}_$user = $MINIO_ROOT_PASSWORD .admin" '[filter:copy]' 'use = egg:swift#copy' \
            '[filter:slo]' 'use = egg:swift#slo' 'min_segment_size = 1' '[filter:dlo]' 'use = egg:swift#dlo'
    } >proxy-server.conf
)
memcached -l 127.0.0.1 -p 11211 -m 32 -U 0 &
for name in object container account; do "swift-$name-server" "$etc/$name-server.conf" -v & done
exec swift-proxy-server "$etc/proxy-server.conf" -v
