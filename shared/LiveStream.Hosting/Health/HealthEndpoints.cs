using LiveStream.Hosting.Errors;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LiveStream.Hosting.Health;

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: everything it needs is there.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", () => TypedResults.Text("{\"status\":\"ok\"}", "application/json"));
        routes.MapGet("/readyz", GetReadiness);
    }

    private static async Task<IResult> GetReadiness(IEnumerable<IReadinessCheck> checks, HttpResponse response, CancellationToken cancellationToken)
    {
        response.Headers.CacheControl = "no-store";
        var reasons = new List<string>();
        foreach (var check in checks)
        {
            if (await check.WhyNotReadyAsync(cancellationToken) is { } reason) reasons.Add($"{check.Name}: {reason}");
        }

        return reasons.Count == 0
            ? TypedResults.Text("{\"status\":\"ready\"}", "application/json")
            : ApiResults.Error(StatusCodes.Status503ServiceUnavailable, "not ready", [.. reasons]);
    }
}
