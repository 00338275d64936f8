using System.Diagnostics;
using System.Text;
using System.Text.Json;

using LiveStream.Webhooks.Signing;

namespace LiveStream.Webhooks.Tests.Signing;

/// <summary>The examples of docs/webhooks.md accept what is sent, and nothing else. That of Node runs in the end-to-end tests.</summary>
public sealed class DocExampleTests
{
    private const string Id = "3f0c6f0e-0000-4000-8000-000000000001", Body = """{"type":"peer.join.success","data":{"user_name":"Ásha"}}""";

    private static readonly DateTimeOffset s_now = DateTimeOffset.UtcNow;
    private static readonly SigningKey s_key = new(2, SignatureKind.Hmac, SigningKey.NewSecret(), null);
    private static readonly SigningKey s_old = new(1, SignatureKind.Hmac, SigningKey.NewSecret(), DateTimeOffset.MaxValue);
    private static readonly SigningKey s_ed25519 = new(3, SignatureKind.Ed25519, SigningKey.NewSecret(), null);

    /// <summary>Secret, id, timestamp, signatures, body, and whether it is genuine.</summary>
    private static IEnumerable<(string Secret, string Id, string Timestamp, string Signatures, string Body, bool Genuine)> Requests()
    {
        foreach (var key in new[] { s_key, s_old })
        {
            yield return (key.ToText(), Id, At(s_now), Sign(s_now), Body, true);
            yield return (key.ToText(), Id, At(s_now), Sign(s_now), Body + " ", false);
            yield return (key.ToText(), Id + "2", At(s_now), Sign(s_now), Body, false);
            yield return (key.ToText(), Id, At(s_now.AddSeconds(1)), Sign(s_now), Body, false);
            yield return (key.ToText(), Id, At(s_now.AddHours(-1)), Sign(s_now.AddHours(-1)), Body, false);
            yield return (key.ToText(), Id, At(s_now.AddHours(1)), Sign(s_now.AddHours(1)), Body, false);
        }

        yield return (s_key.ToText(), Id, "soon", Sign(s_now), Body, false);
        yield return (s_key.ToText(), Id, At(s_now), "", Body, false);
        yield return (s_key.ToText(), Id, At(s_now), "v1, v2,x v1", Body, false);
        yield return (new SigningKey(4, SignatureKind.Hmac, SigningKey.NewSecret(), null).ToText(), Id, At(s_now), Sign(s_now), Body, false);
    }

    [Fact]
    public void CSharp_IsTheOneHere_AndTellsGenuineFromOther()
    {
        var source = File.ReadAllText(PathOf("tests/unit/LiveStream.Webhooks.Tests/Signing/DocExample.cs"));
        var method = source.Split("    // begin\n")[1].Split("    // end\n")[0];
        Assert.Equal(string.Join('\n', method.Replace("private ", "", StringComparison.Ordinal).TrimEnd('\n').Split('\n').Select(line => line.Length > 4 ? line[4..] : line)), Example("csharp"));
        Assert.All(Requests(), one => Assert.Equal(one.Genuine, DocExample.Check(one.Secret, one.Id, one.Timestamp, one.Signatures, Encoding.UTF8.GetBytes(one.Body), s_now)));
    }

    [Fact]
    public async Task Python_TellsGenuineFromOther()
    {
        const string Ask = """

            import json, sys
            print(json.dumps([is_genuine(one["secret"], one["headers"], one["body"].encode()) for one in json.load(sys.stdin)]))
            """;
        var requests = Requests().ToArray();
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", Example("python") + Ask]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await process.StandardInput.WriteAsync(JsonSerializer.Serialize(requests.Select(one => new
        {
            secret = one.Secret,
            body = one.Body,
            headers = new Dictionary<string, string> { ["webhook-id"] = one.Id, ["webhook-timestamp"] = one.Timestamp, ["webhook-signature"] = one.Signatures },
        })));
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var answer = JsonSerializer.Deserialize<bool[]>(await process.StandardOutput.ReadToEndAsync(limit.Token));
        Assert.Equal(requests.Select(one => one.Genuine), answer);
    }

    private static string At(DateTimeOffset time) => StandardWebhooks.TimestampOf(time);

    private static string Sign(DateTimeOffset at) => StandardWebhooks.Sign([s_ed25519, s_key, s_old], Id, At(at), Encoding.UTF8.GetBytes(Body), s_now);

    // The document's code block in that language.
    private static string Example(string language)
    {
        var text = File.ReadAllText(PathOf("docs/webhooks.md"));
        return text.Split($"```{language}\n")[1].Split("\n```")[0];
    }

    private static string PathOf(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "LiveStream.sln"))) folder = folder.Parent ?? throw new DirectoryNotFoundException("no working copy around the tests");
        return Path.Combine(folder.FullName, name);
    }
}
