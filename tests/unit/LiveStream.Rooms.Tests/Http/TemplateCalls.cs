using System.Net;
using System.Text.Json.Nodes;

using LiveStream.Rooms.Domain;

namespace LiveStream.Rooms.Tests.Http;

/// <summary>How tests of templates call. Each test has templates of its own: names are unique in the workspace.</summary>
public abstract class TemplateCalls(RoomsHost host)
{
    protected RoomsHost Host => host;

    protected static void AssertInvalid((HttpStatusCode Status, JsonNode Body) reply, params string[] details)
    {
        RoomsHost.AssertError(reply, HttpStatusCode.BadRequest, "Invalid body param");
        Assert.Equal(details, reply.Body["details"]!.AsArray().Select(detail => (string?)detail));
    }

    protected Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(HttpMethod method, string path, string? body) =>
        host.SendAsync(method, path, host.ManagementToken, body);

    protected async Task<JsonNode> PostOkAsync(string path, string? body)
    {
        var reply = await SendAsync(HttpMethod.Post, path, body);
        Assert.True(reply.Status == HttpStatusCode.OK, reply.Body?.ToJsonString());
        return reply.Body!;
    }

    protected async Task<JsonNode> GetOkAsync(string path)
    {
        var reply = await SendAsync(HttpMethod.Get, path, null);
        Assert.True(reply.Status == HttpStatusCode.OK, reply.Body?.ToJsonString());
        return reply.Body!;
    }

    protected async Task<string> NewTemplateAsync(string body) => (string)(await PostOkAsync("/v2/templates", body))["id"]!;

    private protected string SecretOf(Template template) =>
        host.Seal.OpenText(template.Document.Settings.Recording!.Upload!.Credentials!.SecretKey, Template.OwnerOf(template.Id));
}
