using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LiveStream.Testing;

/// <summary>
/// A real RabbitMQ with a folder of its own, all of it on loopback ports. It can be ended, killed and started again with what it
/// has on disk. A shell around it ends it as soon as this process is gone, however that happens.
/// </summary>
public sealed class RabbitServer : IAsyncDisposable
{
    private const string Programs = "/usr/lib/rabbitmq/bin";

    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(240), s_endLimit = TimeSpan.FromSeconds(60);

    // Runs until its standard input ends: with "kill" before the end, the broker gets no time. "freeze" and "thaw" leave it its
    // sockets and take its processor. Root becomes the package's own user.
    // Its helper epmd is started here, in the foreground: by itself it would be a daemon that outlives everybody.
    private const string Script = """
        set -eu
        folder=$1 port=$2 epmd=$3 dist=$4
        as=
        if [ "$(id -u)" -eq 0 ]; then chown -R rabbitmq "$folder"; as="setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups"; fi
        cd "$folder"
        export HOME=$folder RABBITMQ_NODENAME=test$port@localhost RABBITMQ_CONFIG_FILE=$folder/rabbitmq.conf RABBITMQ_MNESIA_BASE=$folder/mnesia \
            RABBITMQ_LOG_BASE=$folder/log RABBITMQ_ENABLED_PLUGINS_FILE=$folder/enabled_plugins RABBITMQ_CONF_ENV_FILE=$folder/env.conf \
            RABBITMQ_PID_FILE=$folder/pid RABBITMQ_DIST_PORT=$dist ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT=$epmd \
            RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none"
        rm -f pid
        epmd -address 127.0.0.1 -port "$epmd" >>"$folder/log/out" 2>&1 </dev/null &
        helper=$!
        $as PROGRAMS/rabbitmq-server >>"$folder/log/out" 2>&1 </dev/null &
        how=
        while read -r word; do
            case $word in
                freeze) kill -STOP "$(cat pid)" ;;
                thaw) kill -CONT "$(cat pid)" ;;
                *) how=$word; break ;;
            esac
            echo done
        done
        server=$(cat pid 2>/dev/null || true)
        if [ -n "$server" ]; then
            kill -CONT "$server" 2>/dev/null || true
            if [ "$how" = kill ]; then kill -KILL "$server" 2>/dev/null || true; else kill -TERM "$server" 2>/dev/null || true; fi
            i=0
            while kill -0 "$server" 2>/dev/null && [ $i -lt 300 ]; do sleep 0.1; i=$((i + 1)); done
            kill -KILL "$server" 2>/dev/null || true
        fi
        kill "$helper" 2>/dev/null || true
        wait || true
        [ -e keep ] || rm -rf "$folder"
        """;

    private readonly string _folder;
    private readonly int _epmd, _dist;
    private Process? _shell;

    private RabbitServer(string folder, int[] ports) => (_folder, Port, _epmd, _dist) = (folder, ports[0], ports[1], ports[2]);

    /// <summary>AMQP port on 127.0.0.1; user and password are <c>guest</c>.</summary>
    public int Port { get; }

    /// <summary>Settings of a service that uses it.</summary>
    public string[] Settings => ["--Bus:Transport=RabbitMq", "--Bus:Host=127.0.0.1", $"--Bus:Port={Port}"];

    /// <summary>Starts a broker. Fails with <see cref="InvalidOperationException"/>.</summary>
    public static async Task<RabbitServer> StartAsync(CancellationToken cancellationToken)
    {
        var server = await PrepareAsync();
        try
        {
            await server.StartAgainAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A broker that <see cref="StartAgainAsync"/> starts for the first time.</summary>
    public static async Task<RabbitServer> PrepareAsync()
    {
        if (!File.Exists(Path.Combine(Programs, "rabbitmq-server"))) throw new InvalidOperationException("RabbitMQ is not installed: apt-get install rabbitmq-server");
        var server = new RabbitServer(Directory.CreateTempSubdirectory("livestream-rabbit-").FullName, FreePort.Take(3));
        await server.WriteFilesAsync();
        return server;
    }

    /// <summary>Starts it, with what it had when it ended.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        File.Delete(Path.Combine(_folder, "keep"));
        string[] arguments = ["-c", Script.Replace("PROGRAMS", Programs, StringComparison.Ordinal), "sh", _folder, $"{Port}", $"{_epmd}", $"{_dist}"];
        _shell = Process.Start(new ProcessStartInfo("sh", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true }) ?? throw new InvalidOperationException("sh did not start");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_startLimit);
        try
        {
            while (!await ListensAsync(limit.Token))
            {
                if (_shell.HasExited) throw new InvalidOperationException($"RabbitMQ did not start:\n{ReadLog()}");
                await Task.Delay(100, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"RabbitMQ did not start within {s_startLimit}:\n{ReadLog()}");
        }
    }

    /// <summary>Ends it cleanly.</summary>
    public Task StopAsync() => EndAsync("stop", keep: true);

    /// <summary>Ends it by kill -9.</summary>
    public Task KillAsync() => EndAsync("kill", keep: true);

    /// <summary>Takes its processor: it says nothing more, and its connections stay.</summary>
    public Task FreezeAsync() => TellAsync("freeze");

    /// <summary>Lets it go on after <see cref="FreezeAsync"/>.</summary>
    public Task ThawAsync() => TellAsync("thaw");

    /// <summary>Ends it, and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_shell is not null) await EndAsync("kill", keep: false);
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private async Task TellAsync(string word)
    {
        if (_shell is null) throw new InvalidOperationException("it does not run");
        await _shell.StandardInput.WriteLineAsync(word);
        if (await _shell.StandardOutput.ReadLineAsync().WaitAsync(s_endLimit) != "done") throw new InvalidOperationException($"RabbitMQ has ended:\n{ReadLog()}");
    }

    private async Task EndAsync(string how, bool keep)
    {
        if (_shell is null) return;
        if (keep) await File.WriteAllTextAsync(Path.Combine(_folder, "keep"), "");
        await _shell.StandardInput.WriteLineAsync(how);
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync().WaitAsync(s_endLimit);
        _shell.Dispose();
        _shell = null;
    }

    private async Task WriteFilesAsync()
    {
        foreach (var name in new[] { "mnesia", "log" }) Directory.CreateDirectory(Path.Combine(_folder, name));
        await File.WriteAllTextAsync(Path.Combine(_folder, "rabbitmq.conf"), string.Create(CultureInfo.InvariantCulture, $"""
            listeners.tcp.1 = 127.0.0.1:{Port}
            loopback_users.guest = true
            log.console = false
            log.file = {_folder}/log/rabbit.log
            log.file.level = info
            vm_memory_high_watermark.relative = 0.2
            disk_free_limit.absolute = 200MB

            """));
        await File.WriteAllTextAsync(Path.Combine(_folder, "enabled_plugins"), "[].\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, "env.conf"), "");
    }

    private async Task<bool> ListensAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private string ReadLog() => string.Join('\n', new[] { "out", "rabbit.log" }.Select(name => Path.Combine(_folder, "log", name)).Where(File.Exists).Select(File.ReadAllText));
}
