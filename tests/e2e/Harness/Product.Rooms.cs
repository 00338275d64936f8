using System.Net;
using System.Text.Json.Nodes;

namespace LiveStream.E2E.Tests.Harness;

// A room of the scenario's own in services that others use as well.
public sealed partial class Product
{
    /// <summary>Makes a room like the demo room, with a template like its own, and takes it for the demo room from now on.</summary>
    private async Task MakeRoomAsync()
    {
        var name = $"e2e-{Guid.NewGuid():n}";
        var demo = await GetRestAsync($"/v2/rooms/{Workspace.RoomId}");
        var template = JsonNode.Parse((await GetRestAsync($"/v2/templates/{demo.GetProperty("template_id").GetString()}")).GetRawText())!.AsObject();
        foreach (var own in new[] { "id", "customer_id", "customer", "created_at", "updated_at", "default" }) template.Remove(own);
        template["name"] = name;
        var made = await PostRestAsync("/v2/templates", template);
        var room = (await PostRestAsync("/v2/rooms", new JsonObject { ["name"] = name, ["template_id"] = made.GetProperty("id").GetString() })).GetProperty("id").GetString()!;
        var codes = (await PostRestAsync($"/v2/room-codes/room/{room}")).GetProperty("data");
        Workspace = Workspace with
        {
            RoomId = room,
            RoomCodes = codes.EnumerateArray().ToDictionary(code => code.GetProperty("role").GetString()!, code => code.GetProperty("code").GetString()!),
        };
        Tokens = new AuthTokens(Workspace);
    }

    /// <summary>Ends what a scenario left running in its room.</summary>
    private async Task EmptyRoomAsync()
    {
        foreach (var (path, body) in new[] { ($"/v2/live-streams/room/{Workspace.RoomId}/stop", ""), ($"/v2/active-rooms/{Workspace.RoomId}/end-room", """{"reason":"over"}""") })
        {
            using var request = Authorized(HttpMethod.Post, path);
            if (body.Length > 0) request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
            using var reply = await Http.SendAsync(request);
            Assert.True(reply.IsSuccessStatusCode || reply.StatusCode == HttpStatusCode.NotFound, $"{path} answered {(int)reply.StatusCode}");
        }
    }
}
