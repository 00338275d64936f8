using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace LiveStream.Rooms.OpenApi;

/// <summary>
/// The OpenAPI document of everything below <c>/v2</c>, made from the endpoints themselves, their replies' types and
/// the samples that they carry; and a page that shows it. Neither needs a token, and the page loads nothing from another host.
/// </summary>
internal static class ApiDocument
{
    public const string DocumentPath = "/v2/openapi.json";
    public const string PagePath = "/v2/docs";

    private const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.ShouldInclude = api => api.RelativePath?.StartsWith("v2/", StringComparison.Ordinal) == true && api.HttpMethod is "GET" or "POST" or "DELETE";
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "LiveStream REST API",
                Version = "2",
                Description = "Rooms, templates, live streams and recordings, for servers. Every update is a POST; times are RFC 3339 in UTC; "
                    + "lists are newest first, and a page begins behind the id given as start.",
            };
            // The document is at a path of the server that it describes.
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
            document.Components.SecuritySchemes[OperationDetails.Scheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                BearerFormat = "JWT",
                Description = "A management token: HS256 with the workspace's secret; claims access_key, type (management), version (2), jti, iat, nbf, exp.",
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(OperationDetails.AddAsync);
        options.AddSchemaTransformer((schema, context, _) =>
        {
            // Replies hold numbers, although bodies may hold them as text.
            if (schema.Type is { } type && (type & (JsonSchemaType.Integer | JsonSchemaType.Number)) != 0 && (type & JsonSchemaType.String) != 0)
                (schema.Type, schema.Pattern) = (type & ~JsonSchemaType.String, null);
            return Task.CompletedTask;
        });
    });

    public static void MapApiDocument(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi(DocumentPath).ExcludeFromDescription();
        routes.MapGet(PagePath, (HttpResponse response) => Page(response, "docs.html", "text/html; charset=utf-8")).ExcludeFromDescription();
        routes.MapGet($"{PagePath}/docs.js", (HttpResponse response) => Page(response, "docs.js", "text/javascript; charset=utf-8")).ExcludeFromDescription();
    }

    /// <summary>An embedded file of this folder.</summary>
    public static byte[] Read(string name)
    {
        using var stream = typeof(ApiDocument).Assembly.GetManifestResourceStream($"{typeof(ApiDocument).Namespace}.{name}")!;
        using var buffer = new MemoryStream();
        stream.CopyTo(buffer);
        return buffer.ToArray();
    }

    private static FileContentHttpResult Page(HttpResponse response, string name, string type)
    {
        response.Headers.ContentSecurityPolicy = PagePolicy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "no-cache";
        return TypedResults.Bytes(Read(name), type);
    }
}
