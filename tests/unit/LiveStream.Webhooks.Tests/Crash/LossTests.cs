using System.Diagnostics;
using System.Globalization;

using LiveStream.Webhooks.Tests.Http;

using Microsoft.AspNetCore.Http;

using Xunit.Abstractions;

namespace LiveStream.Webhooks.Tests.Crash;

/// <summary>kill -9 while a receiver fails at times and is away for a while.</summary>
public sealed class LossTests(ITestOutputHelper output) : IDisposable
{
    private const int Rooms = 4, PerRoom = 50;

    private readonly string _folder = Directory.CreateTempSubdirectory("livestream-webhooks-").FullName;

    [Fact]
    public async Task Kill_WhileAReceiverFails_LosesNothingAndKeepsTheOrderOfEachRoom()
    {
        await using var receiver = await Receiver.StartAsync();
        var taken = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var (requests, duplicates, gate) = (0, 0, new Lock());
        var killAt = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        receiver.Answer = (arrival, response) =>
        {
            lock (gate)
            {
                requests++;
                // Away for a while, and failing every third time after it.
                if (requests is > 20 and < 40 || requests % 3 == 0)
                {
                    response.StatusCode = StatusCodes.Status500InternalServerError;
                    return Task.CompletedTask;
                }

                if (arrival.Type != "peer.join.success") return Task.CompletedTask;
                var room = (string)arrival.Json["data"]!["room_id"]!;
                if (!taken.TryGetValue(room, out var peers)) taken.Add(room, peers = []);
                var peer = (string)arrival.Json["data"]!["peer_id"]!;
                if (peers.Contains(peer)) duplicates++;
                else peers.Add(peer);
                var total = taken.Values.Sum(list => list.Count);
                if (total == 60) killAt.TrySetResult();
                if (total == Rooms * PerRoom) all.TrySetResult();
            }

            return Task.CompletedTask;
        };

        var rooms = new string[Rooms];
        await using (var host = await WebhooksHost.StartAsync(_folder))
        {
            await host.AddEndpointAsync(receiver.Url);
            for (var i = 0; i < Rooms; i++) rooms[i] = await host.AddRoomAsync();
        }

        using (var process = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(LossTests).Assembly.Location, _folder, string.Join(',', rooms), PerRoom.ToString(CultureInfo.InvariantCulture), .. WebhooksHost.QuickRetries])
        {
            RedirectStandardOutput = true,
        })!)
        {
            try
            {
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(180));
                while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line && line != "made")
                {
                }

                await killAt.Task.WaitAsync(limit.Token);
            }
            finally
            {
                process.Kill();
                await process.WaitForExitAsync();
            }
        }

        await using (await WebhooksHost.StartAsync(_folder, WebhooksHost.QuickRetries))
        {
            await all.Task.WaitAsync(TimeSpan.FromSeconds(180));
        }

        output.WriteLine($"{requests} requests, {Rooms * PerRoom} joins, {duplicates} duplicates");
        var expected = Enumerable.Range(0, PerRoom).Select(i => i.ToString("d6", CultureInfo.InvariantCulture)).ToArray();
        Assert.All(rooms, room => Assert.Equal(expected, taken[room]));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
