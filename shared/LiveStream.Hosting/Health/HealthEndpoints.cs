using System.Text.Json.Nodes;

using LiveStream.Hosting.Errors;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LiveStream.Hosting.Health;

/// <summary><c>/healthz</c>: the process answers. <c>/readyz</c>: everything it needs is there; what else is missing, it tells.</summary>
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
        var (reasons, missing) = (new List<string>(), new JsonArray());
        foreach (var check in checks)
        {
            if (await check.WhyNotReadyAsync(cancellationToken) is not { } reason) continue;
            if (check.IsRequired) reasons.Add($"{check.Name}: {reason}");
            else missing.Add((JsonNode)$"{check.Name}: {reason}");
        }

        if (reasons.Count > 0) return ApiResults.Error(StatusCodes.Status503ServiceUnavailable, "not ready", [.. reasons]);
        var status = new JsonObject { ["status"] = "ready" };
        if (missing.Count > 0) status["missing"] = missing;
        return TypedResults.Text(status.ToJsonString(), "application/json");
    }
}
