using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

using LiveStream.Rooms.Tests.Databases;
using LiveStream.Rooms.Tests.Templates;
using LiveStream.Rooms.Tests.Tokens;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Tests.Http;

public sealed class TemplateEndpointTestsOnSqlite(RoomsHost host) : TemplateEndpointTests(host), IClassFixture<RoomsHost>;

public sealed class TemplateEndpointTestsOnPostgres(PostgresRoomsHost host) : TemplateEndpointTests(host), IClassFixture<PostgresRoomsHost>;

/// <summary>Templates as a whole, and their roles.</summary>
public abstract class TemplateEndpointTests(RoomsHost host) : TemplateCalls(host)
{
    private static readonly string s_whole =
        "\"roles\":" + TemplateSamples.Roles + ",\"settings\":" + TemplateSamples.Settings
        + ",\"destinations\":" + TemplateSamples.Destinations + ",\"plugins\":" + TemplateSamples.Plugins;

    [Fact]
    public async Task Create_WholeDocument_IsReadBackWithEveryFieldAndTheTwins()
    {
        var name = NewName();
        var created = await PostOkAsync("/v2/templates", Named(name, s_whole));

        var sent = JsonNode.Parse("{" + s_whole + "}")!;
        sent["settings"]!["recording"]!["upload"]!["credentials"]!["secretKey"] = "********";
        TemplateSamples.AssertContains(sent, created);
        Assert.Equal(name, (string?)created["name"]);
        Assert.Matches("^[0-9a-f]{24}$", (string)created["id"]!);
        Assert.Equal((string?)created["id"], (string?)created["_id"]);
        Assert.Equal(Host.Workspace.CustomerId, (string?)created["customerId"]);
        Assert.Equal(Host.Workspace.CustomerId, (string?)created["customer"]);
        Assert.Equal(Host.Workspace.AppId, (string?)created["appId"]);
        Assert.False((bool)created["default"]!);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", (string)created["createdAt"]!);
        var read = await GetOkAsync($"/v2/templates/{created["id"]}");
        Assert.True(JsonNode.DeepEquals(created, read), read.ToJsonString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{}")]
    public async Task Create_Nothing_GetsAGeneratedName(string? body)
    {
        var created = await PostOkAsync("/v2/templates", body);

        Assert.Equal($"template-{created["id"]}", (string?)created["name"]);
        Assert.Empty(created["roles"]!.AsObject());
        Assert.Equal("auto", (string?)created["settings"]!["region"]);
        Assert.True(created["settings"]!.AsObject().ContainsKey("recording"));
        Assert.Empty(created["settings"]!["retry"]!.AsObject());
        Assert.Empty(created["plugins"]!.AsObject());
    }

    [Fact]
    public async Task Create_PartialRole_RepliesWithDefaultsAndTheStreamingRights()
    {
        var host1 = (await PostOkAsync("/v2/templates", """{"roles":{"host":{}}}"""))["roles"]!["host"]!;

        Assert.Equal("host", (string?)host1["name"]);
        Assert.False(host1["publishParams"]!.AsObject().ContainsKey("allowed"));
        Assert.Equal(256, (int)host1["publishParams"]!["video"]!["bitRate"]!);
        foreach (var right in new[] { "hlsStreaming", "rtmpStreaming", "browserRecording" }) Assert.True((bool)host1["permissions"]![right]!);
    }

    [Fact]
    public async Task Create_SameName_OverwritesUnderTheSameId()
    {
        var name = NewName();
        var first = await PostOkAsync("/v2/templates", Named(name, s_whole));
        await PostOkAsync($"/v2/templates/{first["id"]}/recordings", TemplateSamples.Recordings);

        var second = await PostOkAsync("/v2/templates", Named(name, "\"roles\":{\"solo\":{}}"));

        Assert.Equal((string?)first["id"], (string?)second["id"]);
        Assert.Equal((string?)first["createdAt"], (string?)second["createdAt"]);
        Assert.Equal(["solo"], second["roles"]!.AsObject().Select(role => role.Key));
        Assert.Null(second["settings"]!["recording"]);
        Assert.Single((await GetOkAsync($"/v2/templates/{first["id"]}/recordings")).AsArray());
    }

    [Fact]
    public async Task Create_OneNameFiftyTimesAtOnce_MakesOneTemplate()
    {
        var name = NewName();

        var replies = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => SendAsync(HttpMethod.Post, "/v2/templates", Named(name, $"\"roles\":{{\"r{i}\":{{}}}}"))));

        Assert.All(replies, reply => Assert.Equal(HttpStatusCode.OK, reply.Status));
        Assert.Single(replies.Select(reply => (string?)reply.Body["id"]).Distinct());
        await Host.ChangeAsync(async db => Assert.Equal(1, await db.Templates.CountAsync(t => t.Name == name)));
    }

    [Fact]
    public async Task SetRole_ThirtyRolesAtOnce_LosesNone()
    {
        var id = await NewTemplateAsync("""{"roles":{}}""");

        var replies = await Task.WhenAll(Enumerable.Range(0, 30).Select(i => SendAsync(HttpMethod.Post, $"/v2/templates/{id}/roles/r{i}", null)));

        Assert.All(replies, reply => Assert.Equal(HttpStatusCode.OK, reply.Status));
        Assert.Equal(30, (await GetOkAsync($"/v2/templates/{id}"))["roles"]!.AsObject().Count);
    }

    [Fact]
    public async Task Replace_IsTheWholeObject_AndKeepsTheNameThatIsLeftOut()
    {
        var name = NewName();
        var id = (string)(await PostOkAsync("/v2/templates", Named(name, s_whole)))["id"]!;

        var replaced = await PostOkAsync($"/v2/templates/{id}", """{"roles":{"a":{}},"settings":{"region":"in"}}""");

        Assert.Equal((name, "in"), ((string)replaced["name"]!, (string)replaced["settings"]!["region"]!));
        Assert.Equal(["a"], replaced["roles"]!.AsObject().Select(role => role.Key));
        Assert.Empty(replaced["destinations"]!["hlsDestinations"]!.AsObject());
        // A room tells its template's name, also right after that changed.
        Assert.Equal(name, (string?)(await PostOkAsync("/v2/rooms", $$"""{"template_id":"{{id}}"}"""))["template"]);
        var renamed = await PostOkAsync($"/v2/templates/{id}", Named(name + "-2", "\"roles\":{},\"settings\":{}"));
        Assert.Equal(name + "-2", (string?)renamed["name"]);
        Assert.Equal(name + "-2", (string?)(await PostOkAsync("/v2/rooms", $$"""{"template_id":"{{id}}"}"""))["template"]);
    }

    [Fact]
    public async Task Replace_ByWhatAReadShowed_ChangesNothingButTheTime()
    {
        var shown = await PostOkAsync("/v2/templates", Named(NewName(), s_whole));

        var replaced = await PostOkAsync($"/v2/templates/{shown["id"]}", shown.ToJsonString());
        var overwritten = await PostOkAsync("/v2/templates", replaced.ToJsonString());

        foreach (var reply in new[] { replaced, overwritten }) reply["updatedAt"] = (string?)shown["updatedAt"];
        Assert.True(JsonNode.DeepEquals(shown, replaced), replaced.ToJsonString());
        Assert.True(JsonNode.DeepEquals(shown, overwritten), overwritten.ToJsonString());
        await Host.ChangeAsync(async db => Assert.Equal(
            "SK1", SecretOf(await db.Templates.AsNoTracking().SingleAsync(t => t.Id == (string)shown["id"]!))));
    }

    [Fact]
    public async Task Replace_NameOfAnotherTemplate_IsAnOverwriteError()
    {
        var taken = NewName();
        await NewTemplateAsync($$"""{"name":"{{taken}}"}""");
        var id = await NewTemplateAsync("{}");

        RoomsHost.AssertError(
            await SendAsync(HttpMethod.Post, $"/v2/templates/{id}", Named(taken, "\"roles\":{},\"settings\":{}")), HttpStatusCode.Conflict, "overwrite error");
    }

    [Fact]
    public async Task Replace_WithoutRolesAndSettings_NamesBothAndChangesNothing()
    {
        var id = await NewTemplateAsync("""{"roles":{"a":{}}}""");

        var reply = await SendAsync(HttpMethod.Post, $"/v2/templates/{id}", """{"name":"other"}""");

        AssertInvalid(reply, "roles: is required", "settings: is required");
        Assert.Single((await GetOkAsync($"/v2/templates/{id}"))["roles"]!.AsObject());
    }

    [Fact]
    public async Task Role_MadeReadChangedRenamedDeleted_AsDocumented()
    {
        var id = await NewTemplateAsync("""{"roles":{"audience":{"subscribeParams":{"subscribeToRoles":["anchor"]}}}}""");
        var sample = JsonNode.Parse(TemplateSamples.Roles)!["anchor"]!;

        var made = await PostOkAsync($"/v2/templates/{id}/roles/anchor", sample.ToJsonString());
        TemplateSamples.AssertContains(sample, made);
        Assert.True(JsonNode.DeepEquals(made, await GetOkAsync($"/v2/templates/{id}/roles/anchor")));
        var changed = await PostOkAsync($"/v2/templates/{id}/roles/anchor", """{"priority":4}""");
        Assert.Equal((4, 900), ((int)changed["priority"]!, (int)changed["publishParams"]!["video"]!["bitRate"]!));
        var renamed = await PostOkAsync($"/v2/templates/{id}/roles/anchor", """{"name":"main host"}""");
        Assert.Equal(("main host", 4), ((string)renamed["name"]!, (int)renamed["priority"]!));
        RoomsHost.AssertError(await SendAsync(HttpMethod.Get, $"/v2/templates/{id}/roles/anchor", null), HttpStatusCode.NotFound, "role not found");
        Assert.Equal(
            "main host", (string?)(await GetOkAsync($"/v2/templates/{id}/roles/audience"))["subscribeParams"]!["subscribeToRoles"]![0]);

        Assert.Equal((HttpStatusCode.NoContent, ""), await DeleteAsync($"/v2/templates/{id}/roles/main%20host"));
        Assert.Equal(HttpStatusCode.NotFound, (await DeleteAsync($"/v2/templates/{id}/roles/main%20host")).Status);
    }

    [Fact]
    public async Task SetRole_NameOfAnotherRole_IsAnOverwriteErrorAndChangesNothing()
    {
        var id = await NewTemplateAsync("""{"roles":{"a":{"priority":2},"b":{"priority":3}}}""");

        RoomsHost.AssertError(
            await SendAsync(HttpMethod.Post, $"/v2/templates/{id}/roles/a", """{"name":"b"}"""), HttpStatusCode.Conflict, "overwrite error");

        Assert.Equal(2, (int)(await GetOkAsync($"/v2/templates/{id}/roles/a"))["priority"]!);
        Assert.Equal(3, (int)(await GetOkAsync($"/v2/templates/{id}/roles/b"))["priority"]!);
    }

    [Theory]
    [InlineData("{", "body: must be JSON of at most 32 levels without repeated fields")]
    [InlineData("[]", "body: must be an object")]
    [InlineData("null", "body: must be an object")]
    [InlineData("{\"roles\":{\"host\":{\"publishParams\":{\"video\":{\"bitRate\":9}}}}}", "roles.host.publishParams.video.bitRate: must be 30 to 2000")]
    [InlineData("{\"name\":\"'; DROP TABLE templates; --\"}", "name: must be 1 to 100 of a-z A-Z 0-9 space - . _ : and not begin or end with a space")]
    [InlineData("{\"name\":\"\\ud800\"}", "name: must be valid text")]
    [InlineData("{\"name\":7}", "name: must be a string")]
    public async Task Create_WrongBody_IsRefusedByField(string body, string error) =>
        AssertInvalid(await SendAsync(HttpMethod.Post, "/v2/templates", body), error);

    [Fact]
    public async Task Create_BodyAboveTheLimit_IsTooLarge() => Assert.Equal(
        HttpStatusCode.RequestEntityTooLarge, (await SendAsync(HttpMethod.Post, "/v2/templates", $$"""{"name":"{{new string('n', 300_000)}}"}""")).Status);

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "")]
    [InlineData("GET", "/roles/host")]
    [InlineData("POST", "/roles/host")]
    [InlineData("GET", "/settings")]
    [InlineData("POST", "/settings")]
    [InlineData("GET", "/destinations")]
    [InlineData("POST", "/destinations")]
    [InlineData("GET", "/recordings")]
    [InlineData("POST", "/recordings")]
    public async Task AnyCall_TemplateOfAnotherWorkspaceOrOfNoForm_IsNotFound(string method, string part)
    {
        var id = await NewTemplateAsync("""{"roles":{"host":{}}}""");
        var other = await Host.AddWorkspaceAsync();
        var token = Jwt.Sign(other.Secret, Jwt.Management(other.AccessKey, DateTimeOffset.UtcNow));
        var body = method == "GET" ? null : part == "/recordings" ? "[]" : """{"roles":{},"settings":{}}""";

        RoomsHost.AssertError(
            await Host.SendAsync(new HttpMethod(method), $"/v2/templates/{id}{part}", token, body), HttpStatusCode.NotFound, "template not found");
        foreach (var wrong in new[] { "65f0a1b2c3d4e5f60718293a", "%27%3B%20DROP", new string('a', 500) })
            RoomsHost.AssertError(await SendAsync(new HttpMethod(method), $"/v2/templates/{wrong}{part}", body), HttpStatusCode.NotFound, "template not found");
    }

    [Fact]
    public async Task SetRole_NameThatIsNone_IsRefused()
    {
        var id = await NewTemplateAsync("{}");

        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Post, $"/v2/templates/{id}/roles/%2Fetc", "{}")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Post, $"/v2/templates/{id}/roles/%C3%A4", "{}")).Status);
        AssertInvalid(await SendAsync(HttpMethod.Post, $"/v2/templates/{id}/roles/__internal_recorder", "{}"), "role_name: is reserved");
    }

    [Fact]
    public async Task AnyCall_WithoutManagementToken_IsUnauthorized()
    {
        var (status, body) = await Host.SendAsync(HttpMethod.Get, "/v2/templates/65f0a1b2c3d4e5f60718293a", Host.AuthToken("broadcaster"));

        Assert.Equal((HttpStatusCode.Unauthorized, "Token validation error"), (status, (string?)body["message"]));
        Assert.Equal(HttpStatusCode.Unauthorized, (await Host.SendAsync(HttpMethod.Post, "/v2/templates", null, "{}")).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await SendAsync(HttpMethod.Put, "/v2/templates", "{}")).Status);
    }

    [Fact]
    public async Task List_PagesNewestFirstWhileTemplatesAreAdded_LosesNone()
    {
        var other = await Host.AddWorkspaceAsync();
        var token = Jwt.Sign(other.Secret, Jwt.Management(other.AccessKey, DateTimeOffset.UtcNow));
        var made = new List<string>();
        for (var i = 0; i < 13; i++) made.Add((string)(await Host.SendAsync(HttpMethod.Post, "/v2/templates", token, "{}")).Body["id"]!);

        var first = (await Host.SendAsync(HttpMethod.Get, "/v2/templates", token)).Body;
        await Host.SendAsync(HttpMethod.Post, "/v2/templates", token, "{}");
        var second = (await Host.SendAsync(HttpMethod.Get, $"/v2/templates?start={first["last"]}", token)).Body;

        Assert.Equal((10, 10, 10), ((int)first["limit"]!, (int)second["limit"]!, first["data"]!.AsArray().Count));
        var seen = first["data"]!.AsArray().Concat(second["data"]!.AsArray()).Select(template => (string?)template!["id"]).ToArray();
        made.Reverse();
        Assert.Equal(made, seen);
        Assert.Equal(made[^1], (string?)second["last"]);
        var end = (await Host.SendAsync(HttpMethod.Get, $"/v2/templates?start={second["last"]}", token)).Body;
        Assert.Empty(end["data"]!.AsArray());
    }

    [Fact]
    public async Task List_Filters_FindByNameIdAndDefault()
    {
        var name = NewName();
        var id = await NewTemplateAsync($$"""{"name":"{{name}}"}""");

        foreach (var query in new[] { $"name={Uri.EscapeDataString(name)}", $"id={id}", $"id={id}&default=false" })
            Assert.Equal(id, (string?)Assert.Single((await GetOkAsync($"/v2/templates?{query}"))["data"]!.AsArray())!["id"]);
        var defaults = (await GetOkAsync("/v2/templates?default=true"))["data"]!.AsArray();
        Assert.Equal("live-streaming-starter", (string?)Assert.Single(defaults)!["name"]);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("limit=ten")]
    [InlineData("start='%3B%20DROP%20TABLE%20templates")]
    [InlineData("default=maybe")]
    [InlineData("id=7")]
    public async Task List_WrongQuery_IsRefused(string query) =>
        RoomsHost.AssertError(await SendAsync(HttpMethod.Get, $"/v2/templates?{query}", null), HttpStatusCode.BadRequest, "Invalid query param");

    [Fact]
    public async Task Changes_AreToldInTheEventLogWithTheChangeItself()
    {
        var id = await NewTemplateAsync("""{"roles":{"a":{},"b":{}}}""");
        await PostOkAsync($"/v2/templates/{id}/roles/a", """{"name":"c"}""");
        await DeleteAsync($"/v2/templates/{id}/roles/b");
        await SendAsync(HttpMethod.Post, $"/v2/templates/{id}/settings", """{"region":"mars"}""");

        await Host.ChangeAsync(async db =>
        {
            var events = await db.Events.Where(e => e.Key == id).InOrderAsync();
            Assert.Equal(
                ["role.changed.v1 a", "role.changed.v1 b", "template.saved.v1", "role.changed.v1 c from a", "template.saved.v1", "role.deleted.v1 b", "template.saved.v1"],
                events.Select(e => Summary(e.Type, JsonNode.Parse(e.Body)!)));
        });
    }

    private static string Summary(string type, JsonNode body) =>
        type + (body["role"] is { } role ? $" {role}" : "") + (body["previous_name"] is { } previous ? $" from {previous}" : "");

    private static string Named(string name, string rest) => $"{{\"name\":\"{name}\",{rest}}}";

    private static string NewName() => "t " + Guid.NewGuid();

    private async Task<(HttpStatusCode Status, string Body)> DeleteAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Host.ManagementToken);
        using var response = await Host.Client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
