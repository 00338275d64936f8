using System.Globalization;

using LiveStream.Webhooks.Tests.Http;

namespace LiveStream.Webhooks.Tests.Crash;

/// <summary>The process that <see cref="LossTests"/> kills: rooms and webhooks with an endpoint, making events until it is gone.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        var (folder, rooms, perRoom) = (args[0], args[1].Split(','), int.Parse(args[2], CultureInfo.InvariantCulture));
        await using var host = await WebhooksHost.StartAsync(folder, args[3..]);
        foreach (var room in rooms)
        {
            var session = await host.OpenAsync(room);
            await Console.Out.WriteLineAsync($"opened {room}");
            for (var i = 0; i < perRoom; i++) await host.JoinAsync(session, $"{i:d6}");
        }

        await Console.Out.WriteLineAsync("made");
        await Task.Delay(Timeout.Infinite);
        return 0;
    }
}
