using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using LiveStream.Rooms.Tests.Databases;
using LiveStream.Rooms.Tests.Tokens;

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Xunit.Abstractions;

namespace LiveStream.Rooms.Tests.Crash;

public sealed class CrashTestsOnSqlite(ITestOutputHelper output) : CrashTests(new SqliteDatabase(), output);

public sealed class CrashTestsOnPostgres(ITestOutputHelper output) : CrashTests(new PostgresDatabase(), output);

/// <summary>kill -9 while rooms are made and their events are delivered.</summary>
public abstract class CrashTests(TestDatabase database, ITestOutputHelper output) : IDisposable
{
    private const int Requests = 1000;
    private const int KillAfter = 300;

    private readonly string _folder = Directory.CreateTempSubdirectory("livestream-rooms-").FullName;

    [Fact]
    public async Task Kill_DuringAThousandCreates_LosesNoAcknowledgedRoomAndNoEvent()
    {
        var acknowledged = await CreateUntilKilledAsync();
        var atKill = Inbox.Read(Path.Combine(_folder, "inbox")).Count;

        var host = Program.Create(_folder, database);
        await host.InitializeAsync();
        try
        {
            string[] rooms = [];
            await host.ChangeAsync(async db => rooms = await db.Rooms.Where(r => r.Name != "demo").Select(r => r.Id).ToArrayAsync());
            var inbox = host.Services.GetRequiredService<Inbox>();
            await inbox.WaitForAsync(rooms.Length);
            var handled = Inbox.Read(Path.Combine(_folder, "inbox"));
            output.WriteLine(
                $"{acknowledged.Count} of {Requests} acknowledged, {rooms.Length} rooms; {atKill} events handled at the kill, {inbox.Repeated} repeated after it");

            Assert.InRange(acknowledged.Count, KillAfter, Requests - 1);
            Assert.Empty(acknowledged.Except(rooms));
            // Each room there is told of once, and no other.
            Assert.Equal(rooms.Order(), handled.Select(line => line.RoomId).Order());
            Assert.Equal(handled.Count, handled.Select(line => line.MessageId).Distinct().Count());
            // Nothing half-written stands in the way: the service goes on.
            var (status, _) = await host.SendAsync(HttpMethod.Post, "/v2/rooms", host.ManagementToken);
            Assert.Equal(System.Net.HttpStatusCode.OK, status);
            await inbox.WaitForAsync(rooms.Length + 1);
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ids of the rooms whose creation was answered before the process was gone.</summary>
    private async Task<IReadOnlyCollection<string>> CreateUntilKilledAsync()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(CrashTests).Assembly.Location, _folder, .. await database.SettingsAsync()])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
            var line = await process.StandardOutput.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException("The process did not start.");
            var (address, key, secret) = line.Split(' ') is [var a, var k, var s] ? (a, k, s) : throw new InvalidOperationException(line);

            using var client = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(60) };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Jwt.Sign(secret, Jwt.Management(key, DateTimeOffset.UtcNow)));
            var (acknowledged, count) = (new ConcurrentQueue<string>(), 0);
            await Task.WhenAll(Enumerable.Range(0, Requests).Select(async i =>
            {
                try
                {
                    using var reply = await client.PostAsync("/v2/rooms", new StringContent($$"""{"name":"room-{{i}}"}"""), limit.Token);
                    if (!reply.IsSuccessStatusCode) return;
                    acknowledged.Enqueue((string)(await reply.Content.ReadFromJsonAsync<JsonNode>(limit.Token))!["id"]!);
                    if (Interlocked.Increment(ref count) == KillAfter) process.Kill();
                }
                catch (HttpRequestException)
                {
                    // The process is gone, and nobody knows what became of this request.
                }
            }));
            return acknowledged;
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }
}
