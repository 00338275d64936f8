using System.Diagnostics;

namespace LiveStream.Architecture.Tests;

/// <summary>The manifests render, and say what the Kubernetes schemas allow.</summary>
public sealed class KubernetesTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task ExampleOverlay_RendersObjectsThatTheSchemasAllow()
    {
        var (status, told, wrong) = await ValidateAsync(await RenderAsync());
        Assert.Equal((0, ""), (status, wrong));
        var objects = told.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var service in new[] { "gateway", "rooms", "signalling", "sfu", "packager", "recording", "webhooks" })
        {
            Assert.Contains($"Deployment {service}", objects);
            Assert.Contains($"PodDisruptionBudget {service}", objects);
        }
    }

    [Theory]
    [InlineData("containerPort: 7900", "containerport: 7900", "must have required property containerPort")]
    [InlineData("minReplicas: 2", "minReplicas: two", "minReplicas must be integer")]
    [InlineData("name: livestream-secrets-", "name: other-secrets-", "there is no Secret")]
    [InlineData("/readyz\n            port: http", "/readyz\n            port: web", "which the container does not name")]
    [InlineData("kind: Ingress", "kind: Egress", "no schema of networking.k8s.io/v1 Egress")]
    public async Task ObjectThatIsWrong_IsFound(string right, string wrong, string expected)
    {
        var rendered = await RenderAsync();
        var at = rendered.IndexOf(right, StringComparison.Ordinal);
        Assert.True(at > 0, right);
        var (status, _, problems) = await ValidateAsync(string.Concat(rendered.AsSpan(0, at), wrong, rendered.AsSpan(at + right.Length)));
        Assert.Equal(1, status);
        Assert.Contains(expected, problems, StringComparison.Ordinal);
    }

    // Kustomize reads nothing outside of its folder.
    [Fact]
    public void GatewayConfiguration_IsThatOfTheOtherForms() =>
        Assert.Equal(Repository.Read("deploy/nginx/nginx.conf"), Repository.Read("deploy/k8s/base/nginx.conf"));

    private static async Task<string> RenderAsync()
    {
        var (status, text, error) = await RunAsync("kubectl", ["kustomize", Path.Combine(Repository.Root, "deploy/k8s/overlays/example")], "");
        Assert.True(status == 0, error);
        return text;
    }

    private static Task<(int Status, string Text, string Error)> ValidateAsync(string manifests) =>
        RunAsync("node", [Path.Combine(Repository.Root, "tests/interop/kubernetes/validate.mjs")], manifests);

    private static async Task<(int Status, string Text, string Error)> RunAsync(string program, string[] arguments, string input)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException($"{program} did not start");
        using var limit = new CancellationTokenSource(s_limit);
        var (text, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.StandardInput.WriteAsync(input.AsMemory(), limit.Token);
        process.StandardInput.Close();
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await text, await error);
    }
}
