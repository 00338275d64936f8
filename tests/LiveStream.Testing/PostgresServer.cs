using System.Diagnostics;
using System.Globalization;

namespace LiveStream.Testing;

/// <summary>
/// A real PostgreSQL with a folder of its own on a free loopback port. A shell around it ends it and removes the folder as
/// soon as this process is gone, however that happens.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string User = "postgres";

    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);

    // The server runs until its standard input ends; lines before that end it in between and start it again. It refuses to run as root, so root becomes the package's own user.
    private const string Script = """
        set -eu
        bin=$1 folder=$2 port=$3; shift 3
        as=
        if [ "$(id -u)" -eq 0 ]; then chown postgres "$folder"; as="setpriv --reuid=postgres --regid=postgres --init-groups"; fi
        cd "$folder"
        $as "$bin/initdb" -A trust -U postgres --no-sync -E UTF8 --no-locale -D "$folder/data" >"$folder/log" 2>&1
        start() {
            $as "$bin/postgres" -D "$folder/data" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= "$@" >>"$folder/log" 2>&1 </dev/null &
            server=$!
        }
        start "$@"
        while read -r what; do
            case $what in
                stop) kill -INT "$server" 2>/dev/null || true; wait "$server" || true; touch "$folder/stopped" ;;
                start) rm -f "$folder/stopped"; start "$@" ;;
            esac
        done
        kill -INT "$server" 2>/dev/null || true
        wait "$server" || true
        rm -rf "$folder"
        """;

    private readonly Process _shell;
    private readonly int _port;
    private readonly string _folder;

    private PostgresServer(Process shell, int port, string folder) => (_shell, _port, _folder) = (shell, port, folder);

    /// <summary>
    /// Starts a server. <paramref name="durable"/> writes as a production server does; without it a crash of the machine, but
    /// not of the server's clients, may lose data, and tests are faster. Fails with <see cref="InvalidOperationException"/>.
    /// </summary>
    public static async Task<PostgresServer> StartAsync(bool durable, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("livestream-postgres-").FullName;
        var port = FreePort.Take();
        string[] settings = durable
            ? ["-c", "max_connections=200"]
            : ["-c", "max_connections=500", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"];
        var shell = Process.Start(new ProcessStartInfo("sh", ["-c", Script, "sh", FindPrograms(), folder, $"{port}", .. settings]) { RedirectStandardInput = true })
            ?? throw new InvalidOperationException("sh did not start");
        var server = new PostgresServer(shell, port, folder);
        try
        {
            await server.WaitAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Process id of the server; its workers are its children.</summary>
    public int ProcessId => int.Parse(File.ReadLines(Path.Combine(_folder, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    /// <summary>Runs SQL in a database. Fails with <see cref="InvalidOperationException"/>.</summary>
    public async Task ExecuteAsync(string database, string sql, CancellationToken cancellationToken)
    {
        var (status, text) = await RunAsync(
            "psql", ["-h", "127.0.0.1", "-p", $"{_port}", "-U", User, "-w", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql], cancellationToken);
        if (status != 0) throw new InvalidOperationException(text);
    }

    /// <summary>Makes an empty database; how Npgsql reaches it.</summary>
    public async Task<string> CreateDatabaseAsync(string name, CancellationToken cancellationToken)
    {
        var (status, text) = await RunAsync(
            "createdb", ["-h", "127.0.0.1", "-p", $"{_port}", "-U", User, "-w", name], cancellationToken);
        return status == 0
            ? $"Host=127.0.0.1;Port={_port};Username={User};Database={name}"
            : throw new InvalidOperationException($"createdb {name}: {text}");
    }

    /// <summary>Ends the server, and with it all connections, until <see cref="StartAgainAsync"/>.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _shell.StandardInput.WriteLineAsync("stop".AsMemory(), cancellationToken);
        await _shell.StandardInput.FlushAsync(cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_startLimit);
        while (!File.Exists(Path.Combine(_folder, "stopped"))) await Task.Delay(50, limit.Token);
    }

    /// <summary>Starts it with what it had.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken)
    {
        await _shell.StandardInput.WriteLineAsync("start".AsMemory(), cancellationToken);
        await _shell.StandardInput.FlushAsync(cancellationToken);
        await WaitAsync(cancellationToken);
    }

    /// <summary>Ends the server and removes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private static string FindPrograms()
    {
        const string Debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(Debian) ? Directory.GetDirectories(Debian) : [];
        return versions.OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin"))
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
            ?? throw new InvalidOperationException("PostgreSQL is not installed: apt-get install postgresql");
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_startLimit);
        while ((await RunAsync("pg_isready", ["-q", "-h", "127.0.0.1", "-p", $"{_port}"], limit.Token)).Status != 0)
        {
            if (_shell.HasExited) throw new InvalidOperationException($"PostgreSQL did not start:\n{ReadLog()}");
            await Task.Delay(50, limit.Token);
        }
    }

    private string ReadLog() => File.Exists(Path.Combine(_folder, "log")) ? File.ReadAllText(Path.Combine(_folder, "log")) : "";

    private static async Task<(int Status, string Text)> RunAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(FindPrograms(), program), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException($"{program} did not start");
        var text = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await text);
    }
}
