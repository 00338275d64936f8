using LiveStream.Contracts.Events.V1;
using LiveStream.Hosting.Bus;
using LiveStream.Rooms.Setup;
using LiveStream.Rooms.Tests.Databases;
using LiveStream.Rooms.Tests.Http;

using Microsoft.Extensions.DependencyInjection;

namespace LiveStream.Rooms.Tests.Crash;

/// <summary>
/// The rooms service with a durable consumer, as a process of its own: <c>dotnet LiveStream.Rooms.Tests.dll FOLDER [SETTING...]</c>.
/// Prints its address, its access key and its secret, and runs until it is killed.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        var host = Create(args[0], new GivenDatabase(args[1..]));
        await host.InitializeAsync();
        var workspace = host.Services.GetRequiredService<EmbeddedWorkspace>().Current;
        await Console.Out.WriteLineAsync($"{host.Client.BaseAddress} {workspace.AccessKey} {workspace.Secret}");
        // Ends with the test that started it, whatever happens to that one.
        await Console.In.ReadToEndAsync();
        return 0;
    }

    /// <summary>The same host in the test's own process.</summary>
    public static RoomsHost Create(string folder, TestDatabase database) => new(database, folder)
    {
        Settings = ["--Events:PollInterval=00:00:00.100", "--Events:BatchSize=20"],
        Configure = builder =>
        {
            builder.Services.AddSingleton(_ => new Inbox(Path.Combine(folder, "inbox")));
            builder.Services.AddEventSubscriber("inbox").Handle<RoomCreated>(services => services.GetRequiredService<Inbox>());
        },
    };

    private sealed class GivenDatabase(string[] settings) : TestDatabase
    {
        internal override Task<string[]> SettingsAsync() => Task.FromResult(settings);
    }
}
