using System.Diagnostics;

namespace LiveStream.E2E.Tests.Harness;

/// <summary>
/// Ends the programs of a run that is killed: a shell knows their process ids, and kills what is left of them as soon as this
/// process is gone, however that happens.
/// </summary>
internal static class Orphans
{
    private const string Script = """
        pids=
        while read -r sign pid; do
            case $sign in
                +) pids="$pids $pid" ;;
                -) left=; for one in $pids; do [ "$one" = "$pid" ] || left="$left $one"; done; pids=$left ;;
            esac
        done
        for one in $pids; do kill -KILL "$one" 2>/dev/null || true; done
        """;

    private static readonly Lock s_gate = new();

    private static readonly Lazy<Process> s_shell = new(() =>
        Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", Script]) { RedirectStandardInput = true }) ?? throw new InvalidOperationException("sh did not start"));

    /// <summary>The process does not outlive this one.</summary>
    public static void Add(Process process)
    {
        Tell($"+ {process.Id}");
        process.EnableRaisingEvents = true;
        var id = process.Id;
        process.Exited += (_, _) => Tell($"- {id}");
    }

    private static void Tell(string line)
    {
        lock (s_gate)
        {
            s_shell.Value.StandardInput.WriteLine(line);
            s_shell.Value.StandardInput.Flush();
        }
    }
}
