namespace LiveStream.Testing;

/// <summary>How <see cref="S3Server"/> starts its five processes.</summary>
internal static class S3ServerScript
{
    /// <summary>Arguments: the folder, then ports of proxy, object, container, account and cache. It runs until its standard input ends.</summary>
    public const string Text = """
        set -eu
        folder=$1 proxy=$2 object=$3 container=$4 account=$5 cache=$6 user=$(id -un)
        mkdir -p "$folder/etc" "$folder/srv/d1"
        cd "$folder/etc"
        printf '%s\n' '[swift-hash]' 'swift_hash_path_suffix = s' 'swift_hash_path_prefix = p' '[storage-policy:0]' 'name = Policy-0' 'default = yes' >swift.conf
        /usr/bin/python3 - "$object" "$container" "$account" <<'PYTHON' >>"$folder/log" 2>&1
        import sys
        from swift.common.ring import RingBuilder
        for name, port in zip(('object', 'container', 'account'), map(int, sys.argv[1:])):
            ring = RingBuilder(4, 1, 0)
            ring.add_dev(dict(region=1, zone=1, ip='127.0.0.1', port=port, replication_ip='127.0.0.1', replication_port=port, device='d1', weight=1.0, meta=''))
            ring.rebalance()
            ring.get_ring().save(name + '.ring.gz')
        PYTHON
        common() { printf '%s\n' '[DEFAULT]' 'bind_ip = 127.0.0.1' "bind_port = $1" 'workers = 0' "user = $user" "swift_dir = $folder/etc" 'log_facility =' "devices = $folder/srv" 'mount_check = false' 'disable_fallocate = true' 'fallocate_reserve = 0'; }
        server() { common "$2"; printf '%s\n' '[pipeline:main]' "pipeline = $1-server" "[app:$1-server]" "use = egg:swift#$1" '[object-expirer]' '[object-auditor]' '[object-updater]'; }
        server object "$object" >object-server.conf
        server container "$container" >container-server.conf
        server account "$account" >account-server.conf
        {
            common "$proxy"
            printf '%s\n' '[pipeline:main]' 'pipeline = catch_errors gatekeeper healthcheck cache s3api tempauth copy slo dlo proxy-server' \
                '[app:proxy-server]' 'use = egg:swift#proxy' 'allow_account_management = true' 'account_autocreate = true' \
                '[filter:catch_errors]' 'use = egg:swift#catch_errors' '[filter:gatekeeper]' 'use = egg:swift#gatekeeper' \
                '[filter:healthcheck]' 'use = egg:swift#healthcheck' '[filter:cache]' 'use = egg:swift#memcache' "memcache_servers = 127.0.0.1:$cache" \
                '[filter:s3api]' 'use = egg:swift#s3api' 'location = us-east-1' 's3_acl = false' 'dns_compliant_bucket_names = true' \
                'check_bucket_owner = true' 'min_segment_size = 5242880' 'force_swift_request_proxy_log = false' \
                '[filter:tempauth]' 'use = egg:swift#tempauth' 'user_test_tester = testing .admin' '[filter:copy]' 'use = egg:swift#copy' \
                '[filter:slo]' 'use = egg:swift#slo' 'min_segment_size = 1' '[filter:dlo]' 'use = egg:swift#dlo'
        } >proxy-server.conf
        as=; [ "$user" = root ] && as='-u nobody'
        pids=
        memcached -l 127.0.0.1 -p "$cache" -m 32 -U 0 $as >>"$folder/log" 2>&1 </dev/null & pids="$pids $!"
        for name in object container account proxy; do
            /usr/bin/python3 "/usr/bin/swift-$name-server" "$folder/etc/$name-server.conf" -v >>"$folder/log" 2>&1 </dev/null & pids="$pids $!"
        done
        cat >/dev/null
        kill $pids 2>/dev/null || true
        wait || true
        rm -rf "$folder"
        """;
}
