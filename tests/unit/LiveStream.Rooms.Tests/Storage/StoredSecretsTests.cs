using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

using LiveStream.Contracts.Rooms;
using LiveStream.Contracts.Rooms.V1;
using LiveStream.Rooms.Storage;
using LiveStream.Rooms.Tests.Databases;
using LiveStream.Rooms.Tests.Http;
using LiveStream.Storage.Sealing;

using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace LiveStream.Rooms.Tests.Storage;

public sealed class StoredSecretsTestsOnSqlite() : StoredSecretsTests(new SqliteDatabase());

public sealed class StoredSecretsTestsOnPostgres() : StoredSecretsTests(new PostgresDatabase());

public abstract class StoredSecretsTests(TestDatabase database) : IDisposable
{
    private const string Header = "plain-header", RoomSecret = "plain-room-secret", TemplateSecret = "plain-template-secret";

    private const string Webhook = $$$"""{"url":"https://hooks.example.test/h","headers":{"x-key":"{{{Header}}}"}}""";

    private const string Recording =
        $$$"""{"enabled":true,"upload_info":{"type":"s3","location":"b","prefix":"","region":null,"key":"K","secret":"{{{RoomSecret}}}"} }""";

    private readonly string _folder = Directory.CreateTempSubdirectory("livestream-rooms-").FullName;

    [Fact]
    public async Task Secrets_OfEveryKind_AreNotReadableInTheTablesAndServeAsBefore()
    {
        await using var run = await RunAsync();
        await MakeAsync(run.Host);

        await AssertSealedAsync(run.Host, run.Host.Workspace.Secret);
        await AssertServedAsync(run.Host);
        Assert.True(File.Exists(Path.Combine(_folder, "rooms.key")));
    }

    [Fact]
    public async Task Start_OnADatabaseThatHasThemReadable_SealsThem()
    {
        string secret;
        byte[] links;
        await using (var run = await RunAsync())
        {
            await MakeAsync(run.Host);
            secret = run.Host.Workspace.Secret;
            links = await UnsealAsync(run.Host);
        }

        File.Delete(Path.Combine(_folder, "rooms.key"));
        await using var upgraded = await RunAsync();
        await AssertSealedAsync(upgraded.Host, secret);
        await AssertServedAsync(upgraded.Host);
        Assert.Equal(secret, upgraded.Host.Workspace.Secret);
        await upgraded.Host.ChangeAsync(async db => Assert.Equal(links, upgraded.Host.Seal.Open((await ServerSecretAsync(db)).SealedSecret, "server_secrets/test")));
    }

    [Fact]
    public async Task Start_WithoutTheKeyOrWithAnother_IsRefusedUntilItIsBack()
    {
        var path = Path.Combine(_folder, "rooms.key");
        await using (var run = await RunAsync()) await MakeAsync(run.Host);
        var key = await File.ReadAllTextAsync(path);

        File.Delete(path);
        Assert.Contains("put", (await Assert.ThrowsAsync<SealingException>(() => RunAsync())).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
        var other = Convert.ToBase64String(RandomNumberGenerator.GetBytes(SealingKey.Length));
        Assert.Contains("another key", (await Assert.ThrowsAsync<SealingException>(() => RunAsync(other))).Message, StringComparison.Ordinal);

        await using var back = await RunAsync(key.Trim());
        await AssertServedAsync(back.Host);
    }

    [Fact]
    public async Task Start_WithANewKeyBesideTheOldOne_SealsEverythingAnew()
    {
        var path = Path.Combine(_folder, "rooms.key");
        string before, secret;
        await using (var run = await RunAsync())
        {
            await MakeAsync(run.Host);
            await run.Host.ChangeAsync(db => db.Database.ExecuteSqlAsync(
                $"INSERT INTO server_secrets (name, sealed_secret, created_at) VALUES ('test', {run.Host.Seal.Seal("links"u8, "server_secrets/test")}, 0)"));
            (before, secret) = (await DumpAsync(run.Host), run.Host.Workspace.Secret);
        }

        var old = (await File.ReadAllTextAsync(path)).Trim();
        File.Delete(path);
        await using (var both = await RunAsync("", old))
        {
            await AssertSealedAsync(both.Host, secret);
            await AssertServedAsync(both.Host);
        }

        // The old key is not needed any more, and nothing that it sealed is left.
        await using var alone = await RunAsync();
        await AssertServedAsync(alone.Host);
        Assert.Equal(secret, alone.Host.Workspace.Secret);
        await alone.Host.ChangeAsync(async db => Assert.Equal("links"u8.ToArray(), alone.Host.Seal.Open((await ServerSecretAsync(db)).SealedSecret, "server_secrets/test")));
        var after = await DumpAsync(alone.Host);
        // In JSON a plus is written as an escape.
        var boxes = System.Text.RegularExpressions.Regex.Matches(before, @"sealed:[A-Za-z0-9+/=\\]+").Select(match => match.Value).ToArray();
        Assert.True(boxes.Length >= 4, before);
        foreach (var box in boxes) Assert.DoesNotContain(box, after, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SealingException>(() => RunAsync(old));
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private static async Task MakeAsync(RoomsHost host)
    {
        var sent = JsonNode.Parse(Recording)!;
        sent["upload_info"] = JsonNode.Parse($$$"""{"type":"s3","location":"b","credentials":{"key":"K","secret":"{{{RoomSecret}}}"} }""");
        await OkAsync(host, "/v2/rooms", $$"""{"name":"sealed","webhook":{{Webhook}},"recording_info":{{sent.ToJsonString()}} }""");
        await OkAsync(host, "/v2/rooms", """{"name":"without"}""");
        await OkAsync(host, "/v2/templates", $$$"""
            {"name":"sealed","roles":{"host":{"publishParams":{"allowed":["audio"]} } },"settings":{"recording":{"enabled":true,"upload":
             {"type":"s3","location":"b","prefix":"p","credentials":{"key":"K","secretKey":"{{{TemplateSecret}}}"} } } } }
            """);
    }

    private static async Task OkAsync(RoomsHost host, string path, string body)
    {
        var reply = await host.SendAsync(HttpMethod.Post, path, host.ManagementToken, body);
        Assert.True(reply.Status == HttpStatusCode.OK, reply.Body.ToJsonString());
    }

    // What people and other services see.
    private static async Task AssertServedAsync(RoomsHost host)
    {
        var rooms = (await host.SendAsync(HttpMethod.Get, "/v2/rooms?name=sealed", host.ManagementToken)).Body["data"]!.AsArray();
        var room = Assert.Single(rooms)!;
        Assert.Equal(Webhook, room["webhook"]!.ToJsonString());
        var read = await host.SendAsync(HttpMethod.Get, $"/v2/rooms/{room["id"]}", host.ManagementToken);
        Assert.Equal(Webhook, read.Body["webhook"]!.ToJsonString());
        var told = await host.Services.GetRequiredService<IWorkspaces>().DescribeRoomAsync(
            new DescribeRoomRequest { RoomId = (string)room["id"]!, CustomerId = host.Workspace.CustomerId }, CancellationToken.None);
        Assert.Equal(Header, told.Webhook.Headers["x-key"]);

        await host.ChangeAsync(async db =>
        {
            var row = await db.Rooms.SingleAsync(r => r.Name == "sealed");
            Assert.Equal(RoomSecret, host.Seal.OpenText(row.Recording!.UploadInfo!.Secret!, $"rooms.recording/{row.Id}"));
            var template = await db.Templates.SingleAsync(t => t.Name == "sealed");
            Assert.Equal(TemplateSecret, host.Seal.OpenText(template.Document.Settings.Recording!.Upload!.Credentials!.SecretKey, $"templates/{template.Id}"));
        });
    }

    private static async Task AssertSealedAsync(RoomsHost host, string workspaceSecret)
    {
        var tables = await DumpAsync(host);
        // The dump has what is not secret.
        Assert.Contains("https://hooks.example.test/h", tables, StringComparison.Ordinal);
        foreach (var plain in new[] { Header, RoomSecret, TemplateSecret, workspaceSecret }) Assert.DoesNotContain(plain, tables, StringComparison.Ordinal);
    }

    private static async Task<string> DumpAsync(RoomsHost host)
    {
        var text = new StringBuilder();
        await host.ChangeAsync(async db =>
        {
            await db.Database.OpenConnectionAsync();
            foreach (var table in db.Model.GetEntityTypes().Select(entity => entity.GetTableName()))
            {
                await using var command = db.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // Names out of the model.
                command.CommandText = $"SELECT * FROM {table}";
#pragma warning restore CA2100
                await using var reader = await command.ExecuteReaderAsync();
                while (await reader.ReadAsync())
                {
                    for (var column = 0; column < reader.FieldCount; column++)
                        text.Append(reader.GetValue(column) is byte[] bytes ? Encoding.Latin1.GetString(bytes) : reader.GetValue(column).ToString()).Append('\n');
                }
            }
        });
        return text.ToString();
    }

    // As earlier versions kept them.
    private static async Task<byte[]> UnsealAsync(RoomsHost host)
    {
        var links = RandomNumberGenerator.GetBytes(32);
        var secret = host.Workspace.Secret;
        await host.ChangeAsync(async db =>
        {
            var template = await db.Templates.AsNoTracking().SingleAsync(t => t.Name == "sealed");
            var sealedKey = template.Document.Settings.Recording!.Upload!.Credentials!.SecretKey;
            await db.Database.ExecuteSqlAsync($"UPDATE workspace_keys SET sealed_secret = {secret}");
            await db.Database.ExecuteSqlAsync($"UPDATE rooms SET webhook = {Webhook}, recording = {Recording} WHERE name = 'sealed'");
            var document = JsonNode.Parse(await db.Database.SqlQuery<string>($"SELECT document AS \"Value\" FROM templates WHERE name = 'sealed'").SingleAsync())!;
            Assert.Equal(sealedKey, (string?)document["settings"]!["recording"]!["upload"]!["credentials"]!["secretKey"]);
            document["settings"]!["recording"]!["upload"]!["credentials"]!["secretKey"] = TemplateSecret;
            await db.Database.ExecuteSqlAsync($"UPDATE templates SET document = {document.ToJsonString()} WHERE name = 'sealed'");
            await db.Database.ExecuteSqlAsync($"INSERT INTO server_secrets (name, sealed_secret, created_at) VALUES ('test', {links}, 0)");
        });
        var tables = await DumpAsync(host);
        foreach (var plain in new[] { Header, RoomSecret, TemplateSecret, secret }) Assert.Contains(plain, tables, StringComparison.Ordinal);
        return links;
    }

    private static Task<LiveStream.Rooms.Storage.Mappings.ServerSecret> ServerSecretAsync(RoomsDbContext db) =>
        db.Set<LiveStream.Rooms.Storage.Mappings.ServerSecret>().SingleAsync(s => s.Name == "test");

    private async Task<Running> RunAsync(string key = "", string? old = null)
    {
        var host = new RoomsHost(database, _folder) { Settings = [$"--Rooms:SealingKey={key}", .. old is null ? [] : new[] { $"--Rooms:OldSealingKeys:0={old}" }] };
        await host.InitializeAsync();
        return new Running(host);
    }

    private sealed record Running(RoomsHost Host) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Host.DisposeAsync();
    }
}
