using System.CommandLine;

namespace LiveStream.AllInOne;

/// <summary>The command line of the program; <c>--help</c> shows it.</summary>
internal static class CommandLine
{
    /// <summary>Parses and runs; the exit code.</summary>
    public static Task<int> RunAsync(string[] args, Func<EmbeddedSettings, Task<int>> run)
    {
        var port = Port("--port", "HTTP port (8080)");
        var mediaPort = Port("--media-port", "UDP and TCP port of WebRTC media (7882)");
        var data = new Option<string?>("--data") { Description = "Folder of the database and of streams (./data)" };
        var host = new Option<string?>("--host") { Description = "IP address to serve HTTP and media on; 0.0.0.0 for every one (127.0.0.1)" };
        var publicUrl = new Option<string?>("--public-url") { Description = "Where browsers reach this server (http://localhost:PORT)" };
        var config = new Option<string?>("--config") { Description = "Settings file, JSON with comments" };

        var root = new RootCommand("LiveStream: stage, real-time viewers and HLS viewers in one process") { port, mediaPort, data, host, publicUrl, config };
        root.SetAction((parsed, _) => run(new EmbeddedSettings(
            parsed.GetValue(port), parsed.GetValue(mediaPort), parsed.GetValue(data), parsed.GetValue(host), parsed.GetValue(publicUrl), parsed.GetValue(config))));
        // The host itself listens for SIGTERM and Ctrl+C, and decides how long the end may take.
        return root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    private static Option<int?> Port(string name, string description)
    {
        var option = new Option<int?>(name) { Description = description };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && (!int.TryParse(token.Value, out var value) || value is < 1 or > 65535))
                result.AddError($"{name} must be a port number from 1 to 65535.");
        });
        return option;
    }
}
