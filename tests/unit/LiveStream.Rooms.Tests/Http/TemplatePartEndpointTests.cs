using System.Text.Json.Nodes;

using LiveStream.Rooms.Tests.Templates;

using Microsoft.EntityFrameworkCore;

namespace LiveStream.Rooms.Tests.Http;

public sealed class TemplatePartEndpointTestsOnSqlite(RoomsHost host) : TemplatePartEndpointTests(host), IClassFixture<RoomsHost>;

public sealed class TemplatePartEndpointTestsOnPostgres(PostgresRoomsHost host) : TemplatePartEndpointTests(host), IClassFixture<PostgresRoomsHost>;

/// <summary>Settings, destinations and recordings of a template, each by its own call.</summary>
public abstract class TemplatePartEndpointTests(RoomsHost host) : TemplateCalls(host)
{
    [Fact]
    public async Task Settings_SampleRoundTrips_AndTheSecretIsNeverShown()
    {
        var id = await NewTemplateAsync("{}");
        var sample = JsonNode.Parse(TemplateSamples.Settings)!;

        var set = await PostOkAsync($"/v2/templates/{id}/settings", sample.ToJsonString());
        sample["recording"]!["upload"]!["credentials"]!["secretKey"] = "********";
        TemplateSamples.AssertContains(sample, set);
        // What was shown can be sent back; the secret stays.
        await PostOkAsync($"/v2/templates/{id}/settings", set.ToJsonString());
        Assert.True(JsonNode.DeepEquals(set, await GetOkAsync($"/v2/templates/{id}/settings")));

        await Host.ChangeAsync(async db => Assert.Equal(
            "SK1", SecretOf(await db.Templates.AsNoTracking().SingleAsync(t => t.Id == id))));
        Assert.DoesNotContain("SK1", (await GetOkAsync($"/v2/templates/{id}")).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Destinations_SampleRoundTrips_AndKindsThatAreLeftOutStay()
    {
        var id = await NewTemplateAsync("{}");
        var sample = JsonNode.Parse(TemplateSamples.Destinations)!;

        TemplateSamples.AssertContains(sample, await PostOkAsync($"/v2/templates/{id}/destinations", sample.ToJsonString()));
        var changed = await PostOkAsync($"/v2/templates/{id}/destinations", """{"rtmpDestinations":{}}""");

        Assert.Empty(changed["rtmpDestinations"]!.AsObject());
        TemplateSamples.AssertContains(sample["hlsDestinations"]!, changed["hlsDestinations"]);
        Assert.True(JsonNode.DeepEquals(changed, await GetOkAsync($"/v2/templates/{id}/destinations")));
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"enableZipUpload":true}""", true)]
    [InlineData("""{"enableZipUpload":false}""", false)]
    public async Task Destinations_Zip_IsMadeUnlessSomebodySaysNo(string recording, bool zip)
    {
        var id = await NewTemplateAsync("{}");

        var set = await PostOkAsync($"/v2/templates/{id}/destinations", $"{{\"hlsDestinations\":{{\"d\":{{\"recording\":{recording}}}}}}}");

        Assert.Equal(zip, (bool)set["hlsDestinations"]!["d"]!["recording"]!["enableZipUpload"]!);
    }

    [Fact]
    public async Task Recordings_AreABareArrayWithoutWhatIsFalse()
    {
        var id = await NewTemplateAsync("{}");
        Assert.Empty((await GetOkAsync($"/v2/templates/{id}/recordings")).AsArray());

        var set = (await PostOkAsync($"/v2/templates/{id}/recordings", TemplateSamples.Recordings)).AsArray();

        Assert.Equal("nightly", (string?)set[0]!["name"]);
        Assert.Empty(set[0]!["trackRecording"]!.AsObject());
        Assert.Empty(set[0]!["compositeRecording"]!["customComposite"]!.AsObject());
        Assert.Equal(["autoStopTimeout", "width", "height"], set[0]!["compositeRecording"]!["browserComposite"]!.AsObject().Select(field => field.Key));
        var read = (await GetOkAsync($"/v2/templates/{id}/recordings"))[0]!;
        Assert.True((bool)read["compositeRecording"]!["browserComposite"]!["enabled"]!);
        Assert.Empty((await PostOkAsync($"/v2/templates/{id}/recordings", "[]")).AsArray());
    }

    [Theory]
    [InlineData("", "body: is required")]
    [InlineData("{}", "body: must be an array")]
    [InlineData("[{\"name\":\"n\",\"role\":\"r\"},{\"name\":\"m\",\"role\":\"r\"}]", "body: must have at most 1 elements")]
    public async Task Recordings_WrongBody_IsRefused(string body, string error)
    {
        var id = await NewTemplateAsync("{}");

        AssertInvalid(await SendAsync(HttpMethod.Post, $"/v2/templates/{id}/recordings", body), error);
    }
}
